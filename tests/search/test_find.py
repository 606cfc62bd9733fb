"""What a search finds, in which order, and what it shows."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
import random_stores
import stores
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmtext.figures.rules import NAMES
from crmtext.index import lookup
from crmtext.problem import CrmError
from crmtext.query import listing
from crmtext.search import answer, find, texts
from crmtext.search.entries import Kind, Reader
from crmtext.search.excerpt import excerpt
from crmtext.search.query import Query, query
from crmtext.store import Store
from crmtext.values.folding import searchable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repos import Repo

    from crmtext.search.entries import Entry
    from crmtext.snapshot import Snapshot

WORDS = stores.record(
    "K7Q",
    "蘇州Müller冷链设备（中国）有限公司",
    """    title: 采购经理
    phones: ["+86 138-0013-8000", "021-6258 1234转8021", "+49 30 1234567"]
    emails: [Zhang@shili.example]
    birthday: 1990-05-01
  - name: 吕敏
interactions:
  - {date: 2026-05-01, by: hanmei, channel: wechat, summary: "客户要 ＭＱＴＴ 网关的报价，含 3 台 Cafe\u0301 样机"}
  - {date: 2026-06-01, by: lilei, channel: visit, summary: 看现场, next: {action: 寄樣品, due: 2026-06-05}}
""",
    short_name="苏州冷链",
    status="active",
    industry="C39",
    tags="[重点👍, 'a.b*(c)']",
    notes='"证件 11010519491231002X，订单 12"   # crmtext: not-a-card 假的号码',
    billing="{bank: 秘密路支行}",
    custom="{客户国家: 德国, 编号: 4711, 备注: [机密]}",
    cooperation="{since: 2024-01-01}",
)
OTHERS = (
    stores.record("002", "北京张三丰贸易有限公司", priority="key", notes="冷链").replace(
        "  - name: 张三\n", "  - name: 李四\n"
    ),
    stores.record("003", "冷链", "interactions:\n  - {date: 2026-05-01, by: lilei, channel: phone, summary: a}\n"),
    stores.record("004", "冷链物流", "interactions:\n  - {date: 2026-06-01, by: lilei, channel: phone, summary: a}\n"),
    stores.record("005", "冷链物流", priority="key"),
    stores.record("006", "南方冷链"),
    stores.record("007", "Acme Corp", status="lost", tags="[冷链]").replace("张三", "Zoë Łuk"),
)
SNAPSHOT = stores.snapshot(WORDS, *OTHERS)
READER = Reader.of(SNAPSHOT)
ASKED = (("示例",), ("甲",), ("jia",), ("yb",), ("老客户", "李雷"), ("K7Q",), ("001",), ("8000",), ("zs",), ("lost",))


def results(*typed: str, field: str = "", where: str = "", snapshot: Snapshot = SNAPSHOT) -> find.Result:
    checked = listing.check(listing.Query(where=where), listing.terms(snapshot, NAMES))
    return find.search(Store(stores.ROOT), snapshot, query(typed, field), checked, None)


def best(*typed: str, field: str = "") -> list[tuple[str, str, str, int]]:
    """Number, field, excerpt and score of each customer's best hit."""
    return [(one.customer.id[9:], *one.hits[0]) for one in results(*typed, field=field).matches]


def hit_scores(asked: Query, entries: Sequence[Entry]) -> list[int]:
    """The score of each value, in the order of the values."""
    whole, numbers = (
        texts.text(entries),
        [[one.path for one in entries[:at]].count(entries[at].path) for at in range(len(entries))],
    )
    return [asked.hit(texts.of_entry(one, number, whole)) for one, number in zip(entries, numbers, strict=True)]


def test_the_customers_of_the_test_are_valid() -> None:
    assert len(SNAPSHOT.customers) == 7


def test_names_come_before_other_fields_then_priority_and_the_last_contact() -> None:
    assert best("冷链") == [
        ("003", "name", "冷链", 95),
        ("005", "name", "冷链物流", 90),
        ("004", "name", "冷链物流", 90),
        ("K7Q", "name", "蘇州Müller冷链设备（中国）有限公司", 80),
        ("006", "name", "南方冷链", 80),
        ("007", "tags[]", "冷链", 50),
        ("002", "notes", "冷链", 40),
    ]


@pytest.mark.parametrize(
    ("typed", "path", "excerpt", "score"),
    [
        ("C20240501K7Q", "id", "C20240501K7Q", 100),
        ("k7q", "id", "C20240501K7Q", 100),
        ("苏州冷链", "short_name", "苏州冷链", 95),
        ("蘇州冷鏈", "short_name", "苏州冷链", 95),
        ("苏州muller", "name", "蘇州Müller冷链设备（中国）有限公司", 90),
        ("MUELLER", "name", "蘇州Müller冷链设备（中国）有限公司", 80),
        ("设备中国", "name", "蘇州Müller冷链设备（中国）有限公司", 80),
        ("(中国)有限", "name", "蘇州Müller冷链设备（中国）有限公司", 80),
        ("吕", "contacts[].name", "吕敏", 75),
        ("8000", "contacts[].phones[]", "+86 138-0013-8000", 70),
        ("13800138000", "contacts[].phones[]", "+86 138-0013-8000", 70),
        ("+8613800138000", "contacts[].phones[]", "+86 138-0013-8000", 70),
        ("0086-138 0013 8000", "contacts[].phones[]", "+86 138-0013-8000", 70),
        ("62581234", "contacts[].phones[]", "021-6258 1234转8021", 70),
        ("021-62581234转8021", "contacts[].phones[]", "021-6258 1234转8021", 70),
        ("（021）62581234-8021", "contacts[].phones[]", "021-6258 1234转8021", 70),
        ("8021", "contacts[].phones[]", "021-6258 1234转8021", 70),
        ("030/1234567", "contacts[].phones[]", "+49 30 1234567", 70),
        ("zhang@SHILI", "contacts[].emails[]", "Zhang@shili.example", 70),
        ("suzhoulenglian", "short_name", "苏州冷链", 65),
        ("lüMin", "contacts[].name", "吕敏", 65),
        ("lvmin", "contacts[].name", "吕敏", 65),
        ("lyumin", "contacts[].name", "吕敏", 65),
        ("szll", "short_name", "苏州冷链", 60),
        ("lm", "contacts[].name", "吕敏", 60),
        ("重点", "tags[]", "重点👍", 50),
        ("👍", "tags[]", "重点👍", 50),
        ("a.b*(", "tags[]", "a.b*(c)", 50),
        ("计算机、通信", "industry", "计算机、通信和其他电子设备制造业", 50),
        ("c39", "industry", "C39", 50),
        ("合作中", "status", "合作中", 40),
        ("Wechat", "interactions[].channel", "WeChat", 40),
        ("微信", "interactions[].channel", "微信", 40),
        ("韩梅", "interactions[].by", "韩梅", 40),
        ("mqtt网关", "interactions[].summary", "客户要 ＭＱＴＴ 网关的报价，含 3 台 Cafe\u0301 样机", 40),
        ("CAFE", "interactions[].summary", "…户要 ＭＱＴＴ 网关的报价，含 3 台 Cafe\u0301 样机", 40),
        ("含3台", "interactions[].summary", "客户要 ＭＱＴＴ 网关的报价，含 3 台 Cafe\u0301 样机", 40),
        ("寄样品", "interactions[].next.action", "寄樣品", 40),
        ("德国", "custom.客户国家", "德国", 40),
        ("4711", "custom.编号", "4711", 40),
        ("C2024", "id", "C20240501K7Q", 40),
    ],
)
def test_a_word_is_found_in_every_form(typed: str, path: str, excerpt: str, score: int) -> None:
    hits = [one.hits[0] for one in results(*typed.split()).matches if one.customer.id.endswith("K7Q")]
    assert hits == [(path, excerpt, score)]


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "00105194912",
        "秘密路",
        "1990",
        "1380",
        "0013",
        "7000",
        ".*",
        "a.b*(d)",
        "uzhou",
        "%",
        "meller",
    ],
)
def test_secrets_dates_and_patterns_are_not_found(typed: str) -> None:
    assert [one.customer.id for one in results(typed).matches if one.customer.id.endswith("K7Q")] == []


def test_no_excerpt_shows_a_number_that_must_stay_secret() -> None:
    assert best("订单") == [("K7Q", "notes", "…******************，订单 12", 40)]


def test_all_words_must_be_in_one_record_anywhere() -> None:
    assert [one[0] for one in best("冷链", "报价")] == ["K7Q"]
    assert [one[0] for one in best("冷链 张三", "key")] == ["005", "002"]
    assert best("冷链", "没有") == []
    assert best("acme", "corp")[0] == ("007", "name", "Acme Corp", 95)
    assert best("zoe  luk") == [("007", "contacts[].name", "Zoë Łuk", 75)]


def test_a_field_may_be_given_and_an_expression() -> None:
    assert [one[:2] for one in best("冷链", field="tags")] == [("007", "tags[]")]
    assert [one[1] for one in best("张", field="contacts")] == ["contacts[].name"] * 5
    assert [one[1] for one in best("机密", field="custom")] == ["custom.备注[]"]
    assert [one[1] for one in best("机密", field="custom.备注")] == ["custom.备注[]"]
    assert best("德国", field="custom.备注") == best("lisi", field="name") == []
    assert [one.customer.id[9:] for one in results("冷链", where="priority == 'key'").matches] == ["005", "002"]


def test_each_hit_of_a_customer_is_known_best_first() -> None:
    hits = {one.customer.id[9:]: one.hits for one in results("冷链", "张三").matches}
    assert [(hit.path, hit.score) for hit in hits["002"]] == [("name", 80), ("notes", 40)]
    assert [(hit.path, hit.score) for hit in hits["004"]] == [("name", 90), ("contacts[].name", 75)]


def test_similar_names_are_a_hint_if_nothing_matches() -> None:
    assert results("北京张三风贸易").meant == "did you mean 北京张三丰贸易有限公司 (C20240501002)?"
    assert results("北京张三风贸易", field="name").meant == ""


@settings(max_examples=40)
@given(st.data())
def test_any_part_of_a_value_is_found_with_the_score_of_the_record(data: st.DataObject) -> None:
    customer = data.draw(st.sampled_from(SNAPSHOT.customers))
    entries = READER.entries(customer.data)
    entry = data.draw(st.sampled_from([entry for entry in entries if entry.kind is not Kind.PHONE]))
    form = data.draw(st.sampled_from(entry.forms))
    start = data.draw(st.integers(0, len(form) - 1))
    part = form[start : data.draw(st.integers(start + 1, len(form)))]
    if not "".join(searchable(part.split())):
        return
    asked = query((part,))
    score = asked.score(texts.text(entries))
    assert score == max(hit_scores(asked, entries)) >= 40
    assert any(excerpt(entry, asked).strip("…") in " ".join(one.split()) for one in entry.forms)


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
@example(["\0", "冷链\x1d"])
@example(["\ud800冷链"])
@example(["x" * 100_000])
@example(["-" * 100, "1" * 5_000])
@example(["冷 " * 2_000])
def test_whatever_is_typed_is_answered(typed: list[str]) -> None:
    try:
        asked = query(typed)
    except CrmError as error:
        assert error.problem.rule == "no-text"  # noqa: PT017 - most texts are words
        return
    for customer in SNAPSHOT.customers:
        entries = READER.entries(customer.data)
        assert asked.score(texts.text(entries)) in (0, max(hit_scores(asked, entries)))


def test_a_long_field_is_searched_to_its_end() -> None:
    snapshot = stores.snapshot(stores.record("001", "甲", notes=f"{'长 é ' * 20_000}结尾"))
    assert results("结尾", snapshot=snapshot).matches[0].hits == (("notes", "…" + "长 é " * 5 + "结尾", 40),)


def test_the_index_gives_the_answers_of_the_records(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    random = Random(18)
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("900"): WORDS.replace("K7Q", "900")})
    store, asked = Store(repo.path), (*ASKED, ("没有", "甲"), ("甲乙丙",))
    ways = (("", "", 2), ("owner == 'lilei'", "", None), ("", "aliases", None), ("", "", None))
    for turn in range(3):
        for _edit in range(4):
            random_stores.edit(random, repo.path)
        cold = store.worktree()
        for number, words in enumerate(asked):
            where, field, limit = ways[(turn + number) % len(ways)]
            wanted = query(words, field)
            checked = listing.check(listing.Query(where=where), listing.terms(SNAPSHOT, NAMES))
            both = [find.search(store, then, wanted, checked, limit) for then in (None, cold)]
            assert both[0].total == both[1].total
            assert answer.table(both[0], wanted, every=True) == answer.table(both[1], wanted, every=True)
        lists = [find.listed(store, then, {}, query(asked[turn])) for then in (None, cold)]
        assert [one.id for one in lists[0].customers] == [one.id for one in lists[1].customers]
        assert (lists[0].checked, lists[0].left_out) == (lists[1].checked, lists[1].left_out)


def test_the_terminal_and_json_show_hits(program: stores.Program) -> None:
    program.folder.joinpath("records/broken.yaml").write_text("id: [\n")
    result = program("search", "冷链", "--limit", "2")
    assert (result.code, result.out, result.err) == (
        0,
        """\
Customer id   Name      Field  Excerpt   More hits
C20240501003  冷链      Name   冷链
C20240501005  冷链物流  Name   冷链物流
""",
        "and 5 more customers; to see all: --limit 7\n1 record with errors not searched; see: crmtext check\n",
    )
    assert program("--lang", "zh", "search", "冷鏈", "設備", "--all").out == (
        "客户编号      客户名称  字段      内容\n"
        "C20240501K7Q  苏州冷链  客户名称  蘇州Müller冷链设备（中国）有限公司\n"
        "C20240501K7Q  苏州冷链  简称      苏州冷链\n"
        "C20240501K7Q  苏州冷链  所属行业  计算机、通信和其他电子设备制造业\n"
    )
    assert program("search", "8000", "--format", "json").data == {
        "schema": 1,
        "query": "8000",
        "hits": [
            {
                "id": "C20240501K7Q",
                "name": "蘇州Müller冷链设备（中国）有限公司",
                "field": "contacts.phones",
                "excerpt": "+86 138-0013-8000",
                "score": 70,
                "more": 0,
            }
        ],
        "left_out": 1,
    }
    assert program("search", "张三疯").err.startswith("no customer matches\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("  ",), "error: no text to search for [no-text]\n  = for example: crmtext search 冷链\n"),
        (
            ("冷链", "--in", "contact"),
            "error: unknown field 'contact' [unknown-field]\n  = choose one: interactions.contact, consents.contact\n",
        ),
        (
            ("冷链", "--in", "逾期"),
            "error: '逾期' is computed and not in the records [unknown-field]\n  = filter by it: --where\n",
        ),
        (
            ("1990", "--in", "contacts.birthday"),
            "error: 'contacts.birthday' is sensitive and never searched [unknown-field]\n",
        ),
        (
            ("2026", "--in", "interactions.date"),
            (
                "error: 'interactions.date' is not text; only text is searched [unknown-field]\n"
                "  = filter by it: --where\n"
            ),
        ),
    ],
)
def test_a_wrong_search_is_an_error(program: stores.Program, arguments: tuple[str, ...], message: str) -> None:
    result = program("search", *arguments)
    assert (result.code, result.out, result.err) == (2, "", message)


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path, WORDS, *OTHERS))
