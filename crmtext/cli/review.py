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
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.trends.moves import moves

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.store import When


@click.command(cls=Command)
@click.option("--weekly", is_flag=True, help="What to look at each week (the default).")
@click.option("--monthly", is_flag=True, help="The weekly lists, contracts, visits, data to verify.")
@click.option("--quarterly", is_flag=True, help="How fields, values and tags are used.")
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
def review(
    owner: str, output: Path | None, form: str, *, weekly: bool, monthly: bool, quarterly: bool, when: When
) -> Exit:
    r"""Print a checklist for the team, with the command that deals with each line.

    The boxes can be ticked in an issue or a pull request.

    \b
    crmtext review
    crmtext review --monthly --owner me -o review.md
    """
    given = {"weekly": weekly, "monthly": monthly, "quarterly": quarterly}
    kinds = [kind for kind, wanted in given.items() if wanted] or ["weekly"]
    if len(kinds) > 1:
        raise click.UsageError(_("--{one} and --{other} can't be combined").format(one=kinds[0], other=kinds[1]))
    store = options.store()
    snapshot = store.read(when) if when.at or when.as_of else lookup.snapshot(store, make=False)
    whose = options.colleague(store, owner, snapshot.settings) if owner else ""
    done = reviews.review(snapshot, kinds[0], whose, lambda: moves(store, snapshot))
    result = reviews.text(done, options.again(when))
    if output is None:
        return emit(result, form)
    content = "".join(json_parts({"schema": 1, **result.document})) if form == "json" else result.text
    return write(store, output, content.encode(), result.note)
