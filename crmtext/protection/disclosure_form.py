"""The form of a disclosure's file: its name, its fields, and what their values look like."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.layout import DISCLOSURES
from crmtext.problem import Place, Problem
from crmtext.text.pointer import escape
from crmtext.values import lazy
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmtext.text.document import Document

#: The most problems of a file that are reported.
_MOST = 20
_ID = lazy.pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_COMMIT = lazy.pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DAY = lazy.pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LAST_PART = lazy.pattern(r"-[0-9a-f]{4,16}\.yaml")
#: Signs of a handle that not every file system takes.
_ODD = lazy.pattern(r"[^\w.-]")
_REQUIRED = ("date", "by", "what", "to", "purpose", "fields")


def start_of_name(day: date, by: str) -> str:
    """Return how the names of a colleague's files of a day begin."""
    return f"{day}-{_ODD.sub('_', by)}"


def problems(document: Document, kinds: Iterable[str]) -> tuple[Problem, ...]:
    """Return the problems of a file that holds data; `kinds` are the values of `what`."""
    return tuple(islice(_problems(document, {**_FIELDS, "what": _one_of(kinds)}), _MOST))


def _problems(document: Document, fields: Mapping[str, Callable[[Any], str]]) -> Iterator[Problem]:
    data: Mapping[str, Any] = document.data
    for name in data:
        if name not in fields:
            hint = did_you_mean(nearest(name, fields), _("one of: {values}").format(values=", ".join(fields)))
            message = _("unknown field '{key}'").format(key=name)
            yield document.problem("disclosure", message, f"/{escape(name)}", hint=hint, key=True)
    for name in _REQUIRED:
        if name not in data:
            yield document.problem("disclosure", _("'{field}' is missing").format(field=name))
    for name, wrong in fields.items():
        if name in data and (message := wrong(data[name])):
            message = _("'{field}' {what}").format(field=name, what=message)
            yield document.problem("disclosure", message, f"/{name}")
    if ("customers" in data) == ("where" in data):
        message = _("a disclosure names its customers either by 'customers' or by 'where'")
        yield document.problem("disclosure", message, "/where" if "where" in data else "")
    if "where" in data and "commit" not in data:
        yield document.problem("disclosure", _("'where' needs the commit that it holds for"), "/where")
    yield from _of_name(document, data)


def _of_name(document: Document, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problem of a file whose name isn't that of its day and colleague."""
    if not isinstance(data.get("by"), str) or not _DAY.fullmatch(str(data.get("date"))):
        return
    start = start_of_name(data["date"], data["by"])
    name = document.path.removeprefix(f"{DISCLOSURES}/")
    if not name.startswith(start) or not _LAST_PART.fullmatch(name[len(start) :]):
        message = _("the name of this file must be {start}-XXXX.yaml").format(start=start)
        yield Problem(
            "disclosure", message, Place(document.path), _("XXXX are four or more digits or letters from a to f")
        )


def _line(value: Any) -> str:
    return "" if isinstance(value, str) and value.strip() and "\n" not in value else _("must be a text of one line")


def _one_of(values: Iterable[str]) -> Callable[[Any], str]:
    known = tuple(values)
    return lambda value: "" if value in known else _("must be one of: {values}").format(values=", ".join(known))


def _day(value: Any) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return ""
    return _("must be a day, such as 2026-11-29")


def _commit(value: Any) -> str:
    return "" if isinstance(value, str) and _COMMIT.fullmatch(value) else _("must be the whole id of a commit")


def _ids(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) and _ID.fullmatch(one) for one in value):
        return ""
    return _("must be a list of customer ids")


def _lines(value: Any) -> str:
    return "" if isinstance(value, list) and not any(map(_line, value)) else _("must be a list of texts")


#: The fields, and what is wrong with a value; empty if nothing is.
_FIELDS: Mapping[str, Callable[[Any], str]] = {
    "date": _day, "by": _line, "what": _line, "to": _line, "purpose": _line, "basis": _line, "customers": _ids,
    "where": _line, "left_out": _ids, "fields": _lines, "commit": _commit, "as_of": _day,
}  # fmt: skip
