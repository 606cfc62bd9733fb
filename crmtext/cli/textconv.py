"""`crmtext textconv`: a record as lines for `git diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.types import Location
from crmtext.diff.lines import lines
from crmtext.schema import Schema
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("file", type=Location(exists=True, dir_okay=False, path_type=Path))
def textconv(file: Path) -> Exit:
    r"""Print a record with one line per value, `path: value`, for git diff.

    \b
    git config diff.crmtext.textconv "crmtext textconv"
    echo 'records/** diff=crmtext' >> .git/info/attributes
    """
    raw = file.read_bytes()
    document = parse(raw, file.name)
    if not isinstance(document.data, dict):
        return emit(Text(raw.decode("utf-8", "replace")))
    return emit(Text("".join(f"{line}\n" for line in lines(document.data, Schema.shipped()))))
