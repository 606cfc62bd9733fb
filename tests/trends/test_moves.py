"""Opportunities and statuses followed through real commits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from crmtext.figures.stages import Moves, StatusMove, idle, status_moves
from crmtext.index import lookup
from crmtext.store import Store
from crmtext.trends.moves import moves

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

SETTINGS = '[store]\ntimezone = "Asia/Shanghai"\n'
A, B = "C20260101AAAA", "C20260101AAAB"


def file(id_: str) -> str:
    return f"records/{id_}.yaml"


def record(id_: str, *deals: str, status: str = "prospect", more: str = "") -> str:
    head = f"id: {id_}\nname: {id_}\ntype: company\nstatus: {status}\nowner: lilei\n{more}"
    lines = "".join(f"  - {{title: {deal}}}\n" for deal in deals)
    return head + (f"opportunities:\n{lines}" if lines else "")


@pytest.fixture
def at(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Commits on a day of 2026, shortly before midnight in the store's zone."""

    def commit(day: str, files: dict[str, str], *words: str) -> None:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2026-{day}T23:30:00+08:00")
        if words:
            repo.git(*words)
        repo.commit({"crmtext.toml": SETTINGS, "day.txt": day, **files})

    return commit


def followed(root: Path, monkeypatch: pytest.MonkeyPatch) -> Moves:
    """What was followed: the same with an empty index, a filled one, and without."""
    plain = moves(Store(root), Store(root).worktree())
    with monkeypatch.context() as patch:
        patch.setattr(lookup, "WORTHWHILE", 0)
        for _time in range(2):
            assert moves(Store(root), lookup.snapshot(Store(root))) == plain
        patch.setenv("CRMTEXT_QUICK", "off")
        assert moves(Store(root), Store(root).worktree()) == plain
    return plain


def of_deals(known: Moves) -> list[str]:
    """Each deal in a line: its title, its stages with the days, and whether it is gone."""
    lines = []
    for deal in known.deals:
        steps = (f"{one.value}@{one.day:%m-%d}" if one.day else one.value for one in deal.stages)
        lines.append(f"{deal.data['title']}: {' '.join(steps)} ({deal.changed:%m-%d}){'' if deal.present else ' gone'}")
    return lines


def test_stages_are_entered_on_the_days_of_commits(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the first commit no day is known; an error in between, a rename of the file and a merge change nothing."""
    at("01-10", {file(A): record(A, "Alt, stage: discovery")})
    at("02-01", {file(A): record(A, "Alt, stage: qualified", "Neu, stage: discovery")})
    at("02-11", {file(A): "nonsense: ["})
    repo.git("checkout", "-q", "-b", "side")
    at("02-20", {file(A): record(A, "Neu, stage: proposal", "Alt, stage: qualified")})
    repo.git("checkout", "-q", "main")
    at("03-03", {}, "merge", "-q", "--no-ff", "-m", "merge", "side")
    at("03-10", {}, "mv", file(A), f"records/{A}-neu.yaml")
    at("03-15", {f"records/{A}-neu.yaml": record(A, "Neu, stage: proposal, amount: 5")})
    known = followed(repo.path, monkeypatch)
    assert of_deals(known) == [
        "Alt: discovery qualified@02-01 (02-01) gone",
        "Neu: discovery@02-01 proposal@03-03 (03-15)",
    ]
    assert known.since == date(2026, 1, 10)


def test_a_deal_with_an_external_id_stays_one_deal(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = "external_ids: {crm: d1}"
    at("01-10", {file(A): record(A)})
    at("02-01", {file(A): record(A, f"Alt, stage: discovery, {crm}", "Zwei, stage: discovery")})
    at("03-01", {file(A): record(A, "Zwei neu, stage: won, closed: 2026-03-01", f"Neu, stage: proposal, {crm}")})
    assert of_deals(followed(repo.path, monkeypatch)) == [
        "Neu: discovery@02-01 proposal@03-01 (03-01)",
        "Zwei: discovery@02-01 (02-01) gone",
        "Zwei neu: won@03-01 (03-01)",
    ]


def test_deals_of_customers_that_were_merged_and_removed(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at("01-10", {file(A): record(A), file(B): record(B, "Eins, stage: discovery", status="lead")})
    merged = record(A, "Eins, stage: proposal", status="paused", more=f"merged_from: [{B}]\n")
    at("02-01", {file(A): merged}, "rm", "-q", file(B))
    known = followed(repo.path, monkeypatch)
    assert of_deals(known) == ["Eins: discovery proposal@02-01 (02-01)"]
    assert known.deals[0].customer == A
    assert [*status_moves(known)] == [StatusMove(A, "prospect", "paused", date(2026, 2, 1), None)]
    at("03-01", {}, "rm", "-q", file(A))
    assert of_deals(followed(repo.path, monkeypatch)) == ["Eins: discovery proposal@02-01 (02-01) gone"]


def test_history_that_was_rewritten_and_a_shallow_clone(
    repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at("01-10", {file(A): record(A, "Eins, stage: discovery")})
    at("02-01", {file(A): record(A, "Eins, stage: qualified")})
    at("03-01", {file(A): record(A, "Eins, stage: proposal")})
    assert of_deals(followed(repo.path, monkeypatch)) == ["Eins: discovery qualified@02-01 proposal@03-01 (03-01)"]
    repo.git("reset", "-q", "--hard", "HEAD~1")
    at("03-05", {file(A): record(A, "Eins, stage: negotiation")})
    assert of_deals(followed(repo.path, monkeypatch)) == ["Eins: discovery qualified@02-01 negotiation@03-05 (03-05)"]
    repo.git("clone", "-q", "--depth", "2", f"file://{repo.path}", f"{tmp_path / 'clone'}")
    clone = tmp_path / "clone"
    assert of_deals(followed(clone, monkeypatch)) == ["Eins: qualified negotiation@03-05 (03-05)"]
    Store(clone).git()
    repo.git("-C", str(clone), "fetch", "-q", "--unshallow")
    assert of_deals(followed(clone, monkeypatch)) == of_deals(followed(repo.path, monkeypatch))


def test_without_git_or_commits_nothing_is_known(repo: Repo, tmp_path: Path) -> None:
    for root in (tmp_path, repo.path):
        (root / "crmtext.toml").write_text(SETTINGS)
        assert moves(Store(root), Store(root).worktree()) == Moves()


def test_idle_deals(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a contact nor a committed change for 30 days, or for 1.5 times the median stay in the stage."""
    call = "interactions: [{date: 2026-10-25, by: lilei, channel: phone, summary: x}]\n"
    at("01-10", {"records/readme.txt": ""})
    at("02-01", {file(A): record(A, "Lang, stage: qualified")})
    at("03-13", {file(A): record(A, "Lang, stage: proposal")})
    at("10-21", {file(A): record(A, "Lang, stage: proposal", "Kurz, stage: discovery"), file(B): record(B)})
    at("09-01", {file(B): record(B, "Still, stage: qualified", "Ruhig, stage: discovery", more=call)})
    repo.write(file(A), record(A, "Lang, stage: proposal", "Kurz, stage: discovery", "Offen, stage: discovery"))
    store = Store(repo.path)
    present = store.worktree()
    rows = idle(present, followed(repo.path, monkeypatch), present.customers)
    assert [(row.data["title"], row.last, row.days, row.limit) for row in rows] == [
        ("Lang", date(2026, 3, 13), 252, 30),
        ("Kurz", date(2026, 10, 21), 30, 30),
    ]
    monkeypatch.setenv("CRMTEXT_TODAY", "2026-12-23")
    later = Store(repo.path).worktree()
    found = {row.data["title"]: (row.days, row.limit) for row in idle(later, moves(store, later), later.customers)}
    assert found == {"Lang": (285, 30), "Kurz": (63, 30), "Ruhig": (59, 30)}
    monkeypatch.setenv("CRMTEXT_TODAY", "2026-12-24")
    later = Store(repo.path).worktree()
    assert "Still" in {row.data["title"]: row.limit for row in idle(later, moves(store, later), later.customers)}
