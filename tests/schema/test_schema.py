from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoil import RECORD

from crmtext import layout, quick
from crmtext.i18n import speaking
from crmtext.problem import CrmError, Exit, Place, Problem
from crmtext.schema import Choice, Schema, load
from crmtext.schema.validate import Validator, identity
from crmtext.text.document import Document
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = Schema.shipped()
DATA: dict[str, Any] = parse_text(RECORD).data
HEAD = "id: C20240501K7QM\nname: 上海示例\ntype: company\nstatus: lead\nowner: lilei\n"


def own(**spec: Any) -> bytes:
    """The shipped schema with a key `own` of the team's."""
    return edited(lambda data: data["properties"].update(own={"title": "Own", "x-title-zh": "自有", **spec}))


def edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The shipped schema, changed, as a team would save it."""
    data = json.loads(load.shipped())
    change(data)
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def rejection(raw: bytes) -> Problem:
    """The problem of a rejected schema."""
    with pytest.raises(CrmError) as caught:
        Schema.read(raw)
    assert caught.value.exit_code == Exit.CANNOT
    return caught.value.problem


def rules_and_places(schema: Schema, text: str) -> list[tuple[str, str]]:
    """Rule and pointer of each problem of a record."""
    return [(problem.rule, problem.place.pointer) for problem in schema.problems(parse_text(text))]


def test_the_shipped_schema_would_pass_as_a_team_s_own() -> None:
    schema = Schema.read(edited(lambda data: None))
    assert schema.data == SCHEMA.data
    assert schema.digest != SCHEMA.digest


def test_fields_come_in_the_order_of_the_file_with_their_names() -> None:
    keys = [field.key for field in SCHEMA.fields]
    assert keys[:6] == ["id", "name", "short_name", "aliases", "type", "status"]
    assert keys == list(SCHEMA.data["properties"])
    assert SCHEMA.by_path["status"].labels == {"en": "Status", "zh": "合作状态"}
    assert SCHEMA.by_path["status"].choices[1] == Choice("prospect", {"en": "Prospect", "zh": "意向客户"}, ("意向",))
    assert [*SCHEMA.by_path["status"].choices[1].names()] == ["prospect", "Prospect", "意向客户", "意向"]


def test_names_are_in_the_language_in_use() -> None:
    field = SCHEMA.by_path["contacts[].title"]
    assert (field.key, field.label, SCHEMA.by_path["status"].choices[0].label) == ("title", "Job title", "Lead")
    with speaking("zh"):
        assert (field.label, SCHEMA.by_path["status"].choices[0].label) == ("职位", "潜在客户")


@pytest.mark.parametrize(
    ("path", "kind"),
    {
        "name": "text",
        "contacts": "list",
        "contacts[]": "map",
        "contacts[].primary": "boolean",
        "contacts[].phones": "list",
        "contacts[].phones[]": "text",
        "company.employees": "integer",
        "company.founded": "text",
        "needs[].budget.min": "number",
        "interactions[].next.due": "date",
        "custom": "map",
    }.items(),
)
def test_every_field_has_a_kind(path: str, kind: str) -> None:
    assert SCHEMA.by_path[path].kind == kind


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("", ""),
        ("/status", "status"),
        ("/contacts/0", "contacts[]"),
        ("/contacts/12/title", "contacts[].title"),
        ("/interactions/0/next/due", "interactions[].next.due"),
        ("/custom", "custom"),
        ("/custom/折扣", None),
        ("/custom/折扣/0", None),
        ("/stauts", None),
        ("/status/x", None),
    ],
)
def test_a_place_in_a_record_has_its_field(pointer: str, path: str | None) -> None:
    field = SCHEMA.at(pointer)
    assert (field.path if field else None) == path


def test_what_is_sensitive_is_so_with_all_below_it() -> None:
    schema = Schema.read(own(type="object", additionalProperties=False, properties={}, **{"x-sensitive": True}))
    pointers = ("/person/birth_date", "/contacts/3/birthday", "/own", "/own/x/0", "/name", "/person/gender", "/person")
    assert [schema.sensitive(pointer) for pointer in pointers] == [True, True, True, True, False, False, False]


def test_values_are_found_along_a_path() -> None:
    assert [*SCHEMA.values(DATA, "contacts[].phones[]")] == [
        ("/contacts/0/phones/0", "13800138000"),
        ("/contacts/0/phones/1", "021-62581234"),
    ]
    assert [*SCHEMA.values(DATA, "interactions[].next.due")] == [("/interactions/0/next/due", "2024-05-10")]
    assert [*SCHEMA.values(DATA, "billing.bank")] == []
    assert [*SCHEMA.values({"contacts": 5}, "contacts[].name")] == []


def test_the_values_of_several_paths_are_found_in_one_pass() -> None:
    data = {"owner": "a", "interactions": [{"by": "b", "next": {"by": "c"}}, {"by": "d"}], "tags": ["x"], "phones": "y"}
    paths = ("interactions[].next.by", "tags", "tags[]", "phones[]", "owner", "interactions[].by", "missing[].by")
    values = SCHEMA.all_values(data, paths)
    one_by_one = [value for path in paths for _pointer, value in SCHEMA.values(data, path)]
    assert sorted(map(str, values)) == sorted(map(str, one_by_one)) == ["['x']", "a", "b", "c", "d", "x"]


def test_a_key_of_the_team_s_own_is_checked_like_any_other() -> None:
    schema = Schema.read(own(type="string", enum=["a"], **{"x-enum-labels": {"a": {"en": "A", "zh": "甲"}}}))
    assert rules_and_places(schema, HEAD + "own: a\n") == []
    assert rules_and_places(schema, HEAD + "own: b\n") == [("unknown-value", "/own")]
    (problem,) = schema.problems(parse_text(HEAD + "own: 甲\n"))
    assert (problem.hint, problem.fix[0].new) == ("use a", "a")
    assert schema.fields[-1].labels == {"en": "Own", "zh": "自有"}
    assert rules_and_places(SCHEMA, HEAD + "own: a\n") == [("unknown-key", "/own")]


def test_a_team_may_narrow_and_widen_vocabularies_and_drop_keys() -> None:
    def change(data: dict[str, Any]) -> None:
        data["properties"]["status"]["enum"].append("trial")
        data["properties"]["status"]["x-enum-labels"]["trial"] = {"en": "Trial", "zh": "试用"}
        data["properties"]["tags"]["items"] = {"type": "string", "enum": ["vip"], "x-enum-labels": {}}
        del data["properties"]["feedback"]

    schema = Schema.read(edited(change))
    assert rules_and_places(schema, HEAD.replace("lead", "trial") + "tags: [vip]\n") == []
    assert rules_and_places(schema, HEAD + "tags: [冷链]\nfeedback: []\n") == [
        ("unknown-key", "/feedback"),
        ("unknown-value", "/tags/0"),
    ]


LINE = {"$ref": "#/definitions/line", "title": "Line", "x-title-zh": "行"}


def in_transactions(data: dict[str, Any]) -> dict[str, Any]:
    """The keys of a transaction."""
    keys: dict[str, Any] = data["properties"]["transactions"]["items"]["properties"]
    return keys


def twice(number: int) -> dict[str, Any]:
    """A definition with two fields that are the next one."""
    field = {"title": "X", "x-title-zh": "甲", "$ref": f"#/definitions/d{number}"}
    return {"type": "object", "additionalProperties": False, "properties": {"a": field, "b": field}}


HOSTILE: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "schema-syntax"),
    "not UTF-8": (b'{"title": "\xff"}', "schema-syntax"),
    "a byte order mark": (b"\xef\xbb\xbf" + load.shipped(), "schema-syntax"),
    "a key twice": (b'{"type": "object", "type": "string"}', "schema-syntax"),
    "not a number": (b'{"x-version": NaN}', "schema-syntax"),
    "a number of 5000 digits": (b'{"x-version": ' + b"1" * 5000 + b"}", "schema-syntax"),
    "depth": (b"[" * 100_000, "schema-syntax"),
    "depth that every Python reads": (b"[" * 41 + b"]" * 41, "schema-syntax"),
    "the last of many keys twice": (
        ("{" + "".join(f'"{n}":0,' for n in range(60_000)) + '"59999":0}').encode(),
        "schema-syntax",
    ),
    "size": (b" " * (1024 * 1024 + 1), "schema-too-large"),
    "a list": (b"[]", "schema-form"),
    "a remote reference": (own(**{"$ref": "http://example.com/a.json"}), "schema-reference"),
    "a file as reference": (own(**{"$ref": "file:///etc/passwd"}), "schema-reference"),
    "a reference to nothing": (own(**{"$ref": "#/definitions/nothing"}), "schema-reference"),
    "a reference beside a keyword": (own(**{"$ref": "#/definitions/line", "maxLength": 5}), "schema-form"),
    "a definition that refers to itself": (
        edited(lambda data: data["definitions"].update(a={"$ref": "#/definitions/a"})),
        "schema-reference",
    ),
    "definitions in a circle": (
        edited(
            lambda data: data["definitions"].update(
                a={"type": "array", "items": {"$ref": "#/definitions/b"}}, b={"$ref": "#/definitions/a"}
            )
        ),
        "schema-reference",
    ),
    "definitions that fan out": (
        edited(lambda data: data["definitions"].update({**{f"d{n}": twice(n + 1) for n in range(30)}, "d30": LINE})),
        "schema-too-large",
    ),
    "definitions in a long row": (
        edited(lambda data: data["definitions"].update({f"d{n}": {"$ref": f"#/definitions/d{n + 1}"} for n in range(99)}
                                                       | {"d99": LINE})),
        "schema-too-large",
    ),
    "a circle of thousands": (
        edited(lambda data: data["definitions"].update(
            {f"d{n}": {"$ref": f"#/definitions/d{(n + 1) % 9000}"} for n in range(9000)})),
        "schema-reference",
    ),
    "thousands of values": (
        own(
            type="string",
            enum=[*map(str, range(6000))],
            **{"x-enum-labels": {str(n): {"en": "x", "zh": "甲"} for n in range(6000)}},
        ),
        "schema-too-large",
    ),
    "an unknown keyword": (own(type="string", maxlength=5), "schema-keyword"),
    "a keyword of a later draft": (own(type="array", prefixItems=[]), "schema-keyword"),
    "an unknown mark": (own(type="string", **{"x-secret": True}), "schema-keyword"),
    "no Chinese title": (edited(lambda data: data["properties"].update(own={"title": "Own"})), "schema-mark"),
    "sensitive fields without a name": (
        edited(lambda data: data["properties"]["custom"].update(additionalProperties={**LINE, "x-sensitive": True})),
        "schema-mark",
    ),
    "no labels of values": (own(type="string", enum=["a"]), "schema-mark"),
    "an open block": (own(type="object", properties={}, additionalProperties=True), "schema-form"),
    "nested quantifiers": (own(type="string", pattern="^(a+)+$"), "schema-pattern"),
    "no pattern": (own(type="string", pattern="["), "schema-pattern"),
    "an unknown format": (own(type="string", format="ipv4"), "schema-format"),
    "an id that may be left out": (edited(lambda data: data["required"].remove("id")), "schema-kept"),
    "an amount of words": (edited(lambda data: in_transactions(data).update(amount=LINE)), "schema-kept"),
    "a date of any form": (
        edited(lambda data: data["definitions"]["date"].pop("format") and None),
        "schema-kept",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "rule"), HOSTILE.values(), ids=list(HOSTILE))
def test_an_unsafe_schema_is_rejected(raw: bytes, rule: str) -> None:
    problem = rejection(raw)
    assert (problem.rule, problem.place.path) == (rule, layout.SCHEMA)
    assert problem.message


def test_a_rejected_schema_as_a_whole_problem() -> None:
    assert rejection(own(type="string", maxlength=5)) == Problem(
        "schema-keyword",
        "the schema uses the unsupported 'maxlength' at /properties/own",
        Place(layout.SCHEMA, pointer="/properties/own"),
        "remove it; for what is supported, see the schema of a new store: crmtext init",
    )
    assert rejection(b'{\n "a" 1\n}') == Problem(
        "schema-syntax",
        "the schema is not JSON: Expecting ':' delimiter",
        Place(layout.SCHEMA, 2, 6, 2, 6),
        "check for a missing comma or quote",
    )
    assert rejection(b'{"x-version":\n ' + b"1" * 601 + b"}") == Problem(
        "schema-syntax", "a number has more than 600 digits", Place(layout.SCHEMA, 2, 2, 2, 3)
    )


def test_a_source_line_that_holds_something_sensitive_is_not_shown() -> None:
    text = HEAD.replace("company", "person") + "person: {gender: 男, birth_date: 1990-05-01}\nnotes: x\npriority: 高\n"
    document = parse_text(text)
    shown = SCHEMA.discreet(document, SCHEMA.problems(document))
    assert {problem.place.pointer: problem.excerpt for problem in shown} == {
        "/person/gender": "",
        "/priority": "priority: 高",
    }


@pytest.mark.parametrize(
    "line",
    [
        "birth_date：1990-05-01",
        "birthday:1990-05-01",
        "出生日期：1990-05-01",
        '- {name: 张三, "birthday"：1990-05-01',
        "bank = 工行",
    ],
)
def test_nor_is_one_that_does_not_even_parse(line: str) -> None:
    document = parse_text(f"a: 1\n{line}\nb: 2\n")
    (problem,) = SCHEMA.discreet(document, document.problems)
    assert (problem.place.line, problem.excerpt) == (2, "")


def test_a_long_list_of_maps_has_its_mistakes_and_duplicates_reported() -> None:
    items = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"a": {**LINE, "title": "A", "x-title-zh": "甲"}},
    }
    schema = Schema.read(own(type="array", uniqueItems=True, items=items))
    written = [*(f"{{a: v{number}}}" for number in range(9000)), "{a: v7}", "{b: 1}"]
    document = parse_text(f"{HEAD}own: [{', '.join(written)}]\n")
    assert [(problem.rule, problem.place.pointer) for problem in schema.problems(document)] == [
        ("unknown-key", "/own/9001/b"),
        ("item-twice", "/own/9000"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        *((1, 1.0, True), (1, True, False), (0, False, False), ("1", 1, False), (None, "", False)),
        *(([1, 2], [1.0, 2], True), ([1], [True], False), ([1, [2]], [1, 2], False), ([], {}, False)),
        *(
            ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}, True),
            ({"a": 1}, {"a": True}, False),
            ({"a": 1}, {"a": 1, "b": 1}, False),
        ),
    ],
    ids=repr,
)
def test_values_are_the_same_as_json_has_it(one: Any, other: Any, same: bool) -> None:
    assert (identity(one) == identity(other)) is same


# ---- two validators, one verdict

VALUES = st.sampled_from([
    *(None, True, False, 0, 1, -1, 5, 101, 1.5, 1.0, 10**17, "", " ", "x", "x\n", "lead", "合作中", "2024-05-01"),
    *("2024-02-30", "2024-5-1", "２０２４-05-01", "C20240501K7QM", "C20240501K7QM\n", "a@b.cn", "a@b", "--05-01"),
    *([], ["x"], ["x", "x"], [{}], {}, {"x": 1}, {"name": "张三"}, {"date": "2024-05-01"}),
])  # fmt: skip


def places(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in data."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [here, *(place for key, value in steps for place in places(value, (*here, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The record with a few values replaced, keys added and entries removed."""
    data = deepcopy(DATA)
    for _again in range(draw(st.integers(0, 4))):
        place = draw(st.sampled_from(places(data)[1:]))
        holder: Any = data
        for step in place[:-1]:
            holder = holder[step]
        way = draw(st.sampled_from(("replace", "remove", "add")))
        if way == "remove" and len(data) > 1:
            del holder[place[-1]]
        elif way == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from([*SCHEMA.data["properties"], "kind", "title", "x"]))] = deepcopy(draw(VALUES))
        else:
            holder[place[-1]] = deepcopy(draw(VALUES))
    return data


@pytest.mark.skipif(not quick.on("validator"), reason="the fast validator is switched off")
@settings(max_examples=150)
@given(mutated())
def test_the_fast_validator_and_the_thorough_one_agree(data: dict[str, Any]) -> None:
    validator = SCHEMA.validator
    assert validator._fast is not None
    assert validator.valid(data) == (next(validator.errors(data), None) is None)


@pytest.mark.parametrize("text", ["１", "a1", "１a", "　", "\u00a0", "_", "é", "x\n", "1\n", "ß"])
@pytest.mark.parametrize("pattern", [r"^\d+$", r"^\D+$", r"^\w+$", r"^\W+$", r"^\s+$", r"^\S+$", "^.$", r"\bx"])
def test_the_thorough_validator_accepts_what_the_fast_one_accepts(pattern: str, text: str) -> None:
    validator = Validator({"type": "string", "pattern": pattern})
    if validator.valid(text):
        assert [*validator.errors(text)] == []


def test_without_the_fast_validator_all_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jsonschema_rs", None)
    slow = Schema(SCHEMA.data)
    assert slow.validator._fast is None
    for text in (
        RECORD,
        HEAD,
        HEAD + "tags: x\n",
        HEAD.replace("lead", "潜在"),
        HEAD.replace("K7QM", 'K7QM\\n"').replace("id: ", 'id: "'),
    ):
        document = parse_text(text)
        assert slow.problems(document) == SCHEMA.problems(document)


def test_a_pattern_that_only_python_knows_is_used_all_the_same() -> None:
    schema = Schema.read(own(type="string", pattern="^(?P<n>a)(?(n)b|c)$"))
    assert rules_and_places(schema, HEAD + "own: ab\n") == []
    assert rules_and_places(schema, HEAD + "own: ac\n") == [("wrong-form", "/own")]


@settings(max_examples=100)
@given(mutated())
def test_every_invalid_record_is_reported_and_no_valid_one(data: dict[str, Any]) -> None:
    document = Document("r.yaml", "", data)
    problems = SCHEMA.problems(document)
    assert bool(problems) != SCHEMA.validator.valid(data)
    assert len({problem.place.pointer for problem in problems}) == len(problems)
