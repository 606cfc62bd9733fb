"""Options and steps that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from crmtext import speech
from crmtext.cli.session import current
from crmtext.store import Store

F = Callable[..., Any]


def store() -> Store:
    """The store that the command works on; from now on its language is spoken, unless another was asked for."""
    found = Store.find(current().directory)
    speak(found)
    return found


def speak(found: Store) -> None:
    """Speak a store's language from now on, unless another was asked for."""
    if current().language is None and found.settings.language:
        speech.speak(found.settings.language)


def form(*choices: str) -> Callable[[F], F]:
    """The option `--format`, the first choice being the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="The format of the output.",
    )


def dry_run(command: F) -> F:
    """The option `--dry-run`."""
    return click.option("--dry-run", is_flag=True, help="Show the change as a diff and write nothing.")(command)


def inside(found: Store) -> str:
    """The folder the command was started in, as seen from the store's; empty where it is the store's own."""
    here = current().directory.absolute()
    return here.relative_to(found.root).as_posix() if here.is_relative_to(found.root) else ""


def colleague(found: Store, typed: str) -> str:
    """The handle of a colleague who was named by handle, name or `me`."""
    from crmtext.git.config import identity
    from crmtext.record import words

    if typed == "me":
        return words.me(identity(found.repository) if found.repository else None, found.settings)
    return words.handle(typed, found.settings)
