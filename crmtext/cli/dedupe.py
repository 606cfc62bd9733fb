"""`crmtext dedupe`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.output_file import write
from crmtext.cli.framework.render import as_text, emit, json_parts
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Location, Share
from crmtext.disk.output_place import check_place
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.unite import dedupe as duplicates

if TYPE_CHECKING:
    from crmtext.problem import Exit

_FORMATS = {".xlsx": "xlsx", ".json": "json"}


@click.command(cls=Command)
@click.option(
    "--min",
    "least",
    type=Share(0, 1),
    default=0.85,
    show_default=True,
    metavar="N",
    help="The least similarity of names, from 0 to 1.",
)
@click.option(
    "-o",
    "--output",
    type=Location(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to a file: .xlsx, .json or .txt.",
)
@options.form("table", "json", "xlsx")
def dedupe(least: float, output: Path | None, form: str) -> Exit:
    r"""List groups of customers that may be one.

    Customers are compared by credit code, name, phone number, e-mail address and domain. Pairs marked with
    not_duplicate_of are left out. Nothing is changed; crmtext merge makes one customer of two.

    \b
    crmtext dedupe
    crmtext dedupe --min 0.75 -o 重复客户.xlsx
    """
    store = options.store()
    if output:
        check_place(absolute(output), store.root)
    form = _FORMATS.get(output.suffix.lower(), form) if output and form == "table" else form
    if form == "xlsx" and output is None:
        raise click.UsageError(_("a workbook is written to a file: -o FILE.xlsx"))
    # All records are compared: reading them takes less than half the time of making an index first.
    listed = duplicates.find(lookup.snapshot(store, make=False), least)
    shown = duplicates.table(listed)
    if output is None:
        return emit(shown, form)
    if form == "xlsx":
        from crmtext.unite.workbook import workbook  # slow to load

        content = workbook(listed)
    elif form == "json":
        content = "".join(json_parts({"schema": 1, **shown.document})).encode()
    else:
        content = as_text(shown).encode()
    return write(store, output, content, shown.note)
