"""Options and steps that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmtext.cli.framework import language
from crmtext.cli.framework.progress_line import show
from crmtext.cli.framework.session import current
from crmtext.cli.framework.types import Choice, ValueOptional
from crmtext.i18n import N_, _
from crmtext.problem import CrmError, Exit
from crmtext.store import Store, When
from crmtext.text.explain import characters

if TYPE_CHECKING:
    from crmtext.record.change.draft import Draft
    from crmtext.schema import Schema
    from crmtext.settings import Settings

F = Callable[..., Any]


def store() -> Store:
    """The store that the command works on; from now on its language is spoken, unless another was asked for."""
    found = Store.find(current().directory, show)
    speak(found.settings)
    return found


def faulty_store() -> Store:
    """The same, for a command that can do without settings that are wrong."""
    found = Store.find(current().directory, show)
    speak(found.settings_around[0])
    return found


def own_up(found: Store) -> Exit:
    """Tell what is wrong in the settings that the command could do without; give the exit code for that."""
    problems = found.settings_around[1]
    if not problems:
        return Exit.FINE
    from crmtext.cli.framework.render import tell

    tell(problems)
    return Exit.CANNOT


def schema() -> Schema:
    """The schema of the store around, whose language is spoken from now on; outside of stores the shipped one."""
    try:
        return faulty_store().schema
    except CrmError as error:
        if error.problem.rule != "no-store":
            raise
        from crmtext.schema import Schema

        return Schema.shipped()


def speak(settings: Settings) -> None:
    """Speak a store's language from now on, unless another was asked for."""
    if current().language is None and settings.language:
        language.speak(settings.language)


def form(*choices: str) -> Callable[[F], F]:
    """The option `--format`, the first choice being the default."""
    return click.option(
        "--format",
        "form",
        type=Choice(choices),
        default=choices[0],
        show_default=True,
        help="The output format.",
    )


def writing(command: F) -> F:
    """The options of every writing command, handed over as one argument `how`."""
    about = N_("Commit the change, or only change the files. Default: the setting store.commit.")
    return _writing(command, about, N_("Show the change as a diff, write nothing."))


def committing(command: F) -> F:
    """The same, of a command that commits whatever the settings say, for its change is one of many records."""
    about = N_("Commit the change (the default), or only change the files.")
    return _writing(command, about, N_("Show what would change, write nothing."))


def case(command: F) -> F:
    """The option `--case` of commands that may note a complaint."""
    about = N_("Open a case for the complaint or the score of 1 or 2, optionally with this title.")
    return click.option("--case", cls=ValueOptional, metavar="[=TITLE]", help=about)(command)


def _writing(command: F, about: str, dry: str) -> F:
    @click.option("--dry-run", is_flag=True, help=dry)
    @click.option("--commit/--no-commit", default=None, help=about)
    @click.option("-m", "message", metavar="TEXT", help="Commit the change with this message.")
    @wraps(command)
    def wrapped(*args: Any, dry_run: bool, commit: bool | None, message: str | None, **options: Any) -> Any:
        from crmtext.record.change.write import (
            WriteOptions,  # takes half as long as all else, and readers need none of it
        )

        _refuse_unseen((message, *options.values()))
        if message is not None and commit is False:
            raise click.UsageError(_("-m and --no-commit can't be combined: -m is the message of a commit"))
        if message is not None and not message.strip():
            raise click.UsageError(_("the message of -m is empty; enter one, or leave out -m"))
        action = click.get_current_context().info_name or ""
        return command(*args, how=WriteOptions(dry_run, commit, message or "", action, _tell), **options)

    return wrapped


def _refuse_unseen(given: Iterable[object]) -> None:
    """Reject what would be written into a record or a commit and cannot stand there, whichever argument it is in."""
    for value in given:
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                characters.reject_invisible(text)


def reading(command: F) -> F:
    """The options of every reading command, handed over as one argument `when`."""

    @click.option(
        "--at", default="", metavar="REV|DATE", help="Show the state in this commit, or at the end of this day."
    )
    @click.option(
        "--as-of", default="", metavar="DATE", help="Use this day as today when computing what is due and overdue."
    )
    @wraps(command)
    def wrapped(*args: Any, at: str, as_of: str, **options: Any) -> Any:
        return command(*args, when=When(at, as_of), **options)

    return wrapped


def _tell(found: Store, drafts: Sequence[Draft], action: str) -> str:
    # Only where there is something to tell, for it takes a while to load.
    from crmtext.diff import draft_message

    return draft_message.message(found, drafts, action)


def seen_from(found: Store, path: str) -> str:
    """A path that was typed, as seen from the store's folder; one that lies elsewhere stays as it was typed."""
    full = os.path.normpath(current().directory.absolute() / path.replace("\\", "/"))
    inside = Path(full).is_relative_to(found.root)
    return Path(full).relative_to(found.root).as_posix() if inside else path


def colleague(found: Store, typed: str, settings: Settings | None = None) -> str:
    """The handle of a colleague who was named by handle, name or `me`; by the team of today if none is given."""
    from crmtext.record.input import arguments

    return arguments.colleague(found, typed, settings)


def me(found: Store) -> str:
    """The handle of who works here; empty where git or the team does not know them."""
    try:
        return colleague(found, "me")
    except CrmError:
        return ""
