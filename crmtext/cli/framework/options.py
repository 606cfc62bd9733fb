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
from crmtext.terminal.quoting import quoted
from crmtext.text.explain import characters

if TYPE_CHECKING:
    from datetime import date

    from crmtext.problem import Problem
    from crmtext.record.change.draft import Draft
    from crmtext.schema import Schema
    from crmtext.sealing.mask import Masking
    from crmtext.settings import Settings

F = Callable[..., Any]


def store(*, writes: bool = False) -> Store:
    """Return the store of the command, and use its language unless another was given.

    With `writes`, raises CrmError in a view, before anything is asked.
    """
    opened = Store.find(current().directory, show)
    speak(opened.settings)
    if writes:
        opened.refuse_view()
    return opened


def faulty_store() -> Store:
    """Return the store for a command that works with partly wrong settings."""
    opened = Store.find(current().directory, show)
    speak(opened.settings_around[0])
    return opened


def report_settings(store: Store) -> Exit:
    """Print the problems of the settings after `faulty_store`, and return the exit code."""
    problems = store.settings_around[1]
    if not problems:
        return Exit.FINE
    from crmtext.cli.framework.render import tell

    tell(problems)
    return Exit.CANNOT


def rules() -> tuple[Schema, Settings]:
    """Return the store's schema and settings, and use its language; outside a store, the shipped ones."""
    try:
        opened = faulty_store()
        return opened.schema, opened.settings_around[0]
    except CrmError as error:
        if error.problem.rule != "no-store":
            raise
        from crmtext.schema import Schema
        from crmtext.settings import Settings

        return Schema.shipped(), Settings()


def speak(settings: Settings) -> None:
    """Use a store's language, unless another was given."""
    if current().language is None and settings.language:
        language.speak(settings.language)


def form(*choices: str) -> Callable[[F], F]:
    """Add the option `--format`; the first choice is the default."""
    return click.option(
        "--format",
        "form",
        type=Choice(choices),
        default=choices[0],
        show_default=True,
        help="The output format.",
    )


def writing(command: F) -> F:
    """Add the options of writing commands, passed as one argument `how`."""
    about = N_("Commit the change, or only change the files. Default: the setting store.commit.")
    return _writing(command, about, N_("Show the change as a diff, write nothing."))


def committing(command: F) -> F:
    """Add the options of a command that changes many records and so always commits by default."""
    about = N_("Commit the change (the default), or only change the files.")
    return _writing(command, about, N_("Show what would change, write nothing."))


def for_channel(command: F) -> F:
    """Add the option `--for-channel` of commands that leave out those who may not be contacted on a channel."""
    about = N_("Leave out those who may not be contacted on this channel: phone, sms, email, wechat or visit.")
    return click.option("--for-channel", default="", metavar="CHANNEL", help=about)(command)


def case(command: F) -> F:
    """Add the option `--case` of commands that may record a complaint."""
    about = N_("Open a case for the complaint or the score of 1 or 2, optionally with this title.")
    return click.option("--case", cls=ValueOptional, metavar="[=TITLE]", help=about)(command)


def _writing(command: F, about: str, dry: str) -> F:
    @click.option("--dry-run", is_flag=True, help=dry)
    @click.option("--commit/--no-commit", default=None, help=about)
    @click.option("-m", "message", metavar="TEXT", help="Commit the change with this message.")
    @wraps(command)
    def wrapped(*args: Any, dry_run: bool, commit: bool | None, message: str | None, **options: Any) -> Any:
        from crmtext.record.change.write import (
            WriteOptions,  # slow to load, and reading commands don't need it
        )

        _reject_invisible((message, *options.values()))
        if message is not None and commit is False:
            raise click.UsageError(_("-m and --no-commit can't be combined: -m is the message of a commit"))
        if message is not None and not message.strip():
            raise click.UsageError(_("the message of -m is empty; enter one, or leave out -m"))
        action = click.get_current_context().info_name or ""
        return command(*args, how=WriteOptions(dry_run, commit, message or "", action, _tell), **options)

    return wrapped


def _reject_invisible(given: Iterable[object]) -> None:
    """Raise CrmError for invisible characters in any argument, before they reach a record or a commit."""
    for value in given:
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                characters.reject_invisible(text)


def reading(command: F) -> F:
    """Add the options of reading commands, passed as one argument `when`."""

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


def masking(command: F) -> F:
    """Add the option `--mask`, passed as `mask`. With it, an error doesn't quote what was typed."""

    @click.option("--mask", is_flag=True, help="Mask names, phone numbers, addresses and other personal data.")
    @wraps(command)
    def wrapped(*args: Any, mask: bool, **given: Any) -> Any:
        if not mask:
            return command(*args, mask=mask, **given)
        try:
            return command(*args, mask=mask, **given)
        except CrmError as error:
            raise CrmError(_without_typed(error.problem), error.exit_code) from None

    return wrapped


def masking_of(schema: Schema, *, mask: bool) -> Masking | None:
    """Return how the records of a schema are masked; None without `--mask`."""
    if not mask:
        return None
    # Slow to load, and only --mask needs it.
    from crmtext.sealing.mask import Masking

    return Masking(schema)


def _without_typed(problem: Problem) -> Problem:
    """A problem without the words and the expression that were typed."""
    # Slow to load, and only errors need it.
    from crmtext.sealing import forms, free_text

    given = click.get_current_context().params
    texts = [text for value in given.values() for text in (value if isinstance(value, tuple) else (value,))]
    message = problem.message
    for text in (text for text in texts if isinstance(text, str) and text):
        # Messages quote what was typed, in either language.
        message = message.replace(f"'{text}'", f"'{forms.HIDDEN}'").replace(f"“{text}”", f"“{forms.HIDDEN}”")
    if expression := given.get("where"):
        message = message.replace(expression, forms.HIDDEN)
    hint = free_text.masked(problem.hint, {})
    return problem._replace(message=free_text.masked(message, {}), hint=hint, excerpt="", fix=(), also=())


def _tell(store: Store, drafts: Sequence[Draft], action: str) -> str:
    # Slow to load, and only commits need it.
    from crmtext.diff import draft_message

    return draft_message.message(store, drafts, action)


def path_in_store(store: Store, path: str) -> str:
    """Return a typed path relative to the store; a path outside the store is unchanged."""
    full = os.path.normpath(current().directory.absolute() / path.replace("\\", "/"))
    inside = Path(full).is_relative_to(store.root)
    return Path(full).relative_to(store.root).as_posix() if inside else path


def colleague(store: Store, typed: str, settings: Settings | None = None) -> str:
    """Return the handle of a colleague given by handle, name or `me`; by default in today's team."""
    from crmtext.record.input import arguments

    return arguments.colleague(store, typed, settings)


def again(when: When) -> str:
    """Return `--at` and `--as-of` as they were given, as the end of a command to type."""
    given = (("at", when.at), ("as-of", when.as_of))
    return "".join(f" --{name} {quoted(value)}" for name, value in given if value)


def period(first: date, last: date) -> date:
    """Return the first day of a period. Raises UsageError if it is after the last one."""
    if first > last:
        raise click.UsageError(_("--since {first} is after {last}").format(first=first, last=last))
    return first


def me(store: Store, settings: Settings | None = None) -> str:
    """Return the user's handle in today's team or that of some settings; empty if git or the team list has none."""
    try:
        return colleague(store, "me", settings)
    except CrmError:
        return ""
