"""`crmtext history` and `crmtext changes`: a store's past from real commits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from crmtext.cli.framework.group import crmtext
from crmtext.i18n import speaking
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from repos import Repo

from pasts import MOVED, PLAIN, SETTINGS, A, Past, call, events, run


@pytest.fixture
def past(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Past:
    return Past(repo, monkeypatch)


def test_removed_customer_is_found_by_id_with_who_was_in_charge_until_then(past: Past) -> None:
    past.commit("01-05", {MOVED: PLAIN, "crmtext.toml": SETTINGS})
    past.on("02-03", "韩梅")
    past.repo.git("rm", "-q", MOVED)
    past.repo.git("commit", "-qm", "gone")
    lines = run(past.repo, "history", "C20260101AAAA").splitlines()
    assert lines[0] == "甲公司 (C20260101AAAA)"
    assert lines[1] == "Owner: 李雷 2026-01-05 to 2026-02-03"
    assert lines[3].startswith("2026-02-03 韩梅 · gone (")
    assert lines[4] == "  removed"
    with pytest.raises(CrmError, match="no customer matches '甲公司'"):
        run(past.repo, "history", "甲公司")
    with pytest.raises(CrmError, match="no customer matches 'C20260101AAAB'"):
        run(past.repo, "history", "C20260101AAAB")


def test_customer_who_came_back_has_an_owner_again(past: Past) -> None:
    past.commit("01-05", {A: PLAIN, "crmtext.toml": SETTINGS})
    past.on("02-03")
    past.repo.git("rm", "-q", A)
    past.repo.git("commit", "-qm", "gone")
    past.commit("03-01", {A: PLAIN})
    assert run(past.repo, "history", "C20260101AAAA").splitlines()[1] == (
        "Owner: 李雷 2026-01-05 to 2026-02-03 → 李雷 since 2026-03-01"
    )


def test_who_changed_what_and_when(past: Past, repo: Repo) -> None:
    past.commit("01-05", {"crmtext.toml": SETTINGS, A: PLAIN})
    prospect = PLAIN.replace("lead", "prospect")
    past.commit("02-01", {A: prospect + "interactions:\n" + call("02-01")}, "won over\n\nCrm-Action: status", "韩梅")
    document = json.loads(run(repo, "history", "甲公司", "--format", "json"))
    assert [(e["date"], e["author"], e["subject"], e["action"], e["kind"]) for e in document["events"]] == [
        ("2026-02-01", "韩梅", "won over", "status", "changed"),
        ("2026-01-05", "李雷", "change", "", "added"),
    ]
    assert [(c["kind"], c["key"], c["before"]) for c in document["events"][0]["changes"]] == [
        ("changed", "status", "lead"),
        ("added", "interactions[2026-02-01 lilei phone]", None),
    ]


def test_renames_and_moved_folders_are_followed_there_and_back(past: Past, repo: Repo) -> None:
    past.commit("01-05", {"crmtext.toml": SETTINGS, A: PLAIN})
    past.move("01-06", A, MOVED)
    past.commit("01-07", {MOVED: PLAIN.replace("C39", "C40")})
    past.move("01-08", MOVED, A)
    past.commit("01-09", {A: PLAIN.replace("C39", "C41")})
    events = json.loads(run(repo, "history", "甲公司", "--format", "json"))["events"]
    assert [(e["date"][5:], e["kind"], e["path"]) for e in events] == [
        ("01-09", "changed", A),
        ("01-08", "renamed", A),
        ("01-07", "changed", MOVED),
        ("01-06", "renamed", MOVED),
        ("01-05", "added", A),
    ]
    assert [change["before"] for change in events[2]["changes"]] == ["C39"]


def test_a_merge_tells_only_what_it_decided_itself(past: Past, repo: Repo) -> None:
    past.commit("01-05", {"crmtext.toml": SETTINGS, A: PLAIN})
    repo.git("switch", "-qc", "side")
    past.commit("01-06", {A: PLAIN.replace("lead", "prospect")}, who="韩梅")
    repo.git("switch", "-q", "main")
    past.commit("01-07", {A: PLAIN.replace("C39", "C40")})
    past.on("01-08", "王芳")
    repo.git("merge", "-q", "--no-commit", "side", check=False)
    merged = PLAIN.replace("lead", "prospect").replace("C39", "C40")
    repo.commit({A: merged}, "merge")
    assert [(day[5:], who, keys) for day, who, keys in events(repo, "甲公司")][:2] == [
        ("01-07", "李雷", [("changed", "industry")]),
        ("01-06", "韩梅", [("changed", "status")]),
    ]
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("merge", "-q", "--no-commit", "side", check=False)
    repo.commit({A: merged.replace("甲公司", "乙公司")}, "merge")
    assert events(repo, "乙公司")[0] == ("2026-01-08", "王芳", [("changed", "name")])


def test_one_key_and_the_chain_of_owners(past: Past, repo: Repo) -> None:
    past.commit("01-05", {"crmtext.toml": SETTINGS, A: PLAIN})
    past.commit("03-01", {A: PLAIN.replace("lilei", "hanmei")})
    past.commit("03-02", {A: PLAIN.replace("lilei", "hanmei").replace("lead", "prospect")})
    assert run(repo, "history", "甲公司", "--field", "合作状态").startswith(
        "甲公司 (C20260101AAAA)\nOwner: 李雷 2026-01-05 to 2026-03-01 → 韩梅 since 2026-03-01\n\n"
        "2026-03-02 李雷 · change ("
    )
    assert [keys for _day, _who, keys in events(repo, "甲公司", "--field", "owner")] == [
        [("changed", "owner")],
        [("added", "owner")],
    ]
    assert len(events(repo, "甲公司", "--at", "2026-03-01")) == 2
    with pytest.raises(CrmError, match="unknown field 'nonsense'"):
        run(repo, "history", "甲公司", "--field", "nonsense")


def test_no_story_shows_a_sensitive_value(past: Past, repo: Repo) -> None:
    contact = "contacts:\n  - name: 张三\n    birthday: {}\n"
    past.commit("01-05", {"crmtext.toml": SETTINGS, A: PLAIN + contact.format("--05-12")})
    past.commit("01-06", {A: PLAIN + contact.format("--06-13")})
    for form in ("table", "markdown", "json"):
        shown = run(repo, "history", "甲公司", "--format", form)
        assert "05-12" not in shown
        assert "06-13" not in shown


@pytest.fixture
def busy(past: Past, repo: Repo) -> Repo:
    """A Monday after a week in which a customer came, one moved and changed hands, and people called."""
    other = PLAIN.replace("AAAA", "BBBB").replace("甲", "乙")
    past.commit("11-01", {"crmtext.toml": SETTINGS, A: PLAIN + "interactions:\n" + call("11-01")})
    talks = "interactions:\n" + call("11-01") + call("11-11", "hanmei") + call("11-12", "hanmei", "visit")
    past.commit("11-12", {A: PLAIN.replace("lead", "prospect").replace("lilei", "hanmei") + talks})
    new = {"records/C20260101BBBB.yaml": other + "interactions:\n" + call("11-13") + call("11-13", channel="note")}
    past.commit("11-13", new)
    return repo


def test_a_week_in_text(busy: Repo) -> None:
    assert run(busy, "changes", "--since", "2026-11-09") == (
        "2026-11-09 to 2026-11-20: 2 customers changed\n\n"
        "New customers (1)\n  乙公司 (C20260101BBBB): Lead · 李雷\n\n"
        "Status changes (1)\n  甲公司 (C20260101AAAA): Lead → Prospect · 韩梅\n\n"
        "Handovers (1)\n  甲公司 (C20260101AAAA): 李雷 → 韩梅\n\n"
        "Interactions (3)\n  韩梅: 2 interactions with 1 customer (Phone 1, Visit 1)\n"
        "  李雷: 1 interaction with 1 customer (Phone 1)\n"
    )


FOR: dict[str, list[str]] = {
    "韩梅": ["status", "handovers", "interactions"],
    "lilei": ["new", "status", "handovers", "interactions"],
    "sales": ["new", "status", "handovers", "interactions"],
    "support": ["new", "status", "handovers", "interactions"],
}


@pytest.mark.parametrize(("whose", "sections"), FOR.items(), ids=list(FOR))
def test_a_week_for_some(busy: Repo, whose: str, sections: list[str]) -> None:
    document: dict[str, Any] = json.loads(
        run(busy, "changes", "--since", "2026-11-09", "--for", whose, "--format", "json")
    )
    assert [key for key, facts in document.items() if isinstance(facts, list) and facts] == sections


def test_a_store_younger_than_the_day_was_all_new(busy: Repo) -> None:
    assert "New customers (2)" in run(busy, "changes", "--since", "2025-01-01")


def test_a_revision_is_a_beginning_too(busy: Repo) -> None:
    assert run(busy, "changes", "--since", "HEAD~1", "--format", "markdown") == (
        "### HEAD~1 to 2026-11-20: 1 customer changed\n\n"
        "**New customers** (1)\n\n- 乙公司 (C20260101BBBB): Lead · 李雷\n\n"
        "**Interactions** (1)\n\n- 李雷: 1 interaction with 1 customer (Phone 1)\n"
    )


@pytest.mark.parametrize(
    ("since", "more", "title"),
    [
        ("1w", (), "2026-11-13 to 2026-11-20: 1 customer changed"),
        ("上周", (), "2026-11-09 to 2026-11-20: 2 customers changed"),
        ("last week", (), "2026-11-09 to 2026-11-20: 2 customers changed"),
        ("3天", (), "2026-11-17 to 2026-11-20: no changes"),
        ("0001-01-01", (), "0001-01-01 to 2026-11-20: 2 customers changed"),
        ("2d", ("--at", "2026-11-12"), "2026-11-10 to 2026-11-12: 1 customer changed"),
        ("1d", ("--at", "HEAD"), "2026-11-12 to 2026-11-13: 2 customers changed"),
        ("1d", ("--as-of", "2026-11-14"), "2026-11-13 to 2026-11-14: 1 customer changed"),
    ],
)
def test_a_stretch_of_time_reaches_back_from_the_day_that_is_today(
    busy: Repo, since: str, more: tuple[str, ...], title: str
) -> None:
    assert run(busy, "changes", "--since", since, *more).partition("\n")[0] == title


def test_a_beginning_that_is_neither_a_day_nor_a_commit_is_refused_with_the_forms_that_are_known(busy: Repo) -> None:
    done = CliRunner().invoke(crmtext, ["-C", str(busy.path), "changes", "--since", "近期"])
    error = done.exception
    assert isinstance(error, CrmError)
    known = "use a day or a period: 2024-05-01, 2024-05, 2024-Q2, monday, last week, this month, 3d, 2 weeks"
    assert (error.exit_code, error.problem.rule, error.problem.message, error.problem.hint) == (
        2,
        "unknown-revision",
        "'近期' is neither a day nor a commit",
        f"{known}; to list commits: git log --oneline; tags and branches: git tag, git branch -a",
    )


def test_chinese_has_chinese_colons(past: Past, repo: Repo) -> None:
    past.commit("11-01", {"crmtext.toml": SETTINGS, A: PLAIN})
    past.commit("11-02", {A: PLAIN.replace("lead", "prospect") + "interactions:\n" + call("11-01")})
    for command in (("history", "甲公司"), ("diff", "HEAD~1..")):
        with speaking("zh"):
            lines = run(repo, *command).splitlines()
        changed = [line.strip() for line in lines if line.startswith("  ")]
        assert "~ 合作状态：潜在客户 → 意向客户" in changed
        assert [line for line in changed if ": " in line] == []
