"""Customers with any values that the schema allows, hostile texts among them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from crmtext.exporters.tables import Shape, tables
from crmtext.schema import Schema
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.schema import Field

SCHEMA = Schema.shipped()
#: Texts that a spreadsheet, YAML or a reader of ours takes for something else.
LINES = (
    "=1+1", "'+x", "''=y", "-5", "+86 13800138000", "@a", "\tTAB", "＝1", "－2", "'", "'x", "0123", "1e5", "1.50", "-0",
    "true", "no", "[]", "{}", "[x", '["a"]', "'[", "; ", "a; b", "a,b", "2024-05-01", "a: b", "# x", "|", "=", "~",
    '"quoted"', "😀 家", " lead", "trail ", "x|y", "https://a.example", "mailto:a@b.example", "_x000D_", "13800138000",
    "1990", "=HYPERLINK(\"https://a.example\")", "id", "customer_id",
    "<r><t>hello</t></r>",
    "<r><t>x</t></r></is></c><c r=\"Z2\"><f>1+1</f></c><c r=\"AA2\" t=\"inlineStr\"><is><r><t>y</t></r>",
)  # fmt: skip
LETTERS = st.characters(
    exclude_categories=("C", "Zl", "Zp"), exclude_characters="\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
)
LINE = st.sampled_from(LINES) | st.text(LETTERS, min_size=1, max_size=12)
TEXT = LINE | st.builds("\n".join, st.lists(LINE, min_size=2, max_size=4)) | st.just("a\r\nb") | st.just("\n=x")
DAY = st.dates(date(1900, 1, 1), date(2025, 12, 31)).map(date.isoformat) | st.just("0001-01-01")
NUMBER = st.integers(0, 10**12) | st.floats(0, 1e9).map(lambda one: round(one, 4)) | st.sampled_from([0, 1e-7])
#: A workbook has numbers of 15 digits; longer ones are texts there, which are numbers again in a number's column only.
LONG = st.just(10**17)
HANDLES = ("lilei", "hanmei")
#: Parts that rules of the store decide about, beside the schema.
NEVER = frozenset({
    "id", "relations", "merged_from", "not_duplicate_of", "x-sensitive", "status", "type", "owner", "person", "company",
    "name", "satisfaction", "churn", "lifecycle",
})  # fmt: skip


def value(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape; some of them break a rule of the schema."""
    field = shape.field
    if shape.kind == "map":
        return entry(shape)
    if shape.kind == "list":
        items = entry(shape)
        return st.lists(items | LINE if shape.may_be_text else items, max_size=3)
    if shape.kind == "open" or field is None:
        if field is not None and field.is_partial:
            return st.sampled_from(["1990", 1990, "1990-05", "1990-05-06"])
        scalar = LINE | NUMBER | st.booleans() | st.just("") | st.just(-5) | st.just("a\nb")
        return (
            scalar | st.lists(scalar, max_size=3) if field is None or not field.path.endswith("left") else st.booleans()
        )
    if shape.kind == "texts":
        one = _text(field.item) if field.item else LINE
        return st.lists(one, max_size=3, unique=True)
    if shape.kind == "id":
        return LINE | st.lists(LINE, min_size=1, max_size=2, unique=True)
    kinds = {"number": NUMBER | LONG | st.integers(1, 5), "boolean": st.booleans(), "date": DAY}
    return kinds[shape.kind] if shape.kind in kinds else _text(field)


def _text(field: Field) -> st.SearchStrategy[Any]:
    if field.choices:
        return st.sampled_from([choice.value for choice in field.choices])
    if field.mark("x-handle"):
        return st.sampled_from(HANDLES)
    examples = {"email": ["a@b.example", "li.lei@c.example"], "currency": ["USD", "EUR"], "time": ["14:00"]}
    if field.definition in examples:
        return st.sampled_from(examples[field.definition])
    if field.definition == "known-date" or field.definition == "partial-date":
        return st.sampled_from(["1990", "1990-05", "1990-05-06"])
    return TEXT if field.definition == "text" else LINE


def entry(shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    """Maps of a shape with few of their parts."""
    parts: Mapping[str, Shape] = shape.parts or {}
    field = shape.field
    required = (field.item or field).resolved.get("required", ()) if field else ()
    given = {
        key: value(part)
        for key, part in parts.items()
        if key not in NEVER and not (part.field and part.field.mark("x-sensitive"))
    }
    names = st.sampled_from(["zoho", "客户 级别", "a", "=x", "k·k"])
    more = st.dictionaries(names, value(shape.further), max_size=2) if shape.further else st.just({})
    fixed = st.fixed_dictionaries({key: given[key] for key in required if key in given})
    some = st.lists(st.sampled_from([key for key in given if key not in required] or [""]), max_size=4, unique=True)
    chosen = some.flatmap(lambda keys: st.fixed_dictionaries({key: given[key] for key in keys if key}))
    return st.builds(lambda one, two, three: {**three, **one, **two}, fixed, chosen, more)


def is_valid(data: dict[str, Any]) -> bool:
    """Whether a record has no error of its own."""
    document = parse(json.dumps(data, ensure_ascii=False).encode(), f"records/{data['id']}.yaml")
    return document.data == data and not SCHEMA.record_problems(document)


def _numbered(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records, each with an id and a name of its own."""
    return [
        {**one, "id": f"C20240501{number:03}", "name": f"{one['name']} {number}"}
        for number, one in enumerate(records, start=1)
    ]


_HEAD = {"id": "C20240501001", "type": "other", "status": "lead", "owner": "lilei"}
_NAMES = st.sampled_from(LINES).map(str.strip)
_ONE = st.builds(lambda name, rest: {**_HEAD, "name": name, **rest}, _NAMES, entry(tables(SCHEMA)[0].shape))
#: Stores of one to three valid customers.
CUSTOMERS = st.lists(_ONE.filter(is_valid), min_size=1, max_size=3).map(_numbered)
