"""Places in a record as people type them: `contacts[张三].title`, `联系人[0].职位`, `tags`, `合作开始日期`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.record.input import list_items
from crmtext.schema import Field, nearest
from crmtext.terminal.width import clip
from crmtext.text.pointer import NEW, child, escape, get, join, last, split
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.schema import Schema

#: Marks that a Chinese keyboard types for those of a path.
_MARKS = str.maketrans("［］【】．。", "[][]..")
_NAME = lazy.pattern(r"[^.\[\]]+")
_SELECTOR = lazy.pattern(r"\[([^\]]*)\]")
#: So many cells of what identifies an entry are said in a label.
_WIDTH = 24
_MOST = 6
#: So many cells of an entry are shown beside its place.
_TOLD = 48


class Key(NamedTuple):
    """A place in a record: `shown` names it in keys, `label` in the words of the language in use."""

    pointer: str
    field: Field
    shown: str = ""
    label: str = ""


class _Way(NamedTuple):
    """How far a path has been followed, and what the record has there."""

    key: Key
    value: Any
    rest: str


def resolve(schema: Schema, data: Mapping[str, Any], typed: str) -> Key:
    """The place that a typed path means in a record. Raises CrmError where it means none, or several.

    A list's item is named by its number from 0, or by what identifies it; its only item need not be named. The item
    after the last one is there to be made.
    """
    return resolve_in(schema.root, schema, data, typed)


def resolve_in(field: Field, schema: Schema, data: Mapping[str, Any], typed: str) -> Key:
    """As `resolve`, for a path that begins inside a map of this field."""
    rest = typed.translate(_MARKS).strip()
    way = _Way(Key("", field), data, rest)
    if not rest:
        raise usage("unknown-key", _("no field given"), _("give a field: status=active, contacts[0].title=…"))
    while way.rest:
        way = _picked(_named(schema, way, typed), typed)
    return way.key


def below(key: Key, child: Field) -> Key:
    """The place of a field of the map at a place."""
    return Key(
        f"{key.pointer}/{escape(child.key)}",
        child,
        f"{key.shown}.{child.key}" if key.shown else child.key,
        f"{key.label} · {child.label}" if key.label else child.label,
    )


def meant(key: Key) -> Key:
    """The place that a value by itself is for: of a map that needs one field only, that one; else the place itself.

    `satisfaction=4` is its score.
    """
    needed = [each for each in key.field.children if each.key in key.field.resolved.get("required", ())]
    one = needed[0] if len(needed) == 1 and key.field.path else None
    return below(key, one) if one and one.kind not in ("map", "list") else key


def order(schema: Schema, data: Any, pointer: str) -> tuple[str, ...]:
    """The keys beside the first one on the way that is not there yet, in the schema's order."""
    at = ""
    for step in split(pointer):
        if isinstance(data, Mapping) and step not in data:
            break
        data = child(data, step)
        at = f"{at}/{escape(step)}"
    field = schema.at(at)
    return tuple(below.key for below in field.children) if field else ()


def open_field(field: Field, key: str) -> Field | None:
    """The field of a key that a map with room for any key holds, such as `custom`; None for a closed one."""
    spec = field.resolved.get("additionalProperties")
    if isinstance(spec, Mapping):
        return Field(f"{field.path}.{key}", spec, field.definitions)
    return None


def _named(schema: Schema, way: _Way, typed: str) -> _Way:
    """One key further."""
    field = way.key.field
    if field.kind == "list" and field.item:
        way = _only(way, typed)
        field = way.key.field
    if (free := _free(way)) is not None:
        return free
    match = _NAME.match(way.rest)
    if field.kind != "map" or not match:
        raise _no_path(typed)
    name, rest = match[0].strip(), way.rest[match.end() :]
    if child := field.named(name):
        return _into(way, child, rest)
    deep = _deep(field, name)
    if len(deep) != 1:
        raise _unknown(schema, way._replace(key=way.key._replace(field=field)), name, deep)
    for child in deep[0]:
        way = _into(way, child, rest)
    return way


def _into(way: _Way, child: Field, rest: str) -> _Way:
    value = way.value.get(child.key) if isinstance(way.value, Mapping) else None
    return _Way(below(way.key, child), value, rest)


def _free(way: _Way) -> _Way | None:
    """The whole rest as one key, where a map takes any: it may hold dots and brackets."""
    field = way.key.field
    name = way.rest
    if field.kind != "map" or field.children or (child := open_field(field, name)) is None:
        return None
    found = _into(way, child, "")
    key = found.key._replace(pointer=f"{way.key.pointer}/{escape(name)}", shown=f"{way.key.shown}.{name}")
    label = f"{way.key.label} · {name}"
    value = way.value.get(name) if isinstance(way.value, Mapping) else None
    return _Way(key._replace(label=label), value, "")


def _deep(field: Field, name: str) -> tuple[tuple[Field, Field], ...]:
    """The ways through maps, not lists, to a key of this name further down: 合作开始日期 is `cooperation.since`."""
    return tuple((child, below) for child in field.children if child.kind == "map" and (below := child.named(name)))


def _picked(way: _Way, typed: str) -> _Way:
    """The item that brackets behind a list's key name, and the dot behind it."""
    while match := _SELECTOR.match(way.rest):
        field = way.key.field
        if field.kind != "list" or field.item is None:
            raise _no_path(typed)
        number = list_items.index(field, way.key.shown, _items(way), match[1].strip())
        way = _item(way, field.item, number, way.rest[match.end() :])
    below = way.rest.removeprefix(".")
    if way.rest and (below == way.rest or not below.strip()):
        raise _no_path(typed)
    return way._replace(rest=below)


def _only(way: _Way, typed: str) -> _Way:
    """The only item of a list whose item was not named; the first one of an empty list."""
    have, field = _items(way), way.key.field
    if len(have) > 1:
        message = _("'{key}' has {n} entries").format(key=way.key.shown, n=len(have))
        raise list_items.several(message, field, way.key.shown, list(enumerate(have)))
    if field.item is None or field.item.kind != "map":
        raise _no_path(typed)
    return _item(way, field.item, 0, way.rest)


def _item(way: _Way, item: Field, index: int, rest: str) -> _Way:
    have = _items(way)
    if index >= len(have):
        new = Key(f"{way.key.pointer}/{NEW}", item, f"{way.key.shown}[{index}]", way.key.label)
        return _Way(new, None, rest)
    name = list_items.name(way.key.field, have[index]) or str(index)
    label = f"{way.key.label} {clip(name, _WIDTH)}"
    return _Way(Key(f"{way.key.pointer}/{index}", item, f"{way.key.shown}[{name}]", label), have[index], rest)


def _items(way: _Way) -> Sequence[Any]:
    return way.value if isinstance(way.value, list) else ()


def _unknown(schema: Schema, way: _Way, name: str, deep: Sequence[tuple[Field, Field]]) -> CrmError:
    field = way.key.field
    message = _("unknown field '{key}'").format(key=name)
    # Any number will do for the lists on the way.
    above = join(step for step in field.path.replace("[]", ".0").split(".") if step)
    meant, hint = nearest.key_and_hint(name, schema, f"{above}/{escape(name)}", loose=True)
    if known := [way[-1].path for way in deep] or _called(field, name):
        places = [place for each in known for place in _places(schema, each, way.value)][:_MOST]
        several = any(told for _typed, told in places)
        rows = "\n" + "\n".join(f"{typed}  {told}".rstrip() for typed, told in places)
        which = (
            _("choose one:") + rows
            if several
            else _("choose one: {keys}").format(keys=_(", ").join(typed for typed, _told in places))
        )
        # What is a key further down by its own name is meant to be a list only where it may be one of its entries.
        one = last(meant).startswith(name[:-1].casefold())
        hint = f"{hint}\n{which}" if meant and one else which
    return usage("unknown-key", message, hint)


def _places(schema: Schema, path: str, data: Any) -> Iterator[tuple[str, str]]:
    """Where a field can be set as people type it: in each entry of a list that has several, with what is in these."""
    above, list_, _below = path.partition("[]")
    typed = schema.typed(path)
    field = schema.by_path[above]
    have = get(data, above.split(".")) if list_ and isinstance(data, Mapping) else None
    if not isinstance(have, list) or len(have) < 2:
        yield typed, ""
        return
    for number, item in enumerate(have):
        yield typed.replace("[0]", f"[{number}]", 1), clip(list_items.told(field, item), _TOLD)


def _called(field: Field, name: str) -> list[str]:
    """The paths further down that have a label or synonym of this name, in lists as well."""
    wanted = name.casefold()
    below = (each for each in field.walk() if not each.path.endswith("[]"))
    return [
        each.path for each in below if wanted in (one.casefold() for one in (*each.labels.values(), *each.synonyms))
    ]


def _no_path(typed: str) -> CrmError:
    return usage(
        "unknown-key",
        _("'{key}' is not a path to a field").format(key=typed),
        _("use a path such as status, contacts[0].title or contacts[Smith].title"),
    )
