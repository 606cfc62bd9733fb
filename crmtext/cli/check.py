"""`crmtext check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext import checking
from crmtext.cli import Command, options
from crmtext.cli.render import emit

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--staged", is_flag=True, help="Read what is staged for the next commit instead of the disk.")
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule; may be repeated.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave this rule out; may be repeated.")
@click.option("--strict", is_flag=True, help="Exit with code 1 for warnings, too.")
@options.form("text", "json")
def check(
    paths: tuple[str, ...], select: tuple[str, ...], ignore: tuple[str, ...], form: str, *, staged: bool, strict: bool
) -> Exit:
    """Find mistakes in the records: YAML, schema, and the rules of the whole store.

    PATH names records or folders to report on; the rules of the whole store see all records all the same.
    Each problem has a rule name in brackets. Nothing is written.
    """
    store = options.store()
    named = tuple(options.seen_from(store, path) for path in paths)
    snapshot = store.index() if staged else store.worktree()
    return emit(checking.check(snapshot, named, select=select, ignore=ignore), form, strict=strict)
