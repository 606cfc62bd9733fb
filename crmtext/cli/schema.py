"""`crmtext schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Group
from crmtext.cli.framework.render import emit
from crmtext.setup import upgrade as setup_upgrade

if TYPE_CHECKING:
    from crmtext.problem import Exit


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
    return emit(setup_upgrade.upgrade(options.store(), dry_run=dry_run), form)
