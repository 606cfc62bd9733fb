"""Read `crmtext.toml`: the settings, or the first problem with its place."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError, Place, Problem, cannot
from crmtext.settings.access import ACCESS, access
from crmtext.settings.check import check
from crmtext.settings.entries import ClassificationRule, FollowUpRule, Member, Product
from crmtext.settings.fields import Settings, settings_fields, table_name
from crmtext.settings.places import named_at, place
from crmtext.settings.privacy import PRIVACY
from crmtext.settings.retention import RETENTION
from crmtext.settings.retention import rules as retention_rules
from crmtext.settings.rfm import money_limits
from crmtext.settings.rule_tables import CLASSIFICATION, FOLLOW_UP, SETTABLE
from crmtext.settings.targets import home_currency, target
from crmtext.text.nesting import limit_passed
from crmtext.text.pointer import get, join, last, parent, upwards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from dataclasses import Field

_MAX_BYTES = 256 * 1024
#: The nesting limit of brackets and dotted names; no setting needs more than three levels.
_DEEPEST = 16
#: The most invalid lines; with more, the file is not TOML at all.
_MOST_BROKEN = 20


def read(raw: bytes) -> Settings:
    """Return the settings in these bytes. Raises CrmError with the place of the first problem."""
    data = parse(raw)
    for problem in check(data, raw.decode("utf-8-sig")):
        raise CrmError(problem)
    return _settings(data, raw.decode("utf-8-sig"))


def read_around(raw: bytes) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the valid settings and all problems. Raises CrmError if nothing can be read."""
    data, text, broken = _parse_around(raw)
    problems = (*broken, *check(data, text))
    for problem in problems:
        _drop(data, problem.place.pointer)
    return _settings(data, text), problems


def _drop(data: dict[str, Any], pointer: str) -> None:
    """Remove a wrong entry; of a wrong list, all of it: without one line, the others may mean something else."""
    for above in upwards(pointer):
        if isinstance(get(data, above), list):
            pointer = above
    holder = get(data, parent(pointer))
    if isinstance(holder, dict):
        holder.pop(last(pointer), None)


def value_at(raw: bytes, pointer: str) -> object:
    """Return the value of a setting in the file, valid or not; None if there is none that can be read."""
    return get(_parse_around(raw)[0], pointer)


def _settings(data: Mapping[str, Any], text: str) -> Settings:
    values = {field.name: value for field in settings_fields() if (value := _value(data, field)) is not None}
    given = frozenset(field.metadata["name"] for field in settings_fields() if field.name in values)
    views_at = {name: place(text, "views", name) for name in values.get("views", ())}
    rules_at = {
        table: tuple(
            {key: place(text, *f"{table}.{number}.{key}".rsplit(".", 1)) for key in keys}
            for number in range(len(values.get(name, ())))
        )
        for table, name, keys in _RULES
    }
    for table in (RETENTION, PRIVACY):
        # One table, not a list of them.
        rules_at[table] = ({key: place(text, table, key) for key in data.get(table, ())},)
    access_at = {
        name: {key: place(text, f"{ACCESS}.{table_name(name)}", key) for key in ("", *role._fields)}
        for name, role in (values["access"].roles if "access" in values else {}).items()
    }
    return Settings(**values, given=given, views_at=views_at, access_at=access_at, rules_at=rules_at)


def _parse_around(raw: bytes) -> tuple[dict[str, Any], str, tuple[Problem, ...]]:
    """Parse the file without its invalid lines; return the data, the remaining text and the problems.

    In a merge conflict, our side is read.
    """
    broken: list[Problem] = []
    lines = raw.split(b"\n")
    while True:
        try:
            return parse(b"\n".join(lines)), b"\n".join(lines).decode("utf-8-sig"), tuple(broken)
        except CrmError as error:
            problem, at = error.problem, error.problem.place.line - 1
            if problem.rule == "conflict-marker" and len(broken) < _MOST_BROKEN:
                broken.append(problem)
                lines = _ours(b"\n".join(lines).decode("utf-8-sig")).encode().split(b"\n")
                continue
            if problem.rule != "settings-syntax" or len(broken) == _MOST_BROKEN or not lines[at : at + 1]:
                raise
            if not lines[at].strip():
                raise CrmError(broken[0] if broken else problem) from None
            text = b"\n".join(lines).decode("utf-8-sig", "replace")
            place = problem.place._replace(pointer=join(named_at(text, at + 1)))
            broken.append(problem._replace(place=place))
            # Without a valid head, the lines below it belong to no table.
            end = _next_head(lines, at) if lines[at].lstrip().startswith(b"[") else at + 1
            lines[at:end] = [b""] * (end - at)


def _ours(text: str) -> str:
    """The text with only our side of the first conflict; line numbers stay the same."""
    from crmtext.text import conflict_hunks

    start, end = next((start, end) for start, end, whole in conflict_hunks.places(text) if whole)
    ours = next(part.ours for part in conflict_hunks.split(text) if isinstance(part, conflict_hunks.Hunk))
    below = text.count("\n", start, end) - ours.count("\n") - 1
    return "".join((text[:start], "\n", ours, "\n" * below, text[end:]))


def _next_head(lines: Sequence[bytes], at: int) -> int:
    heads = (number for number in range(at + 1, len(lines)) if lines[number].lstrip().startswith(b"["))
    return next(heads, len(lines))


def parse(raw: bytes) -> dict[str, Any]:
    """Return the file as data, not checked. Raises CrmError if it can't be read."""
    import tomllib

    if len(raw) > _MAX_BYTES:
        raise cannot("settings-too-large", _("{file} is larger than {n} bytes").format(file=SETTINGS, n=_MAX_BYTES))
    try:
        text = raw.decode("utf-8-sig")
        if passed := limit_passed(text, _DEEPEST):
            raise _passed(text, *passed)
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise cannot(
            "settings-syntax",
            _("{file} is not UTF-8").format(file=SETTINGS),
            _("save it as UTF-8 in your editor"),
            Place(SETTINGS, raw.count(b"\n", 0, error.start) + 1, _column(raw, error.start)),
        ) from None
    except ValueError as error:
        # Late: a conflict is rare. Only in text that isn't TOML: in TOML, such lines are part of a value.
        from crmtext.text.explain.conflict_markers import first_conflict

        text = raw.decode("utf-8-sig")
        raise CrmError(first_conflict(text, SETTINGS) or _syntax(str(error), text)) from None


def _passed(text: str, message: str, offset: int) -> CrmError:
    from crmtext.text.document import place_at

    place = place_at(SETTINGS, text, offset, offset + 1)
    return CrmError(Problem("settings-syntax", message, place, _("no setting is this long; shorten the line")))


def _column(raw: bytes, offset: int) -> int:
    line = raw[raw.rfind(b"\n", 0, offset) + 1 : offset]
    return len(line.decode("utf-8-sig", "replace")) + 1


def _syntax(reason: str, text: str) -> Problem:
    where = re.search(r"\(at line (\d+), column (\d+)\)", reason)
    lines = text.split("\n")
    line, column = (int(where[1]), int(where[2])) if where else (len(lines), len(lines[-1]) + 1)
    excerpt = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    message = _("the settings are not valid TOML: {said}").format(said=reason.partition(" (at ")[0])
    hint = _('put text in quotes: name = "…"; lists in brackets: ["…", "…"]')
    return Problem("settings-syntax", message, Place(SETTINGS, line, column), hint, excerpt=excerpt)


def _value(data: Mapping[str, Any], field: Field[Any]) -> Any:
    content = get(data, field.metadata["name"].split("."))
    if content is None:
        return None
    if field.name == "targets":
        return tuple(target(given, home_currency(data)) for given in content)
    if read_as := _READ_AS.get(field.name):
        return read_as(content)
    if field.metadata.get("values") is int:
        return MappingProxyType({**field.metadata["default"], **content})
    if field.metadata.get("values") is list:
        return MappingProxyType({key: tuple(value) for key, value in content.items()})
    return (
        MappingProxyType(content)
        if isinstance(content, dict)
        else tuple(content)
        if isinstance(content, list)
        else content
    )


def _members(team: Mapping[str, Mapping[str, Any]]) -> Iterator[Member]:
    for handle, given in team.items():
        email = given.get("email", ())
        emails = (email,) if isinstance(email, str) else tuple(email)
        active, pool = given.get("active", True), given.get("pool", False)
        signing = given.get("signing", ())
        keys = (signing,) if isinstance(signing, str) else tuple(signing)
        role, key = given.get("role", ""), given.get("key", "")
        yield Member(handle, given.get("name", ""), emails, role, active, pool, key, keys)


def _rule(given: Mapping[str, Any]) -> FollowUpRule:
    channel = given.get("channel", ())
    channels = (channel,) if isinstance(channel, str) else tuple(channel)
    return FollowUpRule(given["name"], given["every_days"], given.get("where", ""), channels, given.get("say", ""))


def _classification_rule(given: Mapping[str, Any]) -> ClassificationRule:
    sets, tags = given.get("set", {}), given.get("tags", ())
    return ClassificationRule(given["name"], given.get("where", ""), MappingProxyType(sets), tuple(tags))


def _product(code: str, given: Mapping[str, Any]) -> Product:
    return Product(code, given.get("name", ""), given.get("category", ""), tuple(given.get("aliases", ())))


def _texts(days: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, days))


#: Each list of rules, its field of Settings, and the settings of a rule that need a place.
_RULES = (
    (FOLLOW_UP.name, "follow_up_rules", ("name", "where", "channel")),
    (CLASSIFICATION.name, "classification_rules", ("name", "where", "tags", *(f"set.{key}" for key in SETTABLE))),
)
#: The settings with a form of their own.
_READ_AS: Mapping[str, Callable[[Any], object]] = {
    "team": lambda team: MappingProxyType({member.handle: member for member in _members(team)}),
    "access": access,
    "products": lambda every: MappingProxyType({code: _product(code, given) for code, given in every.items()}),
    "follow_up_rules": lambda rules: tuple(map(_rule, rules)),
    "classification_rules": lambda rules: tuple(map(_classification_rule, rules)),
    "holidays": _texts,
    "workdays": _texts,
    "retention_rules": lambda table: MappingProxyType(retention_rules(table)),
    "rfm_monetary": lambda limits: MappingProxyType(money_limits(limits)),
}
