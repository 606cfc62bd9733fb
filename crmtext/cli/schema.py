"""`crmtext schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Problems
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Group
from crmtext.cli.framework.render import emit, note
from crmtext.i18n import _
from crmtext.setup import upgrade as setup_upgrade

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.group(cls=Group)
def schema() -> None:
    """Compare your team's schema with the shipped one, and upgrade it.

    Fields and rules that your team added are never lost.
    """


@schema.command(cls=Command)
@options.form("table", "json")
def diff(form: str) -> Exit:
    """Show your team's changes, and what is new in the shipped schema."""
    store = options.faulty_store()
    return emit(setup_upgrade.diff(store), form) or options.report_settings(store)


@schema.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Show the change as a diff, write nothing.")
@options.form("table", "json")
def upgrade(form: str, *, dry_run: bool) -> Exit:
    """Merge the shipped schema into your team's; your team's own changes are kept."""
    return emit(setup_upgrade.upgrade(options.store(writes=True), dry_run=dry_run), form)


@schema.command(cls=Command)
@click.argument("custom", metavar="custom.NAME")
@click.argument("field", metavar="FIELD")
@options.committing
@options.form("table", "json")
def adopt(custom: str, field: str, form: str, *, how: WriteOptions) -> Exit:
    r"""Move a field of custom to a field of the schema, in all records and in one commit.

    Add the field to your schema first. If a value doesn't fit, or a record has the field already, these records are
    listed and nothing is changed.

    \b
    crmtext schema adopt custom.停车 notes
    """
    from crmtext.record import adopt as record_adopt  # the other commands change no record

    done = record_adopt.run(options.store(writes=True), custom, field, how)
    code = emit(done, form)
    if isinstance(done, Problems):
        note(_("nothing was changed"))
    return code
