"""`crmtext fmt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import fmt as record_fmt
from crmtext.record.input.find_record import any_record

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH|CUSTOMER]...")
@click.option(
    "--check/--write", "only_check", default=True, help="Say which records are not (the default), or write them."
)
@options.writing
@options.form("table", "json")
def fmt(paths: tuple[str, ...], form: str, *, only_check: bool, how: WriteOptions) -> Exit:
    """Put records into one and the same form: the schema's order of keys, a line for each item, two spaces.

    A record is named by its path, or as customers are; a folder means all below it.

    Nobody has to: every command keeps a file as it is written. The data stays the same, and comments stay with what
    they are about. Exit code 1 where --check finds one.
    """
    store = options.store()
    named = tuple(_path(store, typed) for typed in paths)
    if only_check and not how.dry_run:
        return emit(record_fmt.check(store.worktree(), named), form, strict=True)
    return emit(record_fmt.run(store, named, how), form)


def _path(store: Store, typed: str) -> str:
    """The path that was typed, where there is one; else that of the customer who is meant."""
    path = options.seen_from(store, typed)
    if (store.root / path).exists() or "/" in typed or typed.endswith(".yaml"):
        return path
    return any_record(store, typed).path
