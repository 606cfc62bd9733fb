"""The page of a key: from the schema alone, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Column, Table, Text
from crmtext.computed import COMPUTED
from crmtext.explain.example import example
from crmtext.explain.rule import indented
from crmtext.i18n import LANGUAGES, _
from crmtext.terminal import cells
from crmtext.values import lazy
from crmtext.values.folding import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmtext.schema import Choice, Field, Schema

#: Which entry of a list is not asked about.
_SELECTOR = lazy.pattern(r"\[[^\]]*\]")
#: What the record itself is called.
RECORD = "customer"


def find(schema: Schema, typed: str) -> tuple[Field, ...]:
    """The keys that are meant: by path, by the end of it, by label or synonym, or by a value they may hold."""
    wanted = plain(typed)
    if wanted in (RECORD, *map(plain, schema.root.labels.values())):
        return (schema.root,)
    for matches in _WAYS:
        if found := tuple(field for field in _keys(schema) if matches(field, wanted)):
            return found
    return tuple(_along(schema, typed))


def _along(schema: Schema, typed: str) -> Iterator[Field]:
    """The key at the end of a dotted path, each step of which may be typed as people call it: `联系人.电话`."""
    at: Field | None = schema.root
    for step in _SELECTOR.sub("", typed).replace("。", ".").split("."):
        within = _scalar(at) if at else None
        at = within.named(step) if within else None
    if at:
        yield at


def names(schema: Schema) -> Iterator[str]:
    """Everything that a key may be called."""
    for field in _keys(schema):
        yield from (field.path, *field.names())


def _keys(schema: Schema) -> tuple[Field, ...]:
    """The keys of a record; what a list holds is told with the list."""
    return tuple(field for field in schema.by_path.values() if field.path and not field.path.endswith("[]"))


def _has_path(field: Field, wanted: str) -> bool:
    return wanted in (plain(field.path), _bare(field))


def _ends_path(field: Field, wanted: str) -> bool:
    return plain(field.path).endswith(f".{wanted}") or _bare(field).endswith(f".{wanted}")


def _has_name(field: Field, wanted: str) -> bool:
    return wanted in map(plain, field.names())


def _has_value(field: Field, wanted: str) -> bool:
    return any(wanted == plain(name) for each in choices(field) for name in each.names())


_WAYS: tuple[Callable[[Field, str], bool], ...] = (_has_path, _ends_path, _has_name, _has_value)


def _bare(field: Field) -> str:
    return plain(field.path.replace("[]", ""))


def several(found: tuple[Field, ...]) -> Table:
    """The keys that share a name or a value."""
    columns = (Column("key", _("Key"), fixed=True), Column("en", "English"), Column("zh", "中文"))
    rows = tuple((field.path, field.labels["en"], field.labels["zh"]) for field in found)
    document = {"keys": [{"key": field.path, "labels": dict(field.labels)} for field in found]}
    return Table(columns, rows, document, _("name one of them: crmtext explain {key}").format(key=found[0].path))


def is_called(field: Field, typed: str) -> bool:
    """Whether a field has this path or name, and not only a value that is called so."""
    wanted = plain(typed)
    return any(matches(field, wanted) for matches in (_has_path, _ends_path, _has_name))


def shown(schema: Schema, field: Field, namesakes: Iterable[Field] = (), computed: str = "") -> Text:
    """The page for people, and as JSON; its namesakes, and the computed name that is called so, are named beside it."""
    document = {
        "key": field.path or RECORD,
        "labels": dict(field.labels),
        "about": about(field),
        "kind": field.kind,
        "required": _required(schema, field),
        "choices": [{"value": c.value, "labels": dict(c.labels), "synonyms": list(c.synonyms)} for c in choices(field)],
        "synonyms": list(field.synonyms),
        "hint": _hints(field),
        "keys": [each.path for each in _below(field)],
        "example": example(schema, field),
    }
    others = ", ".join(each.path for each in namesakes if each is not field)
    notes = [_("keys of the same name: {keys}").format(keys=others)] if others else []
    if computed:
        meaning = _(COMPUTED[computed].about)
        notes.append(_("computed name '{name}': {meaning}").format(name=computed, meaning=meaning))
    return Text("\n".join(_lines(schema, field)) + "\n", document, "\n".join(notes))


def _lines(schema: Schema, field: Field) -> Iterator[str]:
    yield f"{field.path or RECORD}  {_both(field.labels)}"
    for text in about(field).values():
        yield from indented(text)
    yield ""
    yield from indented(_("; ").join(facts(schema, field)))
    for hint in _hints(field).values():
        yield from indented(hint)
    if field.synonyms:
        yield from indented(_("also called: {names}").format(names=_(", ").join(field.synonyms)))
    yield from _table(_("Values"), [(c.value, c.labels, ", ".join(c.synonyms)) for c in choices(field)])
    below = [(each.key + "*" * _required(schema, each), each.labels, "") for each in _below(field)]
    yield from _table(_("Keys (* must be there)"), below)
    yield from ("", _("Example"), *(f"    {line}" for line in example(schema, field).splitlines()))


def _table(heading: str, rows: list[tuple[str, Mapping[str, str], str]]) -> Iterator[str]:
    """Names, what they are called in each language, and in brackets what else."""
    if not rows:
        return
    yield from ("", heading)
    lines = [(name, *(labels.get(language, "") for language in LANGUAGES), f"({more})" * bool(more))
             for name, labels, more in rows]  # fmt: skip
    widths = [max(map(cells.width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "    " + "  ".join(map(cells.pad, line, widths)).rstrip()


def _both(labels: Mapping[str, str]) -> str:
    return " ".join(dict.fromkeys(labels.get(language, "") for language in LANGUAGES)).strip()


def about(field: Field) -> Mapping[str, str]:
    """What the schema says of it, by language: behind the names, `English · 中文`."""
    told = str(field.resolved.get("markdownDescription", "")).partition(" — ")[2]
    return dict(zip(LANGUAGES, told.split(" · "), strict=False)) if told else {}


def _hints(field: Field) -> Mapping[str, str]:
    hint: Mapping[str, str] = _scalar(field).resolved.get("x-hint", {})
    return {language: hint[language] for language in LANGUAGES if language in hint}


def _scalar(field: Field) -> Field:
    """What is typed for it: of a list, one of its items."""
    return field.item if field.item and field.kind == "list" else field


def facts(schema: Schema, field: Field) -> tuple[str, ...]:
    """What the key may hold, and what else holds of it, in the language in use."""
    return (_kind(field), *[_("must be there")] * _required(schema, field), *_marks(field))


def choices(field: Field) -> tuple[Choice, ...]:
    """The values of a fixed list: the key's own, or those of each item of its list."""
    return _scalar(field).choices


def _below(field: Field) -> tuple[Field, ...]:
    return _scalar(field).children


def _required(schema: Schema, field: Field) -> bool:
    return field.key in _parent(schema, field).resolved.get("required", ()) if field.path else False


def _parent(schema: Schema, field: Field) -> Field:
    above = field.path.rpartition(".")[0]
    return schema.by_path[above] if above else schema.root


def _kind(field: Field) -> str:
    names = {
        "text": _("text"),
        "date": _("a date"),
        "number": _("a number"),
        "integer": _("a whole number"),
        "boolean": _("true or false"),
        "list": _("a list"),
        "map": _("a block of keys"),
    }
    if choices(field):
        one = _("one of {n} values").format(n=len(choices(field)))
        return _("a list of these values") if field.kind == "list" else one
    return names[field.kind]


def _marks(field: Field) -> Iterator[str]:
    item = _scalar(field)
    if item.mark("x-handle"):
        yield _("a handle of the team list")
    if item.mark("x-reference"):
        yield _("the id of another customer")
    if item.mark("x-past"):
        yield _("not in the future")
    if field.mark("x-sensitive"):
        yield _("private: never shown in a message")
