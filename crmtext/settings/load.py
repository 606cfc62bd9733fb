"""Reading `crmtext.toml`: its bytes as settings, or the first thing that is wrong with its place."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import CrmError, Place, Problem, cannot
from crmtext.settings.check import check
from crmtext.settings.fields import FILE, Member, Settings, settings_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from dataclasses import Field

_MAX_BYTES = 256 * 1024
_LONGEST_NAME = 1000
# tomllib takes time by the square of the dots in a name.
_LONG_NAME = re.compile(rf"^[^=\n\"'#]{{{_LONGEST_NAME},}}", re.MULTILINE)


def read(raw: bytes) -> Settings:
    """The settings in these bytes. Raises CrmError at the first thing that is wrong, with its place."""
    data = _parse(raw)
    text = raw.decode("utf-8-sig")

    try:
        for problem in check(data, text):
            raise CrmError(problem)
    except RecursionError as error:
        raise CrmError(_syntax(str(error), text)) from None
    values = {each.name: value for each in settings_fields() if (value := _value(data, each)) is not None}
    given = frozenset(each.metadata["name"] for each in settings_fields() if each.name in values)
    return Settings(**values, given=given)


def _parse(raw: bytes) -> dict[str, Any]:
    import tomllib

    if len(raw) > _MAX_BYTES:
        raise cannot("settings-too-large", _("{file} has more than {n} bytes").format(file=FILE, n=_MAX_BYTES))
    try:
        text = raw.decode("utf-8-sig")
        if long := _LONG_NAME.search(text):
            message = _("a name has more than {n} characters").format(n=_LONGEST_NAME)
            raise cannot("settings-syntax", message, place=Place(FILE, text.count("\n", 0, long.start()) + 1, 1))
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise cannot(
            "settings-syntax",
            _("{file} is not UTF-8").format(file=FILE),
            _("save it as UTF-8 in your editor"),
            Place(FILE, raw.count(b"\n", 0, error.start) + 1, _column(raw, error.start)),
        ) from None
    except (ValueError, RecursionError) as error:  # a number too long to read is a plain ValueError
        raise CrmError(_syntax(str(error), raw.decode("utf-8-sig"))) from None


def _column(raw: bytes, offset: int) -> int:
    line = raw[raw.rfind(b"\n", 0, offset) + 1 : offset]
    return len(line.decode("utf-8-sig", "replace")) + 1


def _syntax(said: str, text: str) -> Problem:
    where = re.search(r"\(at line (\d+), column (\d+)\)", said)
    lines = text.split("\n")
    line, column = (int(where[1]), int(where[2])) if where else (len(lines), len(lines[-1]) + 1)
    excerpt = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    message = _("the settings are not TOML: {said}").format(said=said.partition(" (at ")[0])
    hint = _('text stands in quotes: name = "…"; a list in brackets: ["…", "…"]')
    return Problem("settings-syntax", message, Place(FILE, line, column), hint, excerpt=excerpt)


def _value(data: Mapping[str, Any], each: Field[Any]) -> Any:
    found: Any = data
    for step in each.metadata["name"].split("."):
        found = found.get(step) if isinstance(found, dict) else None
    if found is None:
        return None
    if each.name == "team":
        return MappingProxyType({member.handle: member for member in _members(found)})
    if each.metadata.get("values") is int:
        return MappingProxyType({**each.metadata["default"], **found})
    if each.metadata.get("values") is list:
        return MappingProxyType({key: tuple(value) for key, value in found.items()})
    return MappingProxyType(found) if isinstance(found, dict) else tuple(found) if isinstance(found, list) else found


def _members(team: Mapping[str, Mapping[str, Any]]) -> Iterator[Member]:
    for handle, given in team.items():
        email = given.get("email", ())
        emails = (email,) if isinstance(email, str) else tuple(email)
        yield Member(handle, given.get("name", ""), emails, given.get("role", ""), given.get("active", True))
