"""Random expressions over random records, against a second evaluator that knows no types, no schema and no budget."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
import stores

from crmtext import settings
from crmtext.figures.rules import NAMES
from crmtext.problem import CrmError
from crmtext.query import filter as query_filter
from crmtext.query.filter import kinds
from crmtext.schema import Field, Schema

SCHEMA = Schema.shipped()
SETTINGS = settings.read(stores.TEAM.encode())
TERMS = query_filter.Terms(SCHEMA, SETTINGS, stores.TODAY, NAMES)
TEXTS = ("", "MQTT", "mqtt 网关", "报价", "ＡＢＣ", "abc", "a'b", "x" * 40)
Record = Mapping[str, Any]


class Question(NamedTuple):
    """An expression, and its answer as it is found without the program."""

    text: str
    answer: Callable[[Record], bool]


def values(data: Any, path: str) -> list[Any]:
    """Everything behind a path, lists opened up."""
    reached = [data]
    for step in path.split("."):
        reached = [value[step] for value in reached if isinstance(value, dict) and step in value]
        while any(isinstance(value, list) for value in reached):
            reached = [one for value in reached for one in (value if isinstance(value, list) else [value])]
    return reached


def leaves(above: Field) -> list[tuple[str, Field]]:
    """The paths to values below a map, in lists too."""
    paths: list[tuple[str, Field]] = []
    for field in above.children:
        inner = field
        while inner.kind == "list" and inner.item:
            inner = inner.item
        if inner.kind == "map":
            paths += [(f"{field.key}.{path}", leaf) for path, leaf in leaves(inner)]
        else:
            paths.append((field.key, inner))
    return paths


def some_value(field: Field, chance: random.Random) -> Any:
    """A value that the field may have, or one beside it."""
    if field.choices:
        return chance.choice(field.choices).value
    if field.mark("x-handle"):
        return chance.choice(["lilei", "hanmei", "liuyang"])
    if field.definition == "currency":
        return chance.choice(["CNY", "USD", "EUR"])
    kind = kinds.of(field, "").kind
    if kind == "date":
        day = (stores.TODAY + timedelta(days=chance.randint(-400, 60))).isoformat()
        return chance.choice([True, day]) if field.key == "left" else day
    if kind == "partial":
        return chance.choice([2010, "1990", "1990-05", "1990-05-01", "--05-01", "2012-11-30"])
    if kind == "truth":
        return chance.random() < 0.5
    if kind == "number":
        return chance.choice([0, 1, 3, 50_000, 1000.5, -2])
    return chance.choice(TEXTS)


def some_record(above: Field, chance: random.Random) -> dict[str, Any]:
    """A map with some of its fields."""
    data: dict[str, Any] = {}
    for field in above.children:
        if chance.random() < 0.4:
            continue
        if field.kind == "map":
            data[field.key] = some_record(field, chance)
        elif field.kind == "list" and field.item:
            item = field.item
            make = some_record if item.kind == "map" else some_value
            data[field.key] = [make(item, chance) for _ in range(chance.randint(1, 3))]
        else:
            data[field.key] = some_value(field, chance)
    return data


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def folded(text: str) -> str:
    return text.replace("ＡＢＣ", "ABC").casefold()


def same_length(one: Any, other: Any) -> tuple[str, str] | None:
    """Two dates at the precision that both have."""
    a, b = str(one)[:10], str(other)[:10]
    if "--" in (a[:2], b[:2]):
        a, b = a.removeprefix("--") if a[0] == "-" else a[5:], b.removeprefix("--") if b[0] == "-" else b[5:]
        if len(a) != 5 or len(b) != 5:
            return None
    length = min(len(a), len(b))
    return a[:length], b[:length]


def holds(sign: str, a: Any, b: Any) -> bool:
    return {"==": a == b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]


def atom(path: str, field: Field, chance: random.Random) -> Question:
    """A question about one path."""
    kind = kinds.of(field, "").kind
    way = chance.randrange(4)
    if way == 0:
        return Question(path, lambda record: any(bool(value) for value in values(record, path)))
    if way == 1:
        return Question(f"{path} == none", lambda record: not values(record, path))
    if field.choices:
        choice = chance.choice(field.choices)
        # Some synonyms are those of two values, and then the label is typed.
        typed = quoted(chance.choice([choice.value, *choice.labels.values()]))
        form = chance.choice(["{path} == {typed}", "{typed} in {path}", "{path} in [{typed}]", "{typed} == {path}"])
        return Question(form.format(path=path, typed=typed), lambda record: choice.value in values(record, path))
    if kind == "truth":
        wanted = chance.random() < 0.5
        return Question(f"{path} == {str(wanted).lower()}", lambda record: wanted in values(record, path))
    sign = chance.choice(["==", "<", "<=", ">", ">="])
    if kind in ("date", "partial"):
        return dated(path, kind, sign, chance)
    if kind == "number":
        typed, number = chance.choice([("3", 3), ("'5万'", 50_000), ("1000.5", Decimal("1000.5")), ("0", 0)])
        return Question(
            f"{path} {sign} {typed}",
            lambda record: any(holds(sign, Decimal(str(value)), number) for value in values(record, path)),
        )
    return worded(path, field, sign, chance)


def dated(path: str, kind: str, sign: str, chance: random.Random) -> Question:
    ways: list[tuple[str, object]] = [
        ("today", stores.TODAY),
        ("today - 30", stores.TODAY - timedelta(days=30)),
        ("'2026-11'", "2026-11"),
        ("'-3d'", stores.TODAY - timedelta(days=3)),
        ("'2026-05-01'", date(2026, 5, 1)),
        ("2010", "2010"),
    ]
    ways += [("'--05-01'", "--05-01"), ("'1990-05'", "1990-05")] if kind == "partial" else []
    typed, wanted = chance.choice(ways)

    def answer(record: Record) -> bool:
        pairs = (same_length(value, wanted) for value in values(record, path) if value is not True)
        return any(pair is not None and holds(sign, *pair) for pair in pairs)

    return Question(f"{path} {sign} {typed}", answer)


def worded(path: str, field: Field, sign: str, chance: random.Random) -> Question:
    if field.mark("x-handle"):
        return Question(f"{path} == '李雷'", lambda record: "lilei" in values(record, path))
    if field.definition == "currency":
        typed, code = chance.choice([("CNY", "CNY"), ("人民币", "CNY"), ("usd", "USD")])
        return Question(f"{path} == '{typed}'", lambda record: code in values(record, path))
    text = chance.choice(TEXTS)
    if chance.random() < 0.5:
        # A customer is equal to the ids of the records that were merged into it, too.
        paths = (path, "merged_from") if (field.path, sign) == ("id", "==") else (path,)
        return Question(
            f"{path} {sign} {quoted(text)}",
            lambda record: any(holds(sign, value, text) for each in paths for value in values(record, each)),
        )
    if field.path.endswith("[]"):
        return Question(
            f"{quoted(text)} in {path}",
            lambda record: folded(text) in [folded(value) for value in values(record, path)],
        )
    return Question(
        f"{quoted(text)} in {path}",
        lambda record: any(folded(text) in folded(value) for value in values(record, path)),
    )


def lists(above: Field) -> list[Field]:
    return [field for field in above.children if field.kind == "list" and field.item and field.item.kind == "map"]


def question(above: Field, chance: random.Random, depth: int) -> Question:
    """A question of several parts."""
    way = chance.randrange(7) if depth else 0
    if way in (1, 2):
        one, other = question(above, chance, depth - 1), question(above, chance, depth - 1)
        if way == 1:
            return Question(
                f"({one.text}) and ({other.text})", lambda member: one.answer(member) and other.answer(member)
            )
        return Question(f"({one.text}) or ({other.text})", lambda record: one.answer(record) or other.answer(record))
    if way == 3:
        part = question(above, chance, depth - 1)
        return Question(f"not ({part.text})", lambda record: not part.answer(record))
    if way == 4 and lists(above):
        return over_items(chance.choice(lists(above)), chance, depth)
    path, field = chance.choice(leaves(above))
    if way == 5 and any(path.startswith(f"{member.key}.") for member in lists(above)):
        count = chance.randrange(3)
        return Question(f"count({path}) > {count}", lambda record: len(values(record, path)) > count)
    if way == 6:
        part = atom(path, field, chance)
        if part.text.startswith(f"{path} == ") and "none" not in part.text:
            opposite = part.text.replace(" == ", " != ", 1)
            return Question(opposite, lambda record: not part.answer(record))
        if part.text.endswith(f" in {path}"):
            opposite = f"{part.text.removesuffix(f' in {path}')} not in {path}"
            return Question(opposite, lambda record: not part.answer(record))
    return atom(path, field, chance)


def over_items(field: Field, chance: random.Random, depth: int) -> Question:
    assert field.item is not None
    part = question(field.item, chance, depth - 1)
    kind = chance.choice(["any", "all", "count"])

    def items(record: Record) -> list[bool]:
        return [part.answer(each) for each in record.get(field.key, [])]

    if kind == "any":
        return Question(f"any({field.key}, {part.text})", lambda record: any(items(record)))
    if kind == "all":
        return Question(f"all({field.key}, {part.text})", lambda record: all(items(record)))
    return Question(f"count({field.key}, {part.text}) == 1", lambda record: sum(items(record)) == 1)


PATHS = leaves(SCHEMA.root)


@pytest.mark.parametrize("path", [path for path, _field in PATHS])
def test_every_path_of_the_schema_is_answered_as_by_a_second_evaluator(path: str) -> None:
    chance = random.Random(path)
    field = dict(PATHS)[path]
    records = [some_record(SCHEMA.root, chance) for _ in range(12)]
    for _ in range(12):
        asked = atom(path, field, chance)
        compiled = query_filter.compiled(asked.text, TERMS)
        assert [compiled.matches(record) for record in records] == [asked.answer(record) for record in records], (
            asked.text
        )


@pytest.mark.parametrize("seed", range(40))
def test_random_questions_are_answered_as_by_a_second_evaluator(seed: int) -> None:
    compare(seed, 20)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000, 1020))
def test_many_random_questions_are_answered_as_by_a_second_evaluator(seed: int) -> None:
    compare(seed, 1000)


def compare(seed: int, count: int) -> None:
    chance = random.Random(seed)
    records = [some_record(SCHEMA.root, chance) for _ in range(8)]
    for _ in range(count):
        asked = question(SCHEMA.root, chance, depth=3)
        if len(asked.text) > 2000:
            continue
        compiled = query_filter.compiled(asked.text, TERMS)
        assert [compiled.matches(record) for record in records] == [asked.answer(record) for record in records], (
            asked.text
        )


PIECES = [
    piece
    for line in (
        "status contacts contacts.role interactions.summary tags open_value last_contact custom.x 'x' 'vip' 3 1.5",
        "true none today == != < >= in not and or + - * / % ( ) [ ] , . |length |sum |first |join |default(1) ** ~",
        "|map(attribute='name') |selectattr('role','eq','user') any(contacts, count( max( all(cases, [0] is if else",
        ".get('x') .startswith('a') { } : \\ “ \0 状态 逾期 cooperation needs.budget.min company.founded",
    )
    for piece in line.split(" ")
]


def fuzz(seed: int, count: int) -> None:
    chance = random.Random(seed)
    records = [some_record(SCHEMA.root, chance) for _ in range(4)]
    for _ in range(count):
        text = " ".join(chance.choice(PIECES) for _ in range(chance.randint(1, 9)))
        try:
            compiled = query_filter.compiled(text, TERMS)
            answers: set[bool | str] = {compiled.matches(record) for record in records}
        except CrmError as error:
            answers = {error.problem.rule}
        assert answers <= {True, False, "expression"}, text


@pytest.mark.parametrize("seed", range(4))
def test_no_text_whatever_ends_in_a_traceback(seed: int) -> None:
    fuzz(seed, 250)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 110))
def test_no_text_of_very_many_ends_in_a_traceback(seed: int) -> None:
    fuzz(seed, 10_000)
