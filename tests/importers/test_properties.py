"""What holds for any import: headers, order of files and rows, the fate of every row, and a second time."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_runs import new_store

from crmtext.importers.findings import RowRef
from crmtext.importers.options import Options, ReadOptions
from crmtext.importers.run import run
from crmtext.problem import CrmError, Exit
from crmtext.record.change.write import WriteOptions
from crmtext.schema import Schema
from crmtext.store import Store

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from crmtext.importers.plan.result import Plan

DEFAULTS = (("owner", "lilei"), ("status", "lead"), ("type", "company"), ("cooperation.since", "2026-01-01"))
DRY = WriteOptions(dry_run=True)
#: Numbers of folders and files of the examples.
NUMBERS = count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty store in it; examples leave it as it is."""
    where = tmp_path_factory.mktemp("import")
    new_store(where / "store")
    return where


def planned(folder: Path, files: dict[str, bytes], names: list[str] | None = None, **options: Any) -> Plan:
    """The plan of importing these files, in the order of the names."""
    place = folder / str(next(NUMBERS))
    place.mkdir()
    for name, data in files.items():
        (place / name).write_bytes(data)
    sources = tuple(str(place / name) for name in names or files)
    try:
        given_ = Options(sources, ReadOptions(), defaults=DEFAULTS, **options)
        return run(Store(folder / "store"), given_, DRY).plan
    finally:
        shutil.rmtree(place)


def table(*rows: tuple[object, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


WORDS = st.sampled_from(("甲木", "乙水", "丙火", "Ash", "Birch", "Cedar", "东", "West", "12", "#", "—"))
PHONES = st.integers(0, 10**8 - 1).map(lambda number: f"138{number:08}")


class Firm(NamedTuple):
    """A company with its people and deals."""

    name: str
    city: str
    phone: str
    people: tuple[tuple[str, str], ...]
    deals: tuple[tuple[str, int], ...]


def firms() -> st.SearchStrategy[list[Firm]]:
    """Companies whose names and phones differ, so that no two could be the same."""
    people = st.lists(st.tuples(st.sampled_from(("张伟", "王芳", "Ann Reed", "Bob Hall")), PHONES), max_size=3,
                      unique_by=(lambda person: person[0], lambda person: person[1]))  # fmt: skip
    deals = st.lists(st.tuples(st.sampled_from(("泵", "阀", "Pump", "Valve")), st.integers(1, 10**6)), max_size=2,
                     unique_by=lambda deal: deal[0])  # fmt: skip
    one = st.builds(
        Firm,
        st.sampled_from(
            (
                "苏州甲木机械有限公司",
                "上海乙水软件有限公司",
                "北京丙火食品有限公司",
                "Ash Pumps Ltd",
                "Birch Lamps GmbH",
            )
        ),
        st.sampled_from(("苏州市", "上海市", "Tallinn", "")),
        PHONES,
        people.map(tuple),
        deals.map(tuple),
    )
    return st.lists(one, min_size=1, max_size=5, unique_by=(lambda firm: firm.name, lambda firm: firm.phone))


def files_of(all_: list[Firm], shuffle: random.Random | None = None) -> dict[str, bytes]:
    """The companies as three sheets that name each other; rows may be shuffled."""
    sheets: dict[str, list[tuple[object, ...]]] = {
        "客户.csv": [(firm.name, firm.phone, firm.city, "2026-03-04") for firm in all_],
        "联系人.csv": [(firm.name, name, phone) for firm in all_ for name, phone in firm.people],
        "商机.csv": [(firm.name, title, "谈判", amount) for firm in all_ for title, amount in firm.deals],
    }
    heads = {
        "客户.csv": ("客户名称", "电话", "城市", "创建时间"),
        "联系人.csv": ("客户名称", "姓名", "手机"),
        "商机.csv": ("客户名称", "商机名称", "阶段", "金额"),
    }
    for rows in sheets.values():
        if shuffle:
            shuffle.shuffle(rows)
    return {name: table(heads[name], *rows) for name, rows in sheets.items() if rows}


def records(plan: Plan) -> dict[str, str]:
    """The records of a plan as text, by path."""
    return {draft.path: draft.after.text for draft in plan.drafts if draft.after}


def unordered(value: Any) -> Any:
    """A value whose lists have no order."""
    if isinstance(value, dict):
        return {key: unordered(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(
            map(unordered, value), key=lambda one: json.dumps(one, ensure_ascii=False, sort_keys=True, default=str)
        )
    return value


def data(plan: Plan) -> dict[str, Any]:
    return {draft.path: unordered(draft.after.data) for draft in plan.drafts if draft.after}


NOTICE = "请先填写客户名称、联系人和电话，再交给负责人"
TITLES = st.lists(
    st.one_of(
        st.just(("某公司 2026 年客户信息表",)),
        st.just(("Customers of 2026", "", "", "as of 2026-11-20")),
        st.just((NOTICE,)),
        st.just(("", NOTICE, "", "2026-11-20")),
        st.tuples(WORDS),
        st.tuples(st.just(""), WORDS, st.just("")),
        st.just(("制表人：李雷", "", "13800000001", "lilei@example.com")),
        st.just(()),
    ),
    max_size=8,
)


@settings(max_examples=25)
@given(TITLES, firms())
def test_the_header_is_found_under_titles(folder: Path, titles: list[tuple[str, ...]], all_: list[Firm]) -> None:
    rows = [(firm.name, firm.phone, firm.city) for firm in all_]
    plan = planned(folder, {"a.csv": table(*titles, ("客户名称*", "电话（必填）", "城市"), *rows)})
    [one] = plan.understanding.tables
    assert (one.header_row, [column.name for column in one.columns]) == (
        len(titles) + 1, ["客户名称", "电话", "城市"]
    )  # fmt: skip
    assert {record["name"] for record in data(plan).values()} == {firm.name for firm in all_}


@settings(max_examples=15)
@given(firms(), st.permutations(["客户.csv", "联系人.csv", "商机.csv", "更多.csv", "跟进.csv"]))
def test_the_order_of_files_gives_the_same_bytes(folder: Path, all_: list[Firm], names: list[str]) -> None:
    more = [(firm.name, all_[0].city, "下周", "2026-02-03") for firm in all_[::2]]
    talks = [(firm.name, "谈了价格") for firm in (*all_, *all_[:1])]
    files = {
        **files_of(all_),
        # Another sheet of the same companies, which says other things about some of them.
        "更多.csv": table(
            ("客户名称", "城市", "下次跟进时间", "合作开始日期"), *more, ("丁土五金有限公司", "", "", "")
        ),
        "跟进.csv": table(("客户名称", "跟进内容"), *talks),
    }
    plan = planned(folder, files)
    assert plan.is_ready
    assert records(planned(folder, files, [name for name in names if name in files])) == records(plan)


@settings(max_examples=15)
@given(firms(), st.randoms(use_true_random=False))
def test_the_order_of_rows_gives_the_same_records(folder: Path, all_: list[Firm], shuffle: random.Random) -> None:
    plan = planned(folder, files_of(all_))
    again = planned(folder, files_of(all_, shuffle))
    assert (data(again), again.is_ready) == (data(plan), True)
    assert len(plan.customers) == len(all_)


def damaged(text: str, chance: random.Random) -> bytes:
    """A text file with some of its bytes, cells or lines changed, doubled, moved or gone."""
    for _change in range(chance.randint(1, 6)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        cells = lines[at].split(",")
        place = chance.randrange(len(cells))
        odd = (
            "",
            "-",
            "1.38E+10",
            "下周",
            "=1+1",
            "\u202ex",
            "a,b",
            '"',
            "待确认",
            "0",
            "99999999999999999999",
            "no",
            "2026-13-45",
        )
        kind = chance.randrange(6)
        if kind == 0:
            cells[place] = chance.choice(odd)
        elif kind == 1:
            cells.insert(place, chance.choice(odd))
        elif kind == 2:
            del cells[place]
        lines[at] = ",".join(cells)
        if kind == 3:
            lines.insert(chance.randrange(len(lines)), lines[at])
        elif kind == 4 and len(lines) > 1:
            del lines[at]
        text = "\n".join(lines)
        if kind == 5 and text:
            spot = chance.randrange(len(text))
            text = text[:spot] + chance.choice(("x", "\t", ";", "", "客户名称", "\r", "\x01")) + text[spot + 1 :]
    return text.encode()


def assert_no_row_is_lost(plan: Plan) -> None:
    fates = plan.fates
    assert fates is not None
    rows = {RowRef(one.file, row.number) for one in plan.understanding.tables for row in one.rows}
    rows |= {RowRef(one.file, row.row) for one in plan.understanding.tables for row in one.left_out}
    assert frozenset().union(*fates) == rows
    assert sum(map(len, fates)) == len(rows)
    assert fates.counts.read == len(rows)


@settings(max_examples=40)
@given(firms(), st.randoms(use_true_random=False))
def test_no_row_of_damaged_files_is_lost(folder: Path, all_: list[Firm], chance: random.Random) -> None:
    files = {name: damaged(content.decode().replace("\r\n", "\n"), chance) for name, content in files_of(all_).items()}
    with contextlib.suppress(CrmError):
        assert_no_row_is_lost(planned(folder, files, partial=chance.random() < 0.5))


@settings(max_examples=6)
@given(firms(), st.dates(date(2026, 1, 1), date(2026, 6, 1)))
def test_the_same_import_again_changes_nothing(folder: Path, all_: list[Firm], day: date) -> None:
    store = folder / f"store-{next(NUMBERS)}"
    shutil.copytree(folder / "store", store)
    files = files_of(all_)
    due = day + timedelta(days=9000)
    talks = [(firm.name, day, "谈了价格", due if at % 2 else "下周") for at, firm in enumerate(all_)]
    files["跟进.csv"] = table(("客户名称", "跟进时间", "跟进内容", "下次跟进时间"), *talks)
    paths = []
    for name, content in files.items():
        (store.parent / f"{store.name}-{name}").write_bytes(content)
        paths.append(str(store.parent / f"{store.name}-{name}"))
    options = Options(tuple(paths), defaults=DEFAULTS)
    first = run(Store(store), options, WriteOptions(commit=False))
    assert (first.exit, first.plan.count("new")) == (Exit.FINE, len(all_))
    written = {path: path.read_bytes() for path in (store / "records").iterdir()}
    again = run(Store(store), options, WriteOptions(commit=False))
    assert (again.exit, again.plan.count("new"), again.plan.count("changed")) == (Exit.FINE, 0, 0)
    assert {same.id for same in again.plan.same} == {
        path.name.partition("-")[0].removesuffix(".yaml") for path in written
    }
    assert {path: path.read_bytes() for path in (store / "records").iterdir()} == written
    assert_no_row_is_lost(again.plan)


FIELDS = tuple(Schema.shipped().by_path.values())
KEYS = st.sampled_from(sorted({field.key for field in FIELDS if field.key} | {"x", "__proto__", "a.b"}))
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 10**20), st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(("", "x", "lilei", "2026-03-04", "lead", "13800000001", "110101199003078515")),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=20)
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), min_size=1, max_size=3))
def test_any_values_in_our_own_form_end_in_a_plan(folder: Path, values: list[dict[str, Any]]) -> None:
    ours = {"name": "Ash Ltd", "type": "company", "status": "lead", "owner": "lilei"}
    letters = ("ABCDE", "FGHJK", "MNPQR")
    own = [{**ours, **more, "id": f"C20260102{letters[at]}"} for at, more in enumerate(values)]
    with contextlib.suppress(CrmError):
        assert_no_row_is_lost(planned(folder, {"own.json": json.dumps(own).encode()}))
    with contextlib.suppress(CrmError):
        assert_no_row_is_lost(planned(folder, {"flat.json": json.dumps(values).encode()}))
