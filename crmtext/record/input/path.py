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
#: Width of an entry's name in a label, in cells.
_WIDTH = 24
_MOST = 6
#: Width of the description of an entry beside its path, in cells.
_DESCRIPTION = 48


class Key(NamedTuple):
    """A place in a record: `shown` is its path, `label` its name in the user's language."""

    pointer: str
    field: Field
    shown: str = ""
    label: str = ""


class _Way(NamedTuple):
    """How far a path has been followed, and the record's value there."""

    key: Key
    value: Any
    rest: str


def resolve(schema: Schema, data: Mapping[str, Any], typed: str) -> Key:
    """Return the place in a record that a typed path means. Raises CrmError if it means none or several.

    An entry of a list is selected by its number from 0 or by what identifies it; the only one needs no selector. The
    number after the last one means a new entry.
    """
    return resolve_in(schema.root, schema, data, typed)


def resolve_in(field: Field, schema: Schema, data: Mapping[str, Any], typed: str) -> Key:
    """Like `resolve`, for a path that starts in a map of this field."""
    rest = typed.translate(_MARKS).strip()
    way = _Way(Key("", field), data, rest)
    if not rest:
        raise usage("unknown-key", _("no field given"), _("give a field: status=active, contacts[0].title=…"))
    while way.rest:
        way = _picked(_named(schema, way, typed), typed)
    return way.key


def below(key: Key, child: Field) -> Key:
    """Return the place of a field in the map at a place."""
    return Key(
        f"{key.pointer}/{escape(child.key)}",
        child,
        f"{key.shown}.{child.key}" if key.shown else child.key,
        f"{key.label} · {child.label}" if key.label else child.label,
    )


def place_for_value(key: Key) -> Key:
    """Return the place that a bare value sets: the only required field of a map, else the place itself.

    `satisfaction=4` is its score.
    """
    needed = [child for child in key.field.children if child.key in key.field.resolved.get("required", ())]
    one = needed[0] if len(needed) == 1 and key.field.path else None
    return below(key, one) if one and one.kind not in ("map", "list") else key


def order(schema: Schema, data: Any, pointer: str) -> tuple[str, ...]:
    """Return the keys of the first map on the way that lacks the next key, in the schema's order."""
    at = ""
    for step in split(pointer):
        if isinstance(data, Mapping) and step not in data:
            break
        data = child(data, step)
        at = f"{at}/{escape(step)}"
    field = schema.at(at)
    return tuple(below.key for below in field.children) if field else ()


def open_field(field: Field, key: str) -> Field | None:
    """Return the field of a key in a map that takes any key, such as `custom`; None for other maps."""
    spec = field.resolved.get("additionalProperties")
    if isinstance(spec, Mapping):
        return Field(f"{field.path}.{key}", spec, field.definitions)
    return None


def _named(schema: Schema, way: _Way, typed: str) -> _Way:
    """Follow the path by one key."""
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
    """Follow the rest of the path as one key, in a map that takes any: it may contain dots and brackets."""
    field = way.key.field
    name = way.rest
    if field.kind != "map" or field.children or (child := open_field(field, name)) is None:
        return None
    end = _into(way, child, "")
    key = end.key._replace(pointer=f"{way.key.pointer}/{escape(name)}", shown=f"{way.key.shown}.{name}")
    label = f"{way.key.label} · {name}"
    value = way.value.get(name) if isinstance(way.value, Mapping) else None
    return _Way(key._replace(label=label), value, "")


def _deep(field: Field, name: str) -> tuple[tuple[Field, Field], ...]:
    """Return the ways through maps, not lists, to a key of this name: 合作开始日期 leads to `cooperation.since`."""
    return tuple((child, below) for child in field.children if child.kind == "map" and (below := child.named(name)))


def _picked(way: _Way, typed: str) -> _Way:
    """Follow the brackets after a list, and the dot after them."""
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
    """Follow a list without a selector to its only entry; in an empty list, to a new one."""
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
    # The numbers of lists on the way do not matter.
    above = join(step for step in field.path.replace("[]", ".0").split(".") if step)
    meant, hint = nearest.key_and_hint(name, schema, f"{above}/{escape(name)}", loose=True)
    if known := [way[-1].path for way in deep] or _paths_labelled(field, name):
        places = [place for field_path in known for place in _places(schema, field_path, way.value)][:_MOST]
        several = any(description for _path, description in places)
        rows = "\n" + "\n".join(f"{place}  {description}".rstrip() for place, description in places)
        which = (
            _("choose one:") + rows
            if several
            else _("choose one: {keys}").format(keys=_(", ").join(place for place, _description in places))
        )
        # A longer key of a similar name is suggested only if it may be one of the entries.
        one = last(meant).startswith(name[:-1].casefold())
        hint = f"{hint}\n{which}" if meant and one else which
    return usage("unknown-key", message, hint)


def _places(schema: Schema, path: str, data: Any) -> Iterator[tuple[str, str]]:
    """Yield the paths of a field as people type them: one for each entry of a list with several, with a description."""
    above, list_, _below = path.partition("[]")
    typed = schema.typed(path)
    field = schema.by_path[above]
    have = get(data, above.split(".")) if list_ and isinstance(data, Mapping) else None
    if not isinstance(have, list) or len(have) < 2:
        yield typed, ""
        return
    for number, item in enumerate(have):
        yield typed.replace("[0]", f"[{number}]", 1), clip(list_items.description(field, item), _DESCRIPTION)


def _paths_labelled(field: Field, name: str) -> list[str]:
    """Return the paths of fields further down, in lists too, with a label or synonym of this name."""
    wanted = name.casefold()
    names = ((child.path, (*child.labels.values(), *child.synonyms)) for child in field.walk())
    return [path for path, labels in names if not path.endswith("[]") and wanted in map(str.casefold, labels)]


def _no_path(typed: str) -> CrmError:
    return usage(
        "unknown-key",
        _("'{key}' is not a path to a field").format(key=typed),
        _("use a path such as status, contacts[0].title or contacts[Smith].title"),
    )
