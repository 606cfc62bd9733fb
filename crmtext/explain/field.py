"""The page of a field: built from the schema, with labels in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Column, Table, Text
from crmtext.explain import figure
from crmtext.explain.example import example
from crmtext.explain.rule import indented, rows
from crmtext.i18n import LANGUAGES, _, pick
from crmtext.text.pointer import without_places
from crmtext.values.folding import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmtext.schema import Choice, Field, Schema

#: The selector of a list's entry in a path; all entries have the same fields.
#: The name of the record itself.
RECORD = "customer"


def find(schema: Schema, typed: str) -> tuple[Field, ...]:
    """Return the fields with this path, end of a path, label, synonym or value: the first of these that matches."""
    wanted = plain(typed)
    if wanted in (RECORD, *map(plain, schema.root.labels.values())):
        return (schema.root,)
    for matches in _WAYS:
        if fields := tuple(field for field in _fields(schema) if matches(field, wanted)):
            return fields
    return tuple(_along(schema, typed))


def _along(schema: Schema, typed: str) -> Iterator[Field]:
    """The field at the end of a dotted path of names or labels: `联系人.电话`."""
    at: Field | None = schema.root
    for step in without_places(typed).replace("。", ".").split("."):
        within = _scalar(at) if at else None
        at = within.named(step) if within else None
    if at:
        yield at


def names(schema: Schema) -> Iterator[str]:
    """Yield all names of all fields."""
    for field in _fields(schema):
        yield from (field.path, *field.names())


def _fields(schema: Schema) -> tuple[Field, ...]:
    """The fields of a record; a list's items are on the page of the list."""
    return tuple(field for field in schema.by_path.values() if field.path and not field.path.endswith("[]"))


def _has_path(field: Field, wanted: str) -> bool:
    return wanted in (plain(field.path), _bare(field))


def _ends_path(field: Field, wanted: str) -> bool:
    return plain(field.path).endswith(f".{wanted}") or _bare(field).endswith(f".{wanted}")


def _has_name(field: Field, wanted: str) -> bool:
    return wanted in map(plain, field.names())


def _has_value(field: Field, wanted: str) -> bool:
    return any(wanted == plain(name) for choice in choices(field) for name in choice.names())


_WAYS: tuple[Callable[[Field, str], bool], ...] = (_has_path, _ends_path, _has_name, _has_value)


def _bare(field: Field) -> str:
    return plain(field.path.replace("[]", ""))


def several(fields: tuple[Field, ...]) -> Table:
    """Return a table of fields that share a name or value."""
    columns = (Column("key", _("Field"), fixed=True), Column("en", "English"), Column("zh", "中文"))
    rows = tuple((field.path, field.labels["en"], field.labels["zh"]) for field in fields)
    document = {"keys": [{"key": field.path, "labels": dict(field.labels)} for field in fields]}
    return Table(columns, rows, document, _("choose one: crmtext explain {field}").format(field=fields[0].path))


def has_name(field: Field, typed: str) -> bool:
    """Whether this is a path or name of the field, not only one of its values."""
    wanted = plain(typed)
    return any(matches(field, wanted) for matches in (_has_path, _ends_path, _has_name))


def shown(schema: Schema, field: Field, namesakes: Iterable[Field] = (), computed: str = "") -> Text:
    """Return the page as text and JSON, with a note on fields and computed names of the same name."""
    document = {
        "key": field.path or RECORD,
        "labels": dict(field.labels),
        "about": about(field),
        "kind": field.kind,
        "required": _required(schema, field),
        "choices": [{"value": c.value, "labels": dict(c.labels), "synonyms": list(c.synonyms)} for c in choices(field)],
        "synonyms": list(field.synonyms),
        "hint": _hints(field),
        "keys": [other.path for other in _below(field)],
        "example": example(schema, field),
    }
    others = _(", ").join(other.path for other in namesakes if other is not field)
    notes = [_("fields of the same name: {fields}").format(fields=others)] if others else []
    if computed:
        notes.append(figure.note(computed))
    return Text("\n".join(_lines(schema, field)) + "\n", document, "\n".join(notes))


def _lines(schema: Schema, field: Field) -> Iterator[str]:
    yield f"{field.path or RECORD}  {_both(field.labels)}"
    if text := pick(about(field)):
        yield from indented(text)
    yield ""
    yield from indented(_("; ").join(facts(schema, field)))
    if hint := pick(_hints(field)):
        yield from indented(hint)
    if field.synonyms:
        yield from indented(_("also called: {names}").format(names=_(", ").join(field.synonyms)))
    yield from rows(_("Values"), [(c.value, c.labels, _(", ").join(c.synonyms)) for c in choices(field)])
    below = [(child.key + "*" * _required(schema, child), child.labels, "") for child in _below(field)]
    yield from rows(_("Fields (* required)"), below)
    yield from ("", _("Example"), *(f"    {line}" for line in example(schema, field).splitlines()))


def _both(labels: Mapping[str, str]) -> str:
    return " ".join(dict.fromkeys(labels.get(language, "") for language in LANGUAGES)).strip()


def about(field: Field) -> Mapping[str, str]:
    """Return the schema's description by language, which follows the labels as `English · 中文`."""
    description = str(field.resolved.get("markdownDescription", "")).partition(" — ")[2]
    return dict(zip(LANGUAGES, description.split(" · "), strict=False)) if description else {}


def _hints(field: Field) -> Mapping[str, str]:
    hint: Mapping[str, str] = _scalar(field).resolved.get("x-hint", {})
    return {language: hint[language] for language in LANGUAGES if language in hint}


def _scalar(field: Field) -> Field:
    """The field that holds the value; for a list, its item."""
    return field.item if field.item and field.kind == "list" else field


def facts(schema: Schema, field: Field) -> tuple[str, ...]:
    """Return the kind of value and other properties, in the language in use."""
    return (_kind(field), *[_("required")] * _required(schema, field), *_marks(field))


def choices(field: Field) -> tuple[Choice, ...]:
    """Return the fixed values of a field, or of a list's items."""
    return _scalar(field).choices


def _below(field: Field) -> tuple[Field, ...]:
    return _scalar(field).children


def _required(schema: Schema, field: Field) -> bool:
    if not field.path:
        return False
    above = field.path.rpartition(".")[0]
    return field.key in (schema.by_path[above] if above else schema.root).resolved.get("required", ())


def _kind(field: Field) -> str:
    names = {
        "text": _("text"),
        "date": _("a date"),
        "number": _("a number"),
        "integer": _("a whole number"),
        "boolean": _("true or false"),
        "list": _("a list"),
        "map": _("a group of fields"),
    }
    if choices(field):
        one = _("one of {n} values").format(n=len(choices(field)))
        return _("a list of these values") if field.kind == "list" else one
    return names[field.kind]


def _marks(field: Field) -> Iterator[str]:
    item = _scalar(field)
    if item.mark("x-handle"):
        yield _("a handle on the team list")
    if item.mark("x-reference"):
        yield _("the id of another customer")
    if item.mark("x-past"):
        yield _("not in the future")
    if field.mark("x-sensitive"):
        yield _("private, never shown in messages")
    if item.mark("x-mask") or field.mark("x-mask"):
        yield _("masked by --mask")
