"""Questions on a terminal: one line each, choices shown, Chinese taken, Enter leaves out."""

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
    """Whether somebody sits at a terminal who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask_value(store: Store, field: Field, label: str, default: str = "") -> str:
    """What is typed for a key, asked again until it can be meant; empty where it is left out."""
    choices = " ".join(f"{each.value} {each.labels.get('zh', '')}".strip() + "," for each in field.choices).rstrip(",")
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
    """What is typed for places of a record, as `FIELD=VALUE`; not of those given already."""
    known = {path.resolve(store.schema, {}, each).pointer for each in given}
    skipped: list[str] = []
    for each in paths:
        key = path.resolve(store.schema, {}, each)
        if key.pointer in known or any(key.pointer.startswith(above) for above in skipped):
            continue
        if typed := ask_value(store, key.field, key.label):
            yield f"{each}={typed}"
        elif f"/{NEW}/" in key.pointer:
            # Without its first key an entry of a list is not begun.
            skipped.append(parent(key.pointer))
