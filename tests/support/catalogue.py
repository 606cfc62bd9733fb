"""The catalogue of translations: what the code says, and what the catalogue has for it."""

from __future__ import annotations

import ast
import io
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crmtext.cli.framework.help import message as help_message

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "crmtext"
PO = PACKAGE / "locale/zh/LC_MESSAGES/crmtext.po"
MO = PO.with_suffix(".mo")
#: The location of messages that Click says; those of other versions than the installed one are kept.
CLICK = "click"

Id = str | tuple[str, str]


class _Catalogue(Catalog):
    """A catalogue whose bytes depend on its messages only: no dates, no version of the tool that wrote it."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", self.plural_forms)]


def first(message: Id) -> str:
    """What a message is found by: the singular of a plural one."""
    return message if isinstance(message, str) else message[0]


@dataclass
class Found:
    """Messages in the code, each with the files that say it."""

    messages: dict[Id, set[str]] = field(default_factory=dict)

    def add(self, message: Id, where: str) -> None:
        """Note that a file says this."""
        self.messages.setdefault(message, set()).add(where)


@cache
def said() -> dict[Id, set[str]]:
    """Every message of the package's code and templates, and of the installed Click."""
    found = Found()
    for path in sorted(PACKAGE.rglob("*.py")):
        for message in filter(None, _in_python(path.read_text("utf-8"))):
            found.add(message, path.relative_to(ROOT).as_posix())
    for path in sorted((PACKAGE / "reports" / "templates").rglob("*")):
        # Style sheets and scripts are put into the pages as they are.
        for message in _in_template(path) if path.suffix in {".html", ".j2", ".md"} else ():
            found.add(message, path.relative_to(ROOT).as_posix())
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        for message in _in_python(path.read_text("utf-8")):
            found.add(message, CLICK)
    return found.messages


def _in_python(source: str) -> Iterator[Id]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            yield help_message(ast.get_docstring(node) or "")


def _in_call(call: ast.Call) -> Iterator[Id]:
    name = _name(call.func)
    texts = [_text(argument) for argument in call.args]
    if name in {"_", "N_", "gettext"} and texts and texts[0]:
        yield texts[0]
    elif name in {"plural", "ngettext"} and len(texts) > 1 and texts[0] and texts[1]:
        yield texts[0], texts[1]
    elif name == "Member":
        yield from filter(None, texts[2:])
    elif name in {"option", "argument", "command", "group", "version_option", "help_option"}:
        given = (_text(keyword.value) for keyword in call.keywords if keyword.arg in {"help", "short_help", "epilog"})
        yield from (help_message(text) for text in given if text)


def _makes_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _name(decorator.func) in {"command", "group"}


def _name(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _text(value: ast.expr) -> str:
    if isinstance(value, ast.JoinedStr):
        return ""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _in_template(path: Path) -> Iterator[Id]:
    from jinja2.ext import babel_extract

    with path.open("rb") as file:
        for _line, _function, message, _comments in babel_extract(file, ("_", "plural"), (), {"silent": "false"}):
            if isinstance(message, tuple):
                yield (message[0], message[1]) if message[1] else message[0]
            else:
                yield message


def formatted_before_translated(source: str) -> Iterator[int]:
    """Lines that call `_` or `plural` with an f-string, which no catalogue can hold."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or _name(node.func) not in {"_", "plural"}:
            continue
        if any(isinstance(argument, ast.JoinedStr) for argument in node.args):
            yield node.lineno


def load() -> Catalog:
    """The catalogue in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh", domain="crmtext")


def chinese(catalogue: Catalog, message: Id) -> str:
    """What the catalogue has for a message; empty if nothing."""
    entry = catalogue.get(first(message))
    if not entry or (entry.pluralizable != isinstance(message, tuple)):
        return ""
    text = entry.string[0] if isinstance(entry.string, tuple | list) else entry.string
    return str(text or "")


def placeholders(text: str) -> set[str]:
    """The names to be filled in."""
    return set(re.findall(r"\{(\w+)[^{}]*\}", text))


def agree(message: Id, translation: str) -> bool:
    """Whether the Chinese fills in what the English does; of a plural, what one of its two forms does, or both."""
    if isinstance(message, str):
        return placeholders(translation) == placeholders(message)
    one, many = map(placeholders, message)
    return placeholders(translation) in (one, many, one | many)


def merged(messages: dict[Id, set[str]], known: dict[str, str]) -> Catalog:
    """A catalogue of these messages with the Chinese known for them."""
    catalogue = _Catalogue(locale="zh", domain="crmtext", header_comment="# The Chinese of crmtext.", fuzzy=False)
    for message in sorted(messages, key=first):
        text = known.get(first(message), "")
        places = [(place, None) for place in sorted(messages[message])]
        catalogue.add(message, text if isinstance(message, str) else (text,), locations=places)  # type: ignore[arg-type]
    return catalogue


def write(catalogue: Catalog) -> None:
    """Write the catalogue's two files."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, include_lineno=False)
    MO.write_bytes(compiled())


def compiled() -> bytes:
    """The catalogue as the program loads it."""
    output = io.BytesIO()
    old = load()
    write_mo(output, merged({_id(entry): set() for entry in _entries(old)}, known(old)))
    return output.getvalue()


def _entries(catalogue: Catalog) -> list[Message]:
    return [entry for entry in catalogue if entry.id]


def _id(entry: Message) -> Id:
    return entry.id if isinstance(entry.id, str) else (entry.id[0], entry.id[1])


def known(catalogue: Catalog) -> dict[str, str]:
    """The Chinese of each message in a catalogue, by its English."""
    return {first(_id(entry)): chinese(catalogue, _id(entry)) for entry in _entries(catalogue)}


def of_click(catalogue: Catalog) -> dict[Id, set[str]]:
    """The messages in a catalogue that Click says, in whatever version."""
    return {_id(entry): {CLICK} for entry in _entries(catalogue) if any(place == CLICK for place, _ in entry.locations)}


def update(news: dict[str, str] | None = None) -> None:
    """Write the catalogue anew: all that is said, with the Chinese known so far and the news."""
    old = load() if PO.exists() else Catalog(locale="zh")
    now = said()
    firsts = {first(message) for message in now}
    kept = {message: places for message, places in of_click(old).items() if first(message) not in firsts}
    write(merged(now | kept, known(old) | (news or {})))
