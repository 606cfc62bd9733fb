"""Problems of the settings: a place in the file, a message and a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import Place, Problem
from crmtext.settings.places import place, steps
from crmtext.text.pointer import join
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.settings.fields import Settings


def wrong_type(text: str, key: str, table: str, value: Any, wanted: str) -> Problem:
    """The problem of a value of the wrong type."""
    message = _("{key} must be {wanted}, not {value}").format(key=key, wanted=wanted, value=repr(value)[:40])
    return setting_problem(
        text, key, table, message, _("for an example, see crmtext.toml of a new store: crmtext init")
    )


def unknown_setting(text: str, key: str, table: str, known: Iterable[str]) -> Problem:
    """The problem of an unknown name, with the nearest known one."""
    names = tuple(known)
    hint = did_you_mean(nearest(key, names), _("one of: {values}").format(values=", ".join(names)))
    message = _("unknown setting '{key}'").format(key=f"{table}.{key}" if table else key)
    return setting_problem(text, key, table, message, hint)


def setting_problem(text: str, key: str, table: str, message: str, hint: str) -> Problem:
    """A problem of the setting with this key in a table, or of the table."""
    line, column, excerpt = place(text, table, key)
    at = join((*steps(table), *((key,) if key else ())))
    where = Place(SETTINGS, line, column, line, column + len(key or table), at)
    return Problem("settings", message, where, hint, excerpt=excerpt)


def entry_problem(
    text: str, key: str, table: str, entries: Sequence[str], number: int, message: str, hint: str
) -> Problem:
    """The problem of an entry of a list, at the entry; of a text, at the text."""
    problem = setting_problem(text, key, table, message, hint)
    before = sum(map(len, text.splitlines(keepends=True)[: problem.place.line - 1]))
    at = text.find("=", before + max(problem.place.column - 1, 0))
    for entry in entries[:number]:
        at = max(text.find(entry, at), 0) + len(entry)
    if (at := text.find(entries[number], at)) < 0:
        return problem
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    place = problem.place._replace(line=line, column=column, end_line=line, end_column=column + len(entries[number]))
    return problem._replace(place=place, excerpt=text.split("\n")[line - 1].rstrip("\r"))


def value_problem(
    settings: Settings, rule: str, table: str, key: str, message: str, hint: str, part: str = ""
) -> Problem:
    """Return a problem of a value that only the schema or the records can tell.

    `part` is the text in the value that is wrong. `Settings.rules_at` has the places of the table's settings.
    """
    places = settings.rules_at.get(table, ())
    line, column, excerpt = places[0].get(key, (0, 0, "")) if places else (0, 0, "")
    end = column + len(key)
    if part and (start := excerpt.find(part, end - 1)) >= 0:
        column, end = start + 1, start + 1 + len(part)
    return Problem(rule, message, Place(SETTINGS, line, column, line, end, join((table, key))), hint, excerpt=excerpt)
