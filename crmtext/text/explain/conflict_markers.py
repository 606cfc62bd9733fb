"""Problems of conflict markers left in a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Place, Problem
from crmtext.terminal.quoting import quoted
from crmtext.text import conflict_hunks
from crmtext.text.document import place_at

if TYPE_CHECKING:
    from collections.abc import Iterator


def markers(text: str, path: str) -> Iterator[Problem]:
    """Return a problem for each conflict left in a text, with the customer and the fields."""
    if not any(sign in text for sign in conflict_hunks.SIGNS):
        return
    who = conflict_hunks.value(text, "name")
    about = iter(conflict_hunks.spots(text))
    for start, end, whole in conflict_hunks.places(text):
        fields = next(about).names if whole else ()
        excerpt = text[start:end].split("\n", maxsplit=1)[0].rstrip("\r")
        place = place_at(path, text, start, end)
        yield Problem("conflict-marker", _message(who, fields), place, _hint(text, fields), excerpt=excerpt)


def conflict_problem(text: str, path: str) -> Problem | None:
    """The problem of showing or changing a record with a conflict; None if it has none."""
    if not conflict_hunks.has_conflict(text):
        return None
    customer = conflict_hunks.value(text, "id") or path
    message = _("{customer} is in conflict: two of you changed it").format(
        customer=conflict_hunks.value(text, "name") or path
    )
    hint = _("see both sides and choose: crmtext resolve {customer}").format(customer=quoted(customer))
    return Problem("conflict-marker", message, Place(path), hint)


def first_conflict(text: str, path: str) -> Problem | None:
    """The problem of the first conflict in a file that is no record, such as the settings; None if it has none."""
    span = next(((start, end) for start, end, whole in conflict_hunks.places(text) if whole), None)
    if span is None:
        return None
    place = place_at(path, text, *span)
    message = _("a merge left a conflict in lines {first} to {last}").format(first=place.line, last=place.end_line)
    hint = _(
        "keep one side and delete the lines with <<<<<<<, ======= and >>>>>>>, then run: git add {file}; or "
        "undo the merge: git merge --abort"
    ).format(file=path)
    return Problem("conflict-marker", message, place, hint, excerpt=text[slice(*span)].partition("\n")[0].rstrip("\r"))


def _message(who: str, fields: tuple[str, ...]) -> str:
    if not fields:
        return _("a merge left a conflict here")
    names = ", ".join(fields)
    if not who:
        return _("a merge left a conflict in {fields}").format(fields=names)
    return _("a merge left a conflict in {fields} of {customer}").format(fields=names, customer=who)


def _hint(text: str, fields: tuple[str, ...]) -> str:
    by_hand = _("keep one side and delete the lines with <<<<<<<, ======= and >>>>>>>")
    who = conflict_hunks.value(text, "id")
    if not fields or not re.fullmatch(r"[A-Za-z0-9_-]+", who):
        return by_hand
    key = f"'{fields[0]}'" if re.search(r"[^\w.]", fields[0]) else fields[0]
    command = f"crmtext resolve {who} {key}"
    lines = (
        _("to take the local version: {command}").format(command=f"{command} --ours"),
        _("to take the remote version: {command}").format(command=f"{command} --theirs"),
        _("or {by_hand}").format(by_hand=by_hand),
    )
    return "\n".join(lines)
