"""The settings of a store: each with its value, where the value comes from, and what it is for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import Answer, Column, Table, Text
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import Severity, usage
from crmtext.schema.fixes import SEPARATORS
from crmtext.settings import Member, Settings, settings_fields, table_name, value_at
from crmtext.settings.places import line_of
from crmtext.text.pointer import split
from crmtext.values.did_you_mean import did_you_mean, nearest

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
    #: What is wrong with it, in words.
    wrong: str = ""

    @property
    def origin(self) -> str:
        """Where the value comes from."""
        return f"{SETTINGS}:{self.line}" if self.line else _("default")


def config(store: Store, name: str = "") -> Answer:
    """All settings as a table, or the value of the one that is named."""
    raw = store.disk.file(SETTINGS) or b""
    text = raw.decode("utf-8-sig", "replace")
    values, problems = store.settings_around
    known = settings(values, text)
    faults = tuple(_fault(problem, raw) for problem in problems)
    if name:
        found = _named((*faults, *known), name, text)
        return Text(_listed(found.value), _document(found), f"{found.origin}: {_about(found)}")
    columns = (
        Column("name", _("Setting"), fixed=True),
        Column("value", _("Value")),
        Column("origin", _("Source"), fixed=True),
        Column("about", _("Description")),
    )
    rows = _marked([each for whole in known for each in _parts(whole, text)], faults)
    told = tuple((each.name, shown(each.value), each.origin, _about(each)) for each in rows)
    return Table(columns, told, {"settings": [_document(each) for each in _marked(known, faults)]})


def written(store: Store, name: str, value: str) -> str:
    """How a setting is given a value: where, and the line to write. Raises CrmError for no setting."""
    text = (store.disk.file(SETTINGS) or b"").decode("utf-8-sig", "replace")
    found = _named(settings(store.settings_around[0], text), name, text)
    table, _dot, key = found.name.rpartition(".")
    line = f"{key} = {_as_toml(found.value, value)}"
    if found.line:
        return _("it is in {place}; set it there: {line}").format(place=f"{SETTINGS}:{found.line}", line=line)
    return _("add to [{table}] in {file}: {line}").format(file=SETTINGS, table=table, line=line)


def _as_toml(now: object, typed: str) -> str:
    """What was typed as TOML has it, in the kind of the value that stands there now."""
    if isinstance(now, list):
        return json.dumps([each.strip() for each in SEPARATORS.split(typed)], ensure_ascii=False)
    if isinstance(now, Mapping):
        return "{ … }"
    plain = typed in ("true", "false") if isinstance(now, bool) else isinstance(now, int) and typed.isdecimal()
    return typed if plain else json.dumps(typed, ensure_ascii=False)


def _about(each: Setting) -> str:
    return f"{Severity.ERROR}: {each.wrong}" if each.wrong else each.about


def _fault(problem: Problem, raw: bytes) -> Setting:
    """What stands in the file and is no setting, or not a right one."""
    place = problem.place
    name = ".".join(table_name(step) for step in split(place.pointer)) or str(place)
    value = _plain(value_at(raw, place.pointer)) if place.pointer else None
    return Setting(name, problem.excerpt.partition("=")[2].strip() if value is None else value, place.line, "",
                   problem.message)  # fmt: skip


def _marked(known: Iterable[Setting], faults: Iterable[Setting]) -> tuple[Setting, ...]:
    """The settings with what is wrong among them: in the place of what it is meant to be, else at the end."""
    found = list(known)
    for fault in faults:
        for number, each in enumerate(found):
            if fault.name == each.name:
                found[number] = fault._replace(about=each.about)
                break
            if fault.name.startswith(f"{each.name}.") and each.line:
                said = _("; ").join(filter(None, (each.wrong, fault.wrong)))
                found[number] = each._replace(wrong=said)
                break
        else:
            found.append(fault)
    return tuple(found)


def _listed(value: object) -> str:
    """A value by itself; of several, each on a line with its name."""
    if not isinstance(value, Mapping) or {"name", "email"} <= {*value}:
        return f"{shown(value)}\n"
    return "".join(f"{key}: {shown(item)}\n" for key, item in value.items())


def _parts(whole: Setting, text: str) -> Iterator[Setting]:
    """A setting of several values by its values, the first of which says what they are for; others as they are."""
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
    return Setting(name, value, line_of(text, name) if whole.line else 0, whole.about)


def settings(values: Settings, text: str) -> tuple[Setting, ...]:
    """Every setting in order; `text` is the file's."""
    return tuple(
        Setting(name, _plain(getattr(values, each.name)), line_of(text, name) if name in values.given else 0, _(about))
        for each in settings_fields()
        for name, about in ((each.metadata["name"], each.metadata["help"]),)
    )


def _named(known: tuple[Setting, ...], typed: str, text: str) -> Setting:
    """The setting of a name, of its last step alone, or what stands below one: `team.lilei`."""
    wanted = typed.strip()
    exact = [each for each in known if each.name == wanted]
    if found := exact or [each for each in known if each.name.rpartition(".")[2] == wanted]:
        return found[0]
    for each in known:
        if wanted.startswith(f"{each.name}.") and isinstance(each.value, Mapping):
            key = wanted.removeprefix(f"{each.name}.").strip('"')
            if key in each.value:
                return _part(each, key, text)
    names = [name for each in known for name in (each.name, each.name.rpartition(".")[2])]
    names += [part.name for each in known for part in _parts(each, text)]
    hint = did_you_mean(nearest(wanted, names), _("all settings: crmtext config"))
    raise usage("unknown-setting", _("unknown setting '{key}'").format(key=typed), hint)


def _plain(value: object) -> object:
    if isinstance(value, Member):
        email: object = list(value.emails) if len(value.emails) != 1 else value.emails[0]
        return {"name": value.name, "email": email, "role": value.role, "active": value.active}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def shown(value: object) -> str:
    """A value on one line, for people: texts without quotes, what a colleague is by what is said of them."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {shown(item)}" for key, item in value.items() if item not in ("", []))
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _document(each: Setting) -> dict[str, object]:
    return {"name": each.name, "value": each.value, "file": SETTINGS if each.line else None, "line": each.line or None,
            "help": each.about, **({"problem": each.wrong} if each.wrong else {})}  # fmt: skip
