"""The words that the shell is offered, by what they are; each begins like what was typed, or stands for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtext.i18n import _, translations
from crmtext.layout import RECORDS, id_in
from crmtext.schema import Schema
from crmtext.sources import is_record
from crmtext.terminal.quoting import is_plain
from crmtext.text.read import name_lines
from crmtext.values import lazy
from crmtext.values.folding import is_part, spellings
from crmtext.values.pinyin import begins, latin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.cli.framework.completion import Asked, Word
    from crmtext.schema import Field
    from crmtext.settings.fields import Member
    from crmtext.store import Store

#: The names of a record stand near its beginning.
_HEAD = 2000
_ID = lazy.pattern(r"C?[0-9][0-9A-Za-z]*\Z|C\Z")


def customers(asked: Asked) -> Iterator[Word]:
    """Ids by what they begin with, and by name; a name that begins as asked.typed, for the shells that ask for that."""
    if asked.store is None:
        return
    if not asked.typed or _ID.match(asked.typed):
        yield from ((each, "") for each in sorted(_ids(asked.store)) if each.startswith(asked.typed.upper()))
        return
    yield from _named(asked.store, asked.typed)


def _ids(store: Store) -> Iterator[str]:
    for folder, _folders, files in os.walk(store.root / RECORDS):
        if "/." not in folder:
            yield from (id_in(file) for file in files if file.endswith(".yaml"))
    yield from (id_in(path) for path in store.absent.entries if is_record(path))


def _named(store: Store, typed: str) -> Iterator[Word]:
    """Those whose name begins so, then those whose name holds it or is read so."""
    wanted, letters = spellings(typed), latin(typed)
    behind: list[Word] = []
    for number, names in sorted(_names(store)):
        first = next((name for name in names if any(each.startswith(wanted) for each in spellings(name))), "")
        if first:
            yield (first, number) if is_plain(first) else (number, first)
        elif any(is_part(typed, name) or begins(name, letters) for name in names):
            behind.append((number, names[0]))
    yield from behind


def _names(store: Store) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path, raw in store.disk.records():
        if isinstance(raw, bytes) and (found := name_lines.names(raw[:_HEAD].decode("utf-8", "replace"))):
            yield id_in(path), found


def colleagues(asked: Asked) -> Iterator[Word]:
    """Handles, and names where a name is typed."""
    return _members(asked, asked.store.settings.team.values() if asked.store else ())


def active_colleagues(asked: Asked) -> Iterator[Word]:
    """The same without those who have left the team: they cannot take a customer over."""
    team = asked.store.settings.team.values() if asked.store else ()
    return _members(asked, (member for member in team if member.active))


def _members(asked: Asked, team: Iterable[Member]) -> Iterator[Word]:
    for member in team:
        yield from _either(member.handle, member.name, asked.typed)
    yield from _beginning({"me": _("you, by your git identity")}, asked.typed)


def _either(word: str, label: str, typed: str) -> Iterator[Word]:
    """The word, or its label where that is what was begun."""
    if word.casefold().startswith(typed.casefold()):
        yield word, label
    elif label.startswith(typed):
        yield label, word


def _beginning(words: Mapping[str, str], typed: str) -> Iterator[Word]:
    yield from ((word, meaning) for word, meaning in words.items() if word.casefold().startswith(typed.casefold()))


def _schema(store: Store | None) -> Schema:
    return store.schema if store else Schema.shipped()


def _choices(asked: Asked, path: str, typed: str | None = None) -> Iterator[Word]:
    field = _schema(asked.store).by_path.get(path)
    start = (asked.typed if typed is None else typed).casefold()
    for each in field.choices if field else ():
        begun = (name for name in each.names() if name.casefold().startswith(start))
        if word := next(begun, ""):
            yield word, each.label if word != each.label else each.value


def statuses(asked: Asked) -> Iterator[Word]:
    """Where a customer can stand."""
    return _choices(asked, "status")


def types(asked: Asked) -> Iterator[Word]:
    """What a customer can be."""
    return _choices(asked, "type")


def channels(asked: Asked) -> Iterator[Word]:
    """How one can be in touch."""
    return _choices(asked, "interactions[].channel")


def outcomes(asked: Asked) -> Iterator[Word]:
    """How a talk can have gone."""
    return _choices(asked, "interactions[].outcome")


def categories(asked: Asked) -> Iterator[Word]:
    """Why a customer can have been lost."""
    return _choices(asked, "churn.category")


def directions(asked: Asked) -> Iterator[Word]:
    """Who can have called whom."""
    return _choices(asked, "interactions[].direction")


def rules(asked: Asked) -> Iterator[Word]:
    """The rules that a check can find broken."""
    from crmtext.checks.pages import checked

    found = checked() | _schema(asked.store).conditions
    return ((rule, meaning) for rule, meaning in _pages(asked) if rule in found)


def _pages(asked: Asked) -> Iterator[Word]:
    from crmtext.checks.pages import known

    return _beginning({page.rule: page.fact for page in known(_schema(asked.store))}, asked.typed)


def topics(asked: Asked) -> Iterator[Word]:
    """What can be explained: rules and keys, the latter by their labels as well."""
    for field in _keys(_schema(asked.store).by_path.values()):
        yield from _either(field.path, field.labels["zh"], asked.typed)
    yield from _figures(asked)
    yield from _pages(asked)


def _figures(asked: Asked) -> Iterator[Word]:
    from crmtext.computed import COMPUTED

    for name, found in COMPUTED.items():
        yield from _either(name, _(found.label), asked.typed)


def columns(asked: Asked) -> Iterator[Word]:
    """What a list can show: keys and computed figures."""
    labels = {field.key: field.label for field in _schema(asked.store).fields}
    yield from _beginning({**labels, "path": ""}, asked.typed)
    yield from _figures(asked)


def keys(asked: Asked) -> Iterator[Word]:
    """All keys of a record by path."""
    return _beginning({path: field.label for path, field in _schema(asked.store).by_path.items() if path}, asked.typed)


def lists(asked: Asked) -> Iterator[Word]:
    """The lists of a record."""
    for field in _schema(asked.store).fields:
        if field.kind == "list":
            yield from _either(field.key, field.labels["zh"], asked.typed)


def assignments(asked: Asked) -> Iterator[Word]:
    """`KEY=` for keys, and values of fixed lists behind the equals sign; where it may come first, a customer."""
    within = _list(asked)
    key, equals, value = asked.typed.partition("=")
    if equals:
        field = _schema(asked.store).by_path.get(within + key)
        people = field is not None and field.mark("x-handle")
        known = active_colleagues(asked._replace(typed=value)) if people else _choices(asked, within + key, value)
        yield from ((f"{key}={word}", meaning) for word, meaning in known)
        return
    named = _schema(asked.store).by_path
    inside = {path.removeprefix(within): field for path, field in named.items() if path.startswith(within) and path}
    yield from _beginning({f"{path}=": each.label for path, each in inside.items() if "[]" not in path}, key)
    if asked.command == "set" and not asked.given.get("given"):
        yield from customers(asked)


def _list(asked: Asked) -> str:
    """The path before the keys of a list's items, where the list has been named; else empty."""
    named = str(asked.given.get("list_") or "")
    fields = _schema(asked.store).fields
    return next((f"{field.key}[]." for field in fields if named in (field.key, *field.labels.values())), "")


def _keys(fields: Iterable[Field]) -> Iterator[Field]:
    return (field for field in fields if field.path and "[]" not in field.path)


def views(asked: Asked) -> Iterator[Word]:
    """The views that the settings give a name."""
    return _beginning(
        {f"@{name}": view for name, view in asked.store.settings.views.items()} if asked.store else {}, asked.typed
    )


def settings(asked: Asked) -> Iterator[Word]:
    """All settings."""
    from crmtext.settings import settings_fields

    return _beginning({each.metadata["name"]: _(each.metadata["help"]) for each in settings_fields()}, asked.typed)


def reports(asked: Asked) -> Iterator[Word]:
    """All reports."""
    from crmtext.reports import REPORTS

    return _beginning(dict.fromkeys(REPORTS, ""), asked.typed)


def helped(asked: Asked) -> Iterator[Word]:
    """What `help` tells about: subjects, then commands."""
    from crmtext.cli.commands import COMMANDS, SUBJECTS

    for subject, heading in SUBJECTS.items():
        yield from _either(subject, translations(heading)["zh"], asked.typed)
    shown = {name: _(member.summary) for name, member in COMMANDS.items() if member.subject and name not in SUBJECTS}
    yield from _beginning(shown, asked.typed)


def records(asked: Asked) -> Iterator[Word]:
    """Records and their folders, by path as seen from here."""
    start = asked.typed.rpartition("/")[0]
    folder = start or "."
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name) if asked.store else ():
        path = f"{start}/{entry.name}" if start else entry.name
        if path.startswith(asked.typed) and not entry.name.startswith("."):
            if entry.is_dir():
                yield path + "/", ""
            elif entry.name.endswith(".yaml"):
                yield path, ""
