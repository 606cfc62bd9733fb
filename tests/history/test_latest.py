"""The latest changes of customers for pages, from real commits; random merges are in test_merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pasts import MOVED, PLAIN, SETTINGS, A, call
from pasts import Past as Commits

from crmtext.history.latest import MOST, latest_changes
from crmtext.store import Store, When

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

OTHER = "records/C20260101BBBB.yaml"


@pytest.fixture
def commits(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Commits:
    commits = Commits(repo, monkeypatch)
    other = PLAIN.replace("AAAA", "BBBB").replace("甲", "乙")
    commits.commit("01-05", {A: PLAIN, OTHER: other, "crmtext.toml": SETTINGS}, "two customers")
    return commits


def shown(folder: Path, path: str = A, when: When = When()) -> list[str]:
    """The changes as lines; `…` at the end if there are earlier ones."""
    store = Store.find(folder)
    past = latest_changes(store, store.read(when))(path)
    assert past is not None
    lines = []
    for event in past.events:
        changes = [f"{change.kind} {change.label}: {change.value}" for change in event.changes]
        lines.append(" | ".join((event.day, event.author, event.subject, *filter(None, [event.headline]), *changes)))
    return lines + ["…"] * past.more + ["cut"] * past.cut


def test_changes_are_told_by_field_with_who_and_when_and_other_customers_apart(commits: Commits) -> None:
    commits.commit("02-01", {A: PLAIN.replace("lead", "prospect") + "interactions:\n" + call("02-01")}, who="韩梅")
    lines = shown(commits.repo.path)
    changes = "changed Status: Lead → Prospect | added Interactions: 2026-02-01 Phone · 李雷: 问价 02-01"
    assert lines == [f"2026-02-01 | 韩梅 | change | {changes}", "2026-01-05 | 李雷 | two customers | new"]
    assert shown(commits.repo.path, OTHER) == lines[1:]
    assert shown(commits.repo.path, when=When(at="HEAD~1")) == lines[1:]


def test_a_record_is_followed_through_renames_of_many_at_once(commits: Commits) -> None:
    commits.on("02-01")
    commits.repo.write(MOVED, PLAIN.replace("C39", "C40"))
    commits.repo.git("rm", "-q", A)
    commits.repo.git("mv", OTHER, "records/华东/C20260101BBBB.yaml")
    commits.repo.git("add", "-A")
    commits.repo.git("commit", "-qm", "folders")
    changes = f"moved: {A} → {MOVED} | changed Industry: C39 计算机、通信和其他电子设备制造业 → C40 仪器仪表制造业"
    first = "2026-01-05 | 李雷 | two customers | new"
    assert shown(commits.repo.path, MOVED) == [f"2026-02-01 | 李雷 | folders | {changes}", first]
    assert len(shown(commits.repo.path, "records/华东/C20260101BBBB.yaml")) == 2


def test_only_the_latest_are_shown(commits: Commits) -> None:
    for day in range(1, MOST + 2):
        commits.commit(f"02-{day:02}", {A: f"{PLAIN}notes: v{day}\n"})
    lines = shown(commits.repo.path)
    assert (len(lines), lines[-2:]) == (MOST + 1, ["2026-02-02 | 李雷 | change | changed Notes: v1 → v2", "…"])


def test_outside_git_there_is_no_history_and_before_the_commit_none_yet(commits: Commits, tmp_path: Path) -> None:
    commits.repo.write("records/C20260101CCCC.yaml", PLAIN.replace("AAAA", "CCCC"))
    assert shown(commits.repo.path, "records/C20260101CCCC.yaml") == []
    (tmp_path / "plain/records").mkdir(parents=True)
    (tmp_path / "plain/crmtext.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "plain" / A).write_text(PLAIN, "utf-8")
    store = Store.find(tmp_path / "plain")
    assert latest_changes(store, store.worktree())(A) is None


def test_a_shallow_clone_says_that_it_lacks_earlier_changes(commits: Commits, tmp_path: Path) -> None:
    commits.commit("02-01", {A: f"{PLAIN}notes: one\n"})
    commits.commit("02-02", {A: f"{PLAIN}notes: two\n"})
    commits.repo.git("clone", "-q", "--depth", "2", commits.repo.path.as_uri(), str(tmp_path / "shallow"))
    assert shown(tmp_path / "shallow") == ["2026-02-02 | 李雷 | change | changed Notes: one → two", "cut"]


def test_a_sensitive_value_is_not_shown_and_a_long_one_is_cut(commits: Commits) -> None:
    person = PLAIN.replace("company", "person").replace("industry: C39\n", "")
    commits.commit("02-01", {A: person})
    commits.commit("02-02", {A: f"{person}notes: {'长' * 400}\nperson: {{birth_date: 1990-05-01}}\n"})
    line = shown(commits.repo.path)[0]
    assert f" | added Notes: {'长' * 300}…" in line
    assert "1990" not in line
