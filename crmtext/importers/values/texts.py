"""Texts of cells: lines, notes, codes, lists, choices, yes and no."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.columns.fields import can_be_custom
from crmtext.importers.values import html_text, names, plain_text
from crmtext.importers.values.outcome import EMPTY, Ask, Converter, Outcome, bad
from crmtext.schema import nearest
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.importers.sheet import Cell
    from crmtext.schema import Field

_ITEMS = lazy.pattern(r"\s*(?:[、;；\n|]|:::|,(?!\d{3}(?!\d))|，)\s*")
_NAMES = lazy.pattern(r"\s*(?:[、;；\n|]|:::)\s*")
#: So many unknown values of a column are asked about one by one, if they aren't longer.
_MOST_ASKED, _LONGEST_ASKED = 20, 80
_YES = frozenset({
    "true", "yes", "y", "1", "on", "t", "x", "是", "有", "对", "√", "✓", "✔", "已", "同意", "ja",
    "oui", "sí", "si", "checked",
})  # fmt: skip
_NO = frozenset({
    "false", "no", "n", "0", "off", "f", "否", "无", "没有", "不是", "不", "×", "✗", "不同意", "nein",
    "non", "unchecked",
})  # fmt: skip
_WON = {
    "won": "won", "closed won": "won", "closedwon": "won", "赢单": "won", "成交": "won", "true": "won", "yes": "won",
    "1": "won", "是": "won", "lost": "lost", "closed lost": "lost", "closedlost": "lost", "输单": "lost",
    "丢单": "lost",
    "open": "open", "false": "open", "no": "open", "0": "open", "否": "open", "进行中": "open",
}  # fmt: skip


def lines(cell: Cell) -> Outcome:
    """Return a text of several lines; HTML becomes plain text."""
    text = plain_text.read(cell).text
    why = plain_text.damage(cell, text)
    if why[0]:
        return bad(*why)
    if html_text.is_html(text):
        text = html_text.to_text(text)
        return Outcome(text, _("HTML removed")) if text else EMPTY
    if "\n" in text:
        text = "\n".join(map(str.rstrip, text.split("\n")))
    return Outcome(text) if text else EMPTY


def line(cell: Cell) -> Outcome:
    """Return a text of one line."""
    result = lines(cell)
    if result.value is None or ("\n" not in result.value and "  " not in result.value and "\t" not in result.value):
        return result
    why = _("lines joined") if "\n" in result.value else ""
    return result._replace(value=plain_text.line(result.value), rewritten=result.rewritten or why)


def renamed(convert: Converter, also: Iterable[Mapping[str, str]]) -> Converter:
    """Return the converter of a text whose mapping gives some values another name; an empty name leaves one out."""
    known = {folded(name): value for mapping in reversed([*also]) for name, value in mapping.items()}

    def rename(cell: Cell) -> Outcome:
        value = known.get(folded(plain_text.read(cell).text))
        return convert(cell) if value is None else Outcome(value or None)

    return rename if known else convert


def code(*, upper: bool = False, blanks: bool = True) -> Converter:
    """Return the converter of ids and numbers that are no quantities; leading zeros stay."""

    def convert(cell: Cell) -> Outcome:
        result = line(cell)
        if result.value is None:
            return result
        text = plain_text.narrow(plain_text.whole(plain_text.narrow(result.value)))
        text = text if blanks else re.sub(r"\s", "", text)
        text = text.upper() if upper else text
        why = ""
        if len(text) == len(result.value) and text.casefold() != result.value.casefold():
            why = _("full-width characters")
        return Outcome(text, result.rewritten or why) if text else EMPTY

    return convert


def items(convert: Converter, *, of_names: bool = False) -> Converter:
    """Return the converter of a list; names are not separated at commas."""

    def split(cell: Cell) -> Outcome:
        text = plain_text.read(cell).text
        if text.startswith("[") and (parts := _json(text)) is not None:
            pass
        else:
            parts = [part for part in (_NAMES if of_names else _ITEMS).split(text) if part]
        results = [convert(part) for part in parts] if len(parts) != 1 or isinstance(cell, str) else [convert(cell)]
        values = list(dict.fromkeys(result.value for result in results if result.value is not None))
        wrong = next((result for result in results if result.bad or result.ask), EMPTY)
        why = next((result.rewritten for result in results if result.rewritten), "")
        former = next((result.former for result in results if result.former), "")
        return Outcome(values or None, why, wrong.bad, wrong.fix, wrong.ask, former=former)

    return split


def _json(text: str) -> list[str] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    flat = isinstance(data, list) and all(isinstance(one, (str, int, float)) for one in data)
    return [str(one) for one in data] if flat else None


def person_name(cell: Cell) -> Outcome:
    """Return the name of a person, or the list of several."""
    text = plain_text.read(cell).text
    if html_text.is_html(text):
        text = html_text.to_text(text)
    if not text:
        return EMPTY
    result = names.split(text)
    if len(result) > 1:
        return Outcome(result)
    if not result:
        return EMPTY
    same = folded(result[0]) == folded(text)
    return Outcome(result[0], "" if same else _("name as people write it"))


def choice(field: Field, column: str, also: Iterable[Mapping[str, str]], label: str) -> Converter:
    """Return the converter of an enumeration; `also` holds meanings of values, the first mapping counts."""
    known = {folded(name): one.value for one in reversed(field.choices) for name in reversed([*one.names()])}
    labels: set[str] = set()
    for mapping in reversed([*also]):
        for name, value in mapping.items():
            known[folded(name)] = known.get(folded(value), value) if value else ""
            labels.add(folded(name))
    values = {one.value for one in field.choices}
    asked: dict[str, None] = {}

    def convert(cell: Cell) -> Outcome:
        text = plain_text.line(plain_text.whole(plain_text.read(cell).text))
        if not text:
            return EMPTY
        value = known.get(folded(text))
        if value in values:
            return Outcome(value)
        if value == "":
            return Outcome(nothing=text)
        # Labels of other systems: one of several may be the one that the mapping names.
        parts = [folded(part) for part in _ITEMS.split(text)] if labels else []
        named = {known[part] for part in parts if part in labels} - {""}
        if len(parts) > 1 and len(named) == 1:
            return Outcome(named.pop(), _("the other labels are left out"))
        if len(asked) <= _MOST_ASKED:
            asked[folded(text)] = None
        if len(asked) > _MOST_ASKED or len(text) > _LONGEST_ASKED:
            return Outcome(ask=_ask_column(label, column))
        return Outcome(ask=_ask_value(field, label, column, text))

    return convert


def _ask_value(field: Field, label: str, column: str, text: str) -> Ask:
    near = nearest.choice(text, field.choices, loose=True)
    asked = _("'{value}' in '{column}' is not a value of '{field}'").format(value=text, column=column, field=label)
    meant = next((one.typed for one in field.choices if one.value == near), "")
    asked += _("; ") + _("did you mean '{near}'?").format(near=meant) if meant else ""
    values = sorted((choice.value for choice in field.choices), key=lambda value: value != near)
    options = [f"--value {quoted(f'{column}:{text}={value}')}" for value in (*values, "-")]
    return Ask(f"value:{column}:{folded(text)}", asked, (*options, *_elsewhere(column)))


def _ask_column(label: str, column: str) -> Ask:
    """Ask once about a column with free text or too many values."""
    asked = _("many values in '{column}' are not values of '{field}'").format(column=column, field=label)
    return Ask(f"values:{column}", asked, _elsewhere(column))


def _elsewhere(column: str) -> tuple[str, ...]:
    """The options that keep a column's values in an own field, or leave them out."""
    custom = column.replace(".", " ")
    own = (f"--map {quoted(f'{column}=custom.{custom}')}",) if can_be_custom(custom) else ()
    return (*own, f"--drop {quoted(column)}")


def boolean(also: Iterable[Mapping[str, str]]) -> Converter:
    """Return the converter of yes and no."""
    known = {folded(name): value for mapping in reversed([*also]) for name, value in mapping.items()}

    def convert(cell: Cell) -> Outcome:
        if isinstance(cell, bool):
            return Outcome(cell)
        text = plain_text.whole(plain_text.narrow(plain_text.read(cell).text)).casefold()
        text = known.get(folded(text), text) if text else ""
        if not text:
            return EMPTY
        if text in _YES or text in _NO:
            return Outcome(text in _YES)
        return bad(_("neither yes nor no"), _("enter yes or no"))

    return convert


def is_yes(cell: Cell) -> bool:
    """Whether a cell says yes."""
    return plain_text.whole(plain_text.narrow(plain_text.read(cell).text)).casefold() in _YES


def done(days: Converter, also: Iterable[Mapping[str, str]]) -> Converter:
    """Return the converter of a task's status: yes, no, a day, or a word."""
    known = {folded(name): value for mapping in reversed([*also]) for name, value in mapping.items()}

    def convert(cell: Cell) -> Outcome:
        if isinstance(cell, bool):
            return Outcome(cell)
        text = plain_text.line(plain_text.whole(plain_text.read(cell).text))
        if not text:
            return EMPTY
        if (value := known.get(folded(text))) is not None:
            return Outcome(value.casefold() in _YES if value.casefold() in _YES | _NO else value)
        if text.casefold() in _YES | _NO:
            return Outcome(text.casefold() in _YES)
        day = days(cell)
        return day if isinstance(day.value, str) and not day.bad else Outcome(text)

    return convert


def won(also: Iterable[Mapping[str, str]]) -> Converter:
    """Return the converter of a deal's outcome."""
    known: dict[str, Any] = {folded(name): value for name, value in _WON.items()}
    known |= {folded(name): value for mapping in reversed([*also]) for name, value in mapping.items()}

    def convert(cell: Cell) -> Outcome:
        text = plain_text.line(plain_text.whole(plain_text.read(cell).text))
        value = known.get(folded(text), "") if text else ""
        return Outcome(value) if value else EMPTY

    return convert
