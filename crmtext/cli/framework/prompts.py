"""Questions on a terminal: one line each; Enter skips."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem
from crmtext.record.input import path, values
from crmtext.terminal import code_frame
from crmtext.terminal.width import printable
from crmtext.text.pointer import NEW, parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from crmtext.schema import Field
    from crmtext.store import Store


class Stopped(Exception):  # noqa: N818 - no error: the user's wish
    """The user gave no answer."""


def possible() -> bool:
    """Whether stdin is a terminal, so that questions can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask_value(store: Store, field: Field, label: str, default: str = "") -> str:
    """Return the typed value of a field, asked until it is valid; empty if skipped."""
    choices = " ".join(
        f"{choice.value} {choice.labels.get('zh', '')}".strip() + "," for choice in field.choices
    ).rstrip(",")
    question = printable(f"{label} ({choices})" if choices else label, keep="")
    while True:
        typed: str = click.prompt(question, default=default, show_default=bool(default), err=True)
        if not typed.strip():
            return ""
        try:
            values.read(field, typed, store)
        except CrmError as error:
            click.echo(code_frame.render(error.problem), err=True, nl=False)
            continue
        return typed


def assignments(store: Store, paths: Iterable[str], given: Iterable[str] = ()) -> Iterator[str]:
    """Ask for values of fields that are not given yet, and yield them as `FIELD=VALUE`."""
    known = {path.resolve(store.schema, {}, place).pointer for place in given}
    skipped: list[str] = []
    for place in paths:
        key = path.resolve(store.schema, {}, place)
        if key.pointer in known or any(key.pointer.startswith(above) for above in skipped):
            continue
        if typed := ask_value(store, key.field, key.label):
            yield f"{place}={typed}"
        elif f"/{NEW}/" in key.pointer:
            # If the first field of a new entry is skipped, the rest of the entry is too.
            skipped.append(parent(key.pointer))


def choose(choices: Mapping[str, str]) -> str:
    """Return the value of the answer whose number is typed. Raises Stopped for an empty answer."""
    for number, words in enumerate(choices, start=1):
        say(f"  {number}  {words}")
    values = [*choices.values()]
    while True:
        typed: str = click.prompt(_("Number (Enter: stop)"), default="", show_default=False, err=True)
        typed = typed.strip().rstrip(".")
        if not typed:
            raise Stopped
        if typed.isdecimal() and 1 <= int(typed) <= len(values):
            return values[int(typed) - 1]
        say(_("type a number from 1 to {n}").format(n=len(values)))


def say(line: str) -> None:
    """Write a line of a question."""
    click.echo(printable(line, keep="\n"), err=True)


def passphrase(file: Path) -> str:
    """Return the passphrase of a key, typed without echo. Raises CrmError without a terminal."""
    if not possible():
        message = _("the key in '{path}' is encrypted, and its passphrase is typed on a terminal").format(path=file)
        raise CrmError(Problem("no-key", message, hint=_("run the command on a terminal")), Exit.NOT_ALLOWED)
    typed: str = click.prompt(_("Passphrase of {path}").format(path=file), hide_input=True, err=True)
    return typed


def new_passphrase() -> str:
    """Return a new passphrase, typed twice; empty if none is wanted, or without a terminal."""
    if not possible():
        return ""
    question = _("Passphrase for the key (Enter: none)")
    repeat = _("The same again")
    typed: str = click.prompt(
        question, default="", show_default=False, hide_input=True, confirmation_prompt=repeat, err=True
    )
    return typed
