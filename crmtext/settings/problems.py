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
    from collections.abc import Iterable


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
