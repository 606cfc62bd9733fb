"""Who was in a disclosure: by id, by an expression at a commit, and what is said if that can't be read any more."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.figures.rules import NAMES
from crmtext.layout import DISCLOSURES
from crmtext.protection import selection
from crmtext.protection.disclosures import Disclosure, register
from crmtext.protection.selection import Past, Selection, Undecided, expression, selected
from crmtext.query import listing
from crmtext.query.listing import Query
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

TEAM = stores.TEAM.replace('"never"', '"auto"')
ASKED = ("--with-sensitive", "--recipient", "bank", "--purpose", "audit")
TALK = "interactions: [{date: 2026-11-01, by: lilei, channel: phone, summary: s}]\n"
FOUR = stores.snapshot(
    stores.record("001", tags="[VIP]", status="active"),
    stores.record("002", status="lead", owner="hanmei"),
    stores.record("003", status="lost", more=TALK),
    stores.record("004", type="person", status="paused"),
)  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        Query(), Query(owner=("lilei",)), Query(owner=("lilei", "hanmei"), status=("lead", "active")), Query(stale=10),
        Query(stale=0), Query(tag=("vip",)), Query(tag=("vip", "x")), Query(type=("person",), view="status != 'lead'"),
        Query(where="open_cases == 0 or overdue", view="'VIP' in tags or status == 'lost'", owner=("lilei",)),
    ],
)  # fmt: skip
def test_an_expression_holds_for_the_customers_of_its_query(query: Query) -> None:
    by_query, by_text = (
        [row.customer.id for row in listing.rows(FOUR, one._replace(sort="id"), NAMES)]
        for one in (query, Query(where=expression(query)))
    )
    assert by_text == by_query


@pytest.mark.parametrize(
    ("where", "is_kept"),
    [
        ("status == 'lead' and owner in ['lilei', '韩梅']", True),
        ("days_since_contact > 3 or created < '2026-01-01'", True),
        ("any(interactions, channel == 'phone')", True), ("'VIP' in tags", True), ("opportunities.amount > 5", True),
        ("name != '张三'", False), ("'张三' in contacts.name", False), ("'张三' in interactions.summary", False),
        ("any(contacts, phones != '13800138000')", False), ("notes != 'x'", False),
        ("contacts.birthday < '2000'", False),
        ("custom.x != 1", False), ("next_action != '张三'", False),
    ],
)  # fmt: skip
def test_only_an_expression_that_quotes_no_personal_value_is_stored(
    monkeypatch: pytest.MonkeyPatch, where: str, is_kept: bool
) -> None:
    monkeypatch.setattr(selection, "MOST_IDS", 0)
    ids = [row.customer.id for row in listing.rows(FOUR, Query(where=where), NAMES)] or ["C20240501001"]
    chosen = selected(FOUR, ids[1:], Query(where=where), ids[:1])
    if is_kept and len(ids) > 1:
        assert chosen == Selection(None, f"({where})", (ids[0],))
    else:
        assert chosen == Selection(tuple(ids[1:]))


def test_customers_that_an_expression_does_not_choose_exactly_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MOST_IDS", 1)
    assert selected(FOUR, ["C20240501001"], Query()) == Selection(("C20240501001",))
    assert selected(FOUR, ["C20240501001", "C20240501002"], Query()).customers == ("C20240501001", "C20240501002")
    four = [customer.id for customer in FOUR.customers]
    assert selected(FOUR, four, Query()) == Selection(None, "id")


def made(folder: Path, count: int) -> Repo:
    """A repository with this number of customers: lilei's, and a tenth of hanmei."""
    records = (
        stores.record(f"{n:05}", f"客户{n:05}", owner="lilei" if n % 10 else "hanmei") for n in range(1, count + 1)
    )
    root = stores.made(folder, *records, team=TEAM)
    repo = Repo(root)
    repo.git("init", "-q", "-b", "main")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "all")
    return repo


@pytest.mark.parametrize("count", [1_200, pytest.param(12_000, marks=pytest.mark.long)])
def test_a_request_of_one_of_many_exported_customers_lists_the_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    repo = made(tmp_path / "store", count)
    program = stores.Program(capsys, repo.path)
    assert program("export", "--owner", "lilei", *ASKED, "-o", str(tmp_path / "out.json")).code == 0
    [one] = register(Store(repo.path)).disclosures
    assert (one.customers, one.where) == (None, "owner in ['lilei']")
    # What happens later changes nothing.
    assert program("set", "C2024050100007", "owner=hanmei").code == 0
    assert program("set", "C2024050100010", "owner=lilei").code == 0
    assert program("rename", "C2024050100008", "--id", "C2024050199999").code == 0
    assert program("rm", "C2024050100009", "--force").code == 0
    for typed, number in (("C2024050100007", 1), ("C2024050100010", 0), ("C2024050199999", 1), ("C2024050100009", 1)):
        said = program("disclosures", typed, "--format", "json")
        assert (said.code, [entry["file"] for entry in said.data["disclosures"]]) == (0, [one.path] * number)


def test_a_lost_commit_is_never_answered_with_none(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"""\
date: 2026-11-20
by: lilei
what: outside-export
to: bank
purpose: audit
where: owner == 'lilei'
fields:
  - name
commit: {"ab" * 20}
"""
    path = f"{DISCLOSURES}/2026-11-20-lilei-3f2a.yaml"
    repo.commit({"crmtext.toml": TEAM, stores.path(): stores.record(), path: text})
    said = stores.Program(capsys, repo.path)("disclosures", "C20240501001", "--format", "json")
    reason = f"unknown commit '{'ab' * 20}'"
    assert (said.code, said.data["disclosures"][0]["undecided"]) == (1, reason)
    assert said.err == (
        f"1 disclosure may include the customer: what it was made from can't be read any more\n  {path}: {reason}\n"
    )


def test_a_record_that_had_errors_is_undecided(repo: Repo) -> None:
    commit = repo.commit({"crmtext.toml": TEAM, stores.path(): stores.record(status="nonsense")})
    one = Disclosure(date(2026, 11, 20), "lilei", "mirror", "a", "b", where="id", commit=commit)
    assert Past(Store(repo.path)).includes(one, {"C20240501001"}) == Undecided(
        f"the record has errors in commit {commit[:8]}"
    )
    assert Past(Store(repo.path)).includes(one, {"C20240501002"}) is False


def test_the_day_of_the_export_counts(repo: Repo) -> None:
    commit = repo.commit({"crmtext.toml": TEAM, stores.path(): stores.record(more=TALK)})
    one = Disclosure(date(2026, 11, 5), "lilei", "mirror", "a", "b", where="days_since_contact == 4", commit=commit)
    past = Past(Store(repo.path))
    assert past.includes(one, {"C20240501001"}) is True
    assert past.includes(one._replace(as_of=date(2026, 11, 6)), {"C20240501001"}) is False
    assert past.includes(one._replace(left_out=("C20240501001",)), {"C20240501001"}) is False
