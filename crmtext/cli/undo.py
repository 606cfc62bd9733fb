"""`crmtext undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.types import Revision
from crmtext.importers import undo as import_undo
from crmtext.record import undo as record_undo

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@click.argument("imported", type=Revision(), required=False, default="", metavar="[COMMIT]")
@options.writing
@options.form("table", "json")
def undo(imported: str, form: str, *, how: WriteOptions) -> Exit:
    """Undo the last change that crmtext made in this clone, or the import of a COMMIT.

    A committed change is undone by a new commit. If the same records have changed since, nothing is undone; the message
    shows the command that undoes only that change. Run it again to undo the change before that; the last 20 changes are
    kept.

    COMMIT is an import, however old and from any clone. Customers that nobody edited since are removed, changed ones
    get their old values back, and edits made since stay; each customer that is kept is listed with its edits.
    """
    store = options.store(writes=True)
    done = import_undo.run(store, imported, how) if imported else record_undo.run(store, how, import_undo.last_change)
    # The counts and the customers that are kept come before the diff of an import, which may be long.
    return emit(done, form, summary_first=how.dry_run and bool(done.document))
