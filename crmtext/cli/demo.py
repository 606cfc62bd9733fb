"""`crmtext demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.progress_line import show
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import current
from crmtext.cli.framework.types import Location, Whole
from crmtext.i18n import _, plural
from crmtext.setup.demo import generate

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("folder", type=Location(path_type=Path), metavar="DIR")
@click.option("--customers", "count", type=Whole(1, 500_000), default=100, show_default=True, metavar="N",
              help="The number of customers.")  # fmt: skip
@click.option("--seed", type=Whole(0), default=1, show_default=True, metavar="S",
              help="The seed; another number makes other customers.")  # fmt: skip
@click.option("--months", type=Whole(0, 120), default=0, show_default=True, metavar="M",
              help="The months of history: a commit for each change of a customer. 0: one import.")  # fmt: skip
def demo(folder: Path, count: int, seed: int, months: int) -> Exit:
    r"""Create a store with generated customers in a new folder.

    The same seed gives the same customers on the same day. All of them are invented.

    \b
    crmtext demo try --months 12
    """
    created = generate.generate((current().directory / folder).absolute(), count, seed, months, show)
    lines = [
        _("Created a store in {folder}").format(folder=created.root),
        "  "
        + plural("{n} customer", "{n} customers", count)
        + _(", ")
        + plural("{n} commit", "{n} commits", created.commits),
        _("next: {command}").format(command=f"cd {folder} && crmtext list --limit 20"),
    ]
    return emit(Text("\n".join(lines) + "\n"))
