"""`crmtext hook`: what git's own hooks call."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext import gate
from crmtext.answer import Problems
from crmtext.cli import Command, frame, options
from crmtext.cli.session import current
from crmtext.cli.types import Choice
from crmtext.hooks import HOOKS, SERVER
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Exit

if TYPE_CHECKING:
    from crmtext.problem import Problem
    from crmtext.store import Store


@click.command(cls=Command, context_settings={"ignore_unknown_options": True})
@click.argument("name", type=Choice((*HOOKS, SERVER)))
@click.argument("arguments", nargs=-1)
def hook(name: str, arguments: tuple[str, ...]) -> Exit:
    """Decide for git whether a commit may be made, or a push be taken."""
    if name == "commit-msg":
        if len(arguments) != 1:
            raise click.UsageError(_("commit-msg needs the file of the message"))
        return _message(Path(arguments[0]))
    if name == "prepare-commit-msg":
        return _prepare(arguments)
    if name == SERVER:
        from crmtext.cli.receiving import receive

        return receive(sys.stdin)
    if name == "pre-push":
        return _send(arguments)
    found = [_commit(store) for store in gate.stores(current().directory)]
    return max(found, default=Exit.FINE)


def _send(arguments: tuple[str, ...]) -> Exit:
    from crmtext.cli.receiving import send

    if len(arguments) != 2:
        raise click.UsageError(_("pre-push needs the name and the address of the other copy"))
    with suppress(CrmError):
        options.store()
    return send(sys.stdin, arguments[0])


def _commit(store: Store) -> Exit:
    # The settings on the disk may be broken while those that are staged are not.
    with suppress(CrmError):
        options.speak(store.settings)
    verdict = gate.before_commit(store)
    if verdict is None:
        return Exit.FINE
    _say(verdict.held, store)
    if verdict.elsewhere:
        paths = sorted({_seen_from_here(store, problem.place.path) for problem in verdict.elsewhere})
        said = plural(
            "{n} error elsewhere is not held against this commit: ",
            "{n} errors elsewhere are not held against this commit: ",
            len(verdict.elsewhere),
        )
        click.echo(said + ", ".join(paths[:3]) + ("…" if len(paths) > 3 else ""), err=True)
    if not verdict.refused:
        return Exit.FINE
    click.echo(_("The commit is refused. Mend the lines above, git add them, and commit again."), err=True)
    return Exit.FOUND


def _message(path: Path) -> Exit:
    problems = gate.typed(path.read_text("utf-8", errors="replace"))
    _say(Problems("message", 1, problems))
    if not problems:
        return Exit.FINE
    click.echo(_("The commit is refused. Your message is kept in {path}.").format(path=path), err=True)
    return Exit.FOUND


def _prepare(arguments: tuple[str, ...]) -> Exit:
    """Fill an empty message; whatever stands in the way of that stops no commit."""
    # git names where a message comes from that is there already: -m, a merge, the commit that is amended.
    if len(arguments) != 1:
        return Exit.FINE
    # What tells changes in words is a lot to load, for this hook alone.
    from crmtext.diff import preparing

    file = Path(arguments[0])
    with suppress(CrmError, OSError, UnicodeDecodeError):
        text = file.read_text("utf-8")
        for store in gate.stores(current().directory):
            options.speak(store.settings)
            filled = preparing.filled(text, store)
            if filled != text:
                file.write_text(filled, "utf-8")
                break
    return Exit.FINE


def _say(found: Problems, store: Store | None = None) -> None:
    frame.tell(_with_paths(store, problem) if store else problem for problem in found.problems)


def _with_paths(store: Store, problem: Problem) -> Problem:
    """The problem with paths that the user can open from where git was called."""
    place, *also = (
        replace(each, path=_seen_from_here(store, each.path)) if each.path else each
        for each in (problem.place, *problem.also)
    )
    return replace(problem, place=place, also=tuple(also))


def _seen_from_here(store: Store, path: str) -> str:
    # git runs its hooks at the top of the work tree and says in GIT_PREFIX where it was called.
    here = current().directory.absolute() / os.environ.get("GIT_PREFIX", "")
    return Path(os.path.relpath(store.root / path, here.resolve())).as_posix()
