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
    "--check/--write",
    "only_check",
    default=True,
    help="List the records that are not in canonical form (the default), or rewrite them.",
)
@options.writing
@options.form("table", "json")
def fmt(paths: tuple[str, ...], form: str, *, only_check: bool, how: WriteOptions) -> Exit:
    """Put records into canonical form: fields in the schema's order, one item per line, an indent of two spaces.

    A record is named by its path or as a customer; a folder means all records in it.

    This is optional: no other command reformats a file. The data stays the same, and comments stay with the lines they
    describe. With --check, the exit code is 1 if a record is not in canonical form.
    """
    store = options.store(writes=how.dry_run or not only_check)
    named = tuple(_path(store, typed) for typed in paths)
    if only_check and not how.dry_run:
        return emit(record_fmt.check(store.worktree(), named), form, strict=True)
    return emit(record_fmt.run(store, named, how), form)


def _path(store: Store, typed: str) -> str:
    """The typed path if it exists or looks like one, else the path of the customer's record."""
    path = options.path_in_store(store, typed)
    if (store.root / path).exists() or "/" in typed or typed.endswith(".yaml"):
        return path
    return any_record(store, typed).path
