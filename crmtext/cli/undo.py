"""`crmtext undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import undo as record_undo

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@options.writing
@options.form("table", "json")
def undo(form: str, *, how: WriteOptions) -> Exit:
    """Undo the last change that crmtext made in this clone.

    A committed change is undone by a new commit. If the same records have changed since, nothing is undone; the message
    shows the command that undoes only that change. Run it again to undo the change before that; the last 20 changes are
    kept.
    """
    return emit(record_undo.run(options.store(), how), form)
