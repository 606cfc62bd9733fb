"""Words for shell completion, by kind: each starts as typed, or has a label that does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtext.i18n import _, translations
from crmtext.layout import RECORDS, id_in
from crmtext.schema import Schema
from crmtext.settings import PRODUCT_FIELDS
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
    from crmtext.settings.entries import Member
    from crmtext.store import Store

#: How many bytes of a record are searched for its names.
_HEAD = 2000
_ID = lazy.pattern(r"C?[0-9][0-9A-Za-z]*\Z|C\Z")


def customers(asked: Asked) -> Iterator[Word]:
    """Offer customers by id or name."""
    if asked.store is None:
        return
    if not asked.typed or _ID.match(asked.typed):
        yield from ((id_, "") for id_ in sorted(_ids(asked.store)) if id_.startswith(asked.typed.upper()))
        return
    yield from _named(asked.store, asked.typed)


def _ids(store: Store) -> Iterator[str]:
    for folder, _folders, files in os.walk(store.root / RECORDS):
        if "/." not in folder:
            yield from (id_in(file) for file in files if file.endswith(".yaml"))
    yield from (id_in(path) for path in store.absent.entries if is_record(path))


def _named(store: Store, typed: str) -> Iterator[Word]:
    """Customers with a name that starts as typed, then those that contain it or match by pinyin."""
    wanted, letters = spellings(typed), latin(typed)
    behind: list[Word] = []
    for number, names in sorted(_names(store)):
        first = next((name for name in names if any(spelling.startswith(wanted) for spelling in spellings(name))), "")
        if first:
            yield (first, number) if is_plain(first) else (number, first)
        elif any(is_part(typed, name) or begins(name, letters) for name in names):
            behind.append((number, names[0]))
    yield from behind


def _names(store: Store) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path, raw in store.disk.records():
        if isinstance(raw, bytes) and (names := name_lines.names(raw[:_HEAD].decode("utf-8", "replace"))):
            yield id_in(path), names


def colleagues(asked: Asked) -> Iterator[Word]:
    """Offer handles, or names if a name is typed."""
    return _members(asked, asked.store.settings.team.values() if asked.store else ())


def active_colleagues(asked: Asked) -> Iterator[Word]:
    """Offer colleagues who are active, as only they can take over a customer."""
    team = asked.store.settings.team.values() if asked.store else ()
    return _members(asked, (member for member in team if member.active))


def _members(asked: Asked, team: Iterable[Member]) -> Iterator[Word]:
    for member in team:
        yield from _either(member.handle, member.name, asked.typed)
    yield from _beginning({"me": _("you, by your git identity")}, asked.typed)


def _either(word: str, label: str, typed: str) -> Iterator[Word]:
    """The word, or its label if that is what was typed."""
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
    for choice in field.choices if field else ():
        begun = (name for name in choice.names() if name.casefold().startswith(start))
        if word := next(begun, ""):
            yield word, choice.label if word != choice.label else choice.value


def statuses(asked: Asked) -> Iterator[Word]:
    """Offer statuses."""
    return _choices(asked, "status")


def types(asked: Asked) -> Iterator[Word]:
    """Offer types of customers."""
    return _choices(asked, "type")


def channels(asked: Asked) -> Iterator[Word]:
    """Offer channels of interactions."""
    return _choices(asked, "interactions[].channel")


def outcomes(asked: Asked) -> Iterator[Word]:
    """Offer outcomes of interactions."""
    return _choices(asked, "interactions[].outcome")


def categories(asked: Asked) -> Iterator[Word]:
    """Offer categories of lost customers."""
    return _choices(asked, "churn.category")


def directions(asked: Asked) -> Iterator[Word]:
    """Offer directions of interactions."""
    return _choices(asked, "interactions[].direction")


def products(asked: Asked) -> Iterator[Word]:
    """Offer the products of the product list by name; by code if that is typed, or if the name needs quotes."""
    for product in asked.store.settings.products.values() if asked.store else ():
        if is_plain(product.shown):
            yield from _either(product.shown, product.code, asked.typed)
        elif any(name.casefold().startswith(asked.typed.casefold()) for name in product.names):
            yield product.code, product.name


def rules(asked: Asked) -> Iterator[Word]:
    """Offer rules that a check reports."""
    from crmtext.checks.pages import checked

    names = checked() | _schema(asked.store).conditions
    return ((rule, meaning) for rule, meaning in _pages(asked) if rule in names)


def _pages(asked: Asked) -> Iterator[Word]:
    from crmtext.checks.pages import known

    return _beginning({page.rule: page.fact for page in known(_schema(asked.store))}, asked.typed)


def topics(asked: Asked) -> Iterator[Word]:
    """Offer topics of `explain`: fields, also by label, computed fields and rules."""
    for field in _keys(_schema(asked.store).by_path.values()):
        yield from _either(field.path, field.labels["zh"], asked.typed)
    yield from _figures(asked)
    yield from _pages(asked)


def _figures(asked: Asked) -> Iterator[Word]:
    from crmtext.figures.rules import NAMES

    for name, figure in NAMES.items():
        yield from _either(name, _(figure.label), asked.typed)


def columns(asked: Asked) -> Iterator[Word]:
    """Offer columns of a list: fields and computed fields."""
    labels = {field.key: field.label for field in _schema(asked.store).fields}
    yield from _beginning({**labels, "path": ""}, asked.typed)
    yield from _figures(asked)


def groups(asked: Asked) -> Iterator[Word]:
    """Offer groups of figures: fields, also those of lists, and computed fields."""
    for field in _schema(asked.store).by_path.values():
        if field.kind not in ("map", "list") and not field.mark("x-sensitive"):
            yield from _either(field.path.replace("[]", ""), field.labels["zh"], asked.typed)
    yield from _figures(asked)


def measures(asked: Asked) -> Iterator[Word]:
    """Offer the measures of figures."""
    from crmtext.figures.stats.measures import MEASURES

    for name, measure in MEASURES.items():
        yield from _either(name, translations(measure.label)["zh"], asked.typed)


def periods(asked: Asked) -> Iterator[Word]:
    """Offer the units of periods."""
    from crmtext.figures.stats.periods import UNITS

    for name, label in UNITS.items():
        yield from _either(name, translations(label)["zh"], asked.typed)


def keys(asked: Asked) -> Iterator[Word]:
    """Offer all fields by path."""
    return _beginning({path: field.label for path, field in _schema(asked.store).by_path.items() if path}, asked.typed)


def lists(asked: Asked) -> Iterator[Word]:
    """Offer the lists of a record."""
    for field in _schema(asked.store).fields:
        if field.kind == "list":
            yield from _either(field.key, field.labels["zh"], asked.typed)


def assignments(asked: Asked) -> Iterator[Word]:
    """Offer `FIELD=`, and fixed values after the equals sign; for the first word of `set`, also customers."""
    within = _list(asked)
    key, equals, value = asked.typed.partition("=")
    if equals:
        field = _schema(asked.store).by_path.get(within + key)
        if field is not None and field.mark("x-handle"):
            known = active_colleagues(asked._replace(typed=value))
        elif field is not None and field.key in PRODUCT_FIELDS:
            known = products(asked._replace(typed=value))
        else:
            known = _choices(asked, within + key, value)
        yield from ((f"{key}={word}", meaning) for word, meaning in known)
        return
    named = _schema(asked.store).by_path
    inside = {path.removeprefix(within): field for path, field in named.items() if path.startswith(within) and path}
    yield from _beginning({f"{path}=": child.label for path, child in inside.items() if "[]" not in path}, key)
    if asked.command == "set" and not asked.given.get("given"):
        yield from customers(asked)


def _list(asked: Asked) -> str:
    """The path of a list's items if the list is given before; else empty."""
    named = str(asked.given.get("list_") or "")
    fields = _schema(asked.store).fields
    return next((f"{field.key}[]." for field in fields if named in (field.key, *field.labels.values())), "")


def _keys(fields: Iterable[Field]) -> Iterator[Field]:
    return (field for field in fields if field.path and "[]" not in field.path)


def views(asked: Asked) -> Iterator[Word]:
    """Offer the saved views."""
    return _beginning(
        {f"@{name}": view for name, view in asked.store.settings.views.items()} if asked.store else {}, asked.typed
    )


def settings(asked: Asked) -> Iterator[Word]:
    """Offer all settings."""
    from crmtext.settings import settings_fields

    return _beginning({field.metadata["name"]: _(field.metadata["help"]) for field in settings_fields()}, asked.typed)


def due_kinds(asked: Asked) -> Iterator[Word]:
    """Offer the kinds of due work by name, or by label."""
    from crmtext.figures.due_kinds import KINDS

    for name, kind in KINDS.items():
        yield from _either(name, translations(kind.label)["zh"], asked.typed)


def reports(asked: Asked) -> Iterator[Word]:
    """Offer all reports, also the team's own."""
    from crmtext.reports import own
    from crmtext.reports.named import NAMED
    from crmtext.reports.named_pages import SITE
    from crmtext.templating import team_templates

    yield from _beginning({name: _(label) for name, label in SITE.items()}, asked.typed)
    for name, one in NAMED.items():
        yield from _either(name, translations(one.label)["zh"], asked.typed)
    templates = team_templates.read(asked.store.root) if asked.store else {}
    yield from _beginning(dict.fromkeys(own.names(templates), ""), asked.typed)


def helped(asked: Asked) -> Iterator[Word]:
    """Offer topics of `help`: subjects, then commands."""
    from crmtext.cli.commands import COMMANDS, SUBJECTS

    for subject, heading in SUBJECTS.items():
        yield from _either(subject, translations(heading)["zh"], asked.typed)
    shown = {name: _(member.summary) for name, member in COMMANDS.items() if member.subject and name not in SUBJECTS}
    yield from _beginning(shown, asked.typed)


def records(asked: Asked) -> Iterator[Word]:
    """Offer records and folders, by path from the current folder."""
    start = asked.typed.rpartition("/")[0]
    folder = start or "."
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name) if asked.store else ():
        path = f"{start}/{entry.name}" if start else entry.name
        if path.startswith(asked.typed) and not entry.name.startswith("."):
            if entry.is_dir():
                yield path + "/", ""
            elif entry.name.endswith(".yaml"):
                yield path, ""
