"""The settings of a store: `crmtext.toml`, every key with its default and help."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crmtext.i18n import N_, _
from crmtext.problem import CrmError, Place, Problem, cannot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "crmtext.toml"
_MAX_BYTES = 256 * 1024


def _setting(name: str, default: Any, about: str, **marks: Any) -> Any:
    """A field of Settings: its name in the file, its default, what it is for."""
    value = MappingProxyType(default) if isinstance(default, dict) else default
    return field(default_factory=lambda: value, metadata={"name": name, "help": about, "default": value, **marks})


@dataclass(frozen=True, slots=True)
class Member:
    """A colleague, as the team list knows them."""

    handle: str
    name: str = ""
    emails: tuple[str, ...] = ()
    role: str = ""
    active: bool = True

    @property
    def shown(self) -> str:
        """The name people use; the handle where none is given."""
        return self.name or self.handle


_TRANSITIONS = {
    "lead": ("prospect", "lost"),
    "prospect": ("active", "lead", "lost"),
    "active": ("paused", "lost"),
    "paused": ("active", "lost"),
    "lost": ("prospect", "active"),
}
_STALE = {"high": 14, "medium": 30, "low": 90, "default": 30}
_PROBABILITY = {"discovery": 10, "qualified": 30, "proposal": 50, "negotiation": 75}


@dataclass(frozen=True)
class Settings:
    """What `crmtext.toml` says, checked. `given` names the settings that the file itself sets."""

    name: str = _setting("store.name", "", N_("the store's name, as reports show it"))
    schema_version: int = _setting("store.schema_version", 1, N_("the version of the schema that the records follow"))
    language: str = _setting(
        "store.language",
        "",
        N_("the language of messages and reports; left out: the locale decides"),
        choices=("en", "zh"),
    )
    timezone: str = _setting(
        "store.timezone", "", N_("the time zone whose days count; left out: the system's"), check="timezone"
    )
    currency: str = _setting(
        "store.currency", "CNY", N_("the currency of amounts that name none (ISO 4217)"), check="currency"
    )
    commit: str = _setting(
        "store.commit", "never", N_("whether writing commands commit what they changed"), choices=("never", "auto")
    )
    team: Mapping[str, Member] = _setting(
        "team", {}, N_("the colleagues: a table for each handle with name, email, role, active")
    )
    transitions: Mapping[str, tuple[str, ...]] = _setting(
        "status.transitions", _TRANSITIONS, N_("which status may follow which"), values=list
    )
    stale_days: Mapping[str, int] = _setting(
        "followup.stale_days", _STALE, N_("days without contact after which a customer is stale, by value"), values=int
    )
    probability: Mapping[str, int] = _setting(
        "opportunities.probability",
        _PROBABILITY,
        N_("how likely an opportunity is won, in percent, by stage"),
        values=int,
    )
    ignore: tuple[str, ...] = _setting("check.ignore", (), N_("rules that the check leaves out"))
    lock_seconds: int = _setting("check.lock_seconds", 10, N_("how long to wait for another writer"))
    views: Mapping[str, str] = _setting("views", {}, N_("names for expressions, used as list @NAME"), values=str)
    given: frozenset[str] = frozenset()

    def member(self, typed: str) -> Member | None:
        """The colleague with this handle, name or e-mail address."""
        if typed in self.team:
            return self.team[typed]
        if not (wanted := typed.casefold()):
            return None
        found = [
            m
            for m in self.team.values()
            if wanted in (m.handle.casefold(), m.name.casefold(), *(e.casefold() for e in m.emails))
        ]
        return found[0] if len(found) == 1 else None

    def shown(self, handle: str) -> str:
        """A handle's name; the handle itself if it is not on the team."""
        return self.team[handle].shown if handle in self.team else handle


def table_name(handle: str) -> str:
    """A handle as it stands in the head of a TOML table: in quotes where it is more than a bare word."""
    return handle if re.fullmatch("[A-Za-z0-9_-]+", handle) else f'"{handle}"'


def settings_fields() -> tuple[Field[Any], ...]:
    """The settings in order, each a dataclass field whose metadata holds `name` and `help`."""
    return tuple(each for each in fields(Settings) if each.metadata)


def read(raw: bytes) -> Settings:
    """The settings in these bytes. Raises CrmError at the first thing that is wrong, with its place."""
    data = _parse(raw)
    text = raw.decode("utf-8-sig")
    from crmtext.settings_check import check

    for problem in check(data, text):
        raise CrmError(problem)
    values = {each.name: value for each in settings_fields() if (value := _value(data, each)) is not None}
    given = frozenset(each.metadata["name"] for each in settings_fields() if each.name in values)
    return Settings(**values, given=given)


def _parse(raw: bytes) -> dict[str, Any]:
    import tomllib

    if len(raw) > _MAX_BYTES:
        raise cannot("settings-too-large", _("{file} has more than {n} bytes").format(file=FILE, n=_MAX_BYTES))
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
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
    message = _("the settings are no TOML: {said}").format(said=said.partition(" (at ")[0])
    hint = _('text stands in quotes: name = "…"; compare with docs/settings.md')
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
