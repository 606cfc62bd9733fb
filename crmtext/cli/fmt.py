"""`crmtext fmt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli import Command, options
from crmtext.cli.render import emit
from crmtext.record import fmt as formatting

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.draft import How


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--check/--write", "only_check", default=True, help="Say which records are not (the default), or write them."
)
@options.writing
@options.form("table", "json")
def fmt(paths: tuple[str, ...], form: str, *, only_check: bool, how: How) -> Exit:
    """Put records into canonical form: the schema's order of keys, a line for each item, two spaces.

    Nobody has to: every command keeps a file as it is written. The data stays the same, and comments stay with what
    they are about. Exit code 1 where --check finds one.
    """
    store = options.store()
    named = tuple(options.seen_from(store, path) for path in paths)
    if only_check and not how.dry_run:
        return emit(formatting.check(store.worktree(), named), form, strict=True)
    return emit(formatting.run(store, named, how), form)
