"""`crmtext review`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.output_file import write
from crmtext.cli.framework.render import emit, json_parts
from crmtext.cli.framework.types import Location
from crmtext.figures import review as reviews
from crmtext.index import lookup

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.store import When


@click.command(cls=Command)
@click.option("--weekly", "kind", flag_value="weekly", default=True, help="What to look at each week (the default).")
@click.option("--monthly", "kind", flag_value="monthly", help="The weekly lists, contracts, visits, data to verify.")
@click.option("--quarterly", "kind", flag_value="quarterly", help="How fields, values and tags are used.")
@click.option(
    "--owner", default="", metavar="WHO", help="Only this colleague's customers and tasks: handle, name or me."
)
@click.option(
    "-o",
    "--output",
    type=Location(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to a file.",
)
@options.reading
@options.form("markdown", "json")
def review(kind: str, owner: str, output: Path | None, form: str, *, when: When) -> Exit:
    r"""Print a checklist for the team, with the command that deals with each line.

    The boxes can be ticked in an issue or a pull request.

    \b
    crmtext review
    crmtext review --monthly --owner me -o review.md
    """
    store = options.store()
    snapshot = store.read(when) if when.at or when.as_of else lookup.snapshot(store, make=False)
    whose = options.colleague(store, owner, snapshot.settings) if owner else ""
    done = reviews.text(reviews.review(snapshot, kind, whose), options.again(when))
    if output is None:
        return emit(done, form)
    content = "".join(json_parts({"schema": 1, **done.document})) if form == "json" else done.text
    return write(store, output, content.encode(), done.note)
