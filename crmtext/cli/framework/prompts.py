"""Questions on a terminal: one line each; Enter skips."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from crmtext.problem import CrmError
from crmtext.record.input import path, values
from crmtext.terminal import code_frame
from crmtext.terminal.width import printable
from crmtext.text.pointer import NEW, parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.schema import Field
    from crmtext.store import Store


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
