"""The settings of a store with their values, sources and descriptions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import Answer, Text
from crmtext.i18n import _, bracketed
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError, Severity, usage
from crmtext.schema.fixes import SEPARATORS
from crmtext.settings import (
    ClassificationRule,
    FollowUpRule,
    Member,
    Product,
    Settings,
    Target,
    read,
    settings_fields,
    table_name,
    value_at,
)
from crmtext.settings.access import Access
from crmtext.settings.places import line_of
from crmtext.settings.rule_tables import CLASSIFICATION, FOLLOW_UP
from crmtext.settings.targets import TARGETS
from crmtext.terminal.width import hanging
from crmtext.text.pointer import split
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.wording.labels import labelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.problem import Problem
    from crmtext.store import Store


class Setting(NamedTuple):
    """One setting: its dotted name, its value as JSON-shaped data, and its line in the file (0: the default)."""

    name: str
    value: object
    line: int
    about: str
    #: The message of its problem; empty if there is none.
    wrong: str = ""

    @property
    def origin(self) -> str:
        """The source of the value: a line of the file, or the default."""
        return f"{SETTINGS}:{self.line}" if self.line else _("default")


def config(store: Store, name: str = "") -> Answer:
    """Return all settings, or the value of the named one."""
    raw = store.disk.file(SETTINGS) or b""
    text = raw.decode("utf-8-sig", "replace")
    values, problems = store.settings_around
    known = settings(values, text)
    faults = tuple(_fault(problem, raw) for problem in problems)
    if name:
        chosen = _named((*faults, *known), name, text)
        return Text(_listed(chosen.value), _document(chosen), f"{chosen.origin}: {_about(chosen)}")
    rows = _marked([setting for whole in known for setting in _parts(whole, text)], faults)
    document = {"settings": [_document(setting) for setting in _marked(known, faults)]}
    return Text("".join(f"{line}\n" for setting in rows for line in _lines(setting)), document)


def _lines(setting: Setting) -> Iterator[str]:
    """Yield the name, value and source of a setting, and its description below."""
    value = as_text(setting.value) if setting.value not in ("", [], {}, None) else _("not set")
    yield hanging(labelled(setting.name, bracketed(value, setting.origin)))
    if about := _about(setting):
        yield hanging(about, 4)


def change_hint(store: Store, name: str, value: str) -> str:
    """Return the hint for changing a setting: the place and the line to write.

    Raises CrmError if the setting is unknown or can't have this value.
    """
    text = (store.disk.file(SETTINGS) or b"").decode("utf-8-sig", "replace")
    setting = _named(settings(store.settings_around[0], text), name, text)
    table, _dot, key = setting.name.rpartition(".")
    line = f"{key} = {_as_toml(setting.value, value)}"
    if not isinstance(setting.value, Mapping):
        try:
            read(f"[{table}]\n{line}\n".encode())
        except CrmError as error:
            # Its place is in the line that isn't written yet.
            raise usage(error.problem.rule, error.problem.message, error.problem.hint) from None
    if setting.line:
        return _("it is in {place}; set it there: {line}").format(place=f"{SETTINGS}:{setting.line}", line=line)
    return _("add to [{table}] in {file}: {line}").format(file=SETTINGS, table=table, line=line)


def _as_toml(now: object, typed: str) -> str:
    """The typed value as TOML, with the type of the current value."""
    if isinstance(now, list):
        words = [word.strip() for word in SEPARATORS.split(typed)]
        numbers = now and all(isinstance(item, int) for item in now) and all(map(str.isdecimal, words))
        return json.dumps([*map(int, words)] if numbers else words, ensure_ascii=False)
    if isinstance(now, Mapping):
        return "{ … }"
    plain = typed in ("true", "false") if isinstance(now, bool) else isinstance(now, int) and typed.isdecimal()
    return typed if plain else json.dumps(typed, ensure_ascii=False)


def _about(setting: Setting) -> str:
    return f"{Severity.ERROR}: {setting.wrong}" if setting.wrong else setting.about


def _fault(problem: Problem, raw: bytes) -> Setting:
    """An entry of the file that is unknown or has a wrong value."""
    place = problem.place
    name = ".".join(table_name(step) for step in split(place.pointer)) or str(place)
    value = _plain(value_at(raw, place.pointer)) if place.pointer else None
    return Setting(name, problem.excerpt.partition("=")[2].strip() if value is None else value, place.line, "",
                   problem.message)  # fmt: skip


def _marked(known: Iterable[Setting], faults: Iterable[Setting]) -> tuple[Setting, ...]:
    """The settings with the wrong entries: in place of the setting they set, else at the end."""
    marked = list(known)
    for fault in faults:
        for number, setting in enumerate(marked):
            if fault.name == setting.name:
                marked[number] = fault._replace(about=setting.about)
                break
            if fault.name.startswith(f"{setting.name}.") and setting.line:
                reasons = _("; ").join(filter(None, (setting.wrong, fault.wrong)))
                marked[number] = setting._replace(wrong=reasons)
                break
        else:
            marked.append(fault)
    return tuple(marked)


def _listed(value: object) -> str:
    """A single value, or several values with their names, one per line."""
    if not isinstance(value, Mapping) or {"name", "email"} <= {*value} or {"name", "category"} <= {*value}:
        return f"{as_text(value)}\n"
    return "".join(f"{key}: {as_text(item)}\n" for key, item in value.items())


def _parts(whole: Setting, text: str) -> Iterator[Setting]:
    """A setting split into its values, the first of which keeps the description; a single value as it is."""
    if not isinstance(whole.value, Mapping) or not whole.value:
        yield whole
        return
    about = whole.about
    for key in whole.value:
        yield _part(whole, str(key), text)._replace(about=about)
        about = ""


def _part(whole: Setting, key: str, text: str) -> Setting:
    name = f"{whole.name}.{table_name(key)}"
    value = whole.value[key] if isinstance(whole.value, Mapping) else None
    # In the file, rules and targets are lists.
    place = (
        f"{whole.name}.{[*whole.value].index(key)}"
        if whole.name in (FOLLOW_UP.name, CLASSIFICATION.name, TARGETS) and isinstance(whole.value, Mapping)
        else name
    )
    return Setting(name, value, line_of(text, place) if whole.line else 0, whole.about)


def settings(values: Settings, text: str) -> tuple[Setting, ...]:
    """Return every setting in order; `text` is the file's."""
    return tuple(
        Setting(name, _plain(getattr(values, field.name)), line_of(text, name) if name in values.given else 0, _(about))
        for field in settings_fields()
        for name, about in ((field.metadata["name"], field.metadata["help"]),)
    )


def _named(known: tuple[Setting, ...], typed: str, text: str) -> Setting:
    """The setting with this name or last part of a name, or a value below one: `team.lilei`."""
    wanted = typed.strip()
    exact = [setting for setting in known if setting.name == wanted]
    if matches := exact or [setting for setting in known if setting.name.rpartition(".")[2] == wanted]:
        return matches[0]
    for setting in known:
        if wanted.startswith(f"{setting.name}.") and isinstance(setting.value, Mapping):
            key = wanted.removeprefix(f"{setting.name}.").strip('"')
            if key in setting.value:
                return _part(setting, key, text)
    names = [name for setting in known for name in (setting.name, setting.name.rpartition(".")[2])]
    names += [part.name for setting in known for part in _parts(setting, text)]
    hint = did_you_mean(nearest(wanted, names), _("all settings: crmtext config"))
    raise usage("unknown-setting", _("unknown setting '{key}'").format(key=typed), hint)


def _plain(value: object) -> object:
    if shown := _SHOWN.get(type(value)):
        return shown(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple) and value and (listed := _LISTED.get(type(value[0]))):
        return {item.name: listed(item) for item in value}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | Decimal) else str(value)


def _member(member: Member) -> dict[str, object]:
    email: object = list(member.emails) if len(member.emails) != 1 else member.emails[0]
    pool = {"pool": True} if member.pool else {}
    keys = {"key": member.key, "signing": list(member.signing)} if member.key or member.signing else {}
    return {"name": member.name, "email": email, "role": member.role, "active": member.active, **pool, **keys}


def _product(product: Product) -> dict[str, object]:
    return {"name": product.name, "category": product.category, "aliases": list(product.aliases)}


def _access(access: Access) -> dict[str, object]:
    choices = {"identity": access.identity, "branches": access.branches, "forge": list(access.forge)}
    return {**choices, **{name: _plain(role._asdict()) for name, role in access.roles.items()}}


def _rule(rule: FollowUpRule | ClassificationRule) -> dict[str, object]:
    if isinstance(rule, ClassificationRule):
        return {"where": rule.where, "set": dict(rule.sets), "tags": list(rule.tags)}
    channel: object = list(rule.channels) if len(rule.channels) != 1 else rule.channels[0]
    return {"where": rule.where, "every_days": rule.every_days, "channel": channel, "say": rule.say}


def _target(target: Target) -> dict[str, object]:
    amount = " ".join(filter(None, (f"{target.amount:f}", target.currency)))
    return {"measure": target.measure, "period": target.period, "owner": target.owner, "amount": amount}


#: Values of tables, and what they are shown as.
_SHOWN: Mapping[type, Callable[..., dict[str, object]]] = {Member: _member, Product: _product, Access: _access}
#: The settings that are lists of tables, and what they are shown as.
_LISTED: Mapping[type, Callable[..., dict[str, object]]] = {
    FollowUpRule: _rule,
    ClassificationRule: _rule,
    Target: _target,
}


def as_text(value: object) -> str:
    """Return a value on one line as text: no quotes, tables as `key = value`."""
    if isinstance(value, Mapping):
        given = ((key, item) for key, item in value.items() if item not in ("", [], {}))
        inner = ((key, f"{{ {as_text(item)} }}" if isinstance(item, Mapping) else as_text(item)) for key, item in given)
        return ", ".join(f"{key} = {text}" for key, text in inner)
    if isinstance(value, list):
        return ", ".join(as_text(item) for item in value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _document(setting: Setting) -> dict[str, object]:
    document: dict[str, object] = {
        "name": setting.name,
        "value": setting.value,
        "file": SETTINGS if setting.line else None,
        "line": setting.line or None,
        "help": setting.about,
    }
    return document | ({"problem": setting.wrong} if setting.wrong else {})
