"""The merge with which a pushed merge is compared: that of `crmtext sync`, whatever the repository says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import stores

from crmtext.git.plumbing import run
from crmtext.git.scratch import scratch
from crmtext.protection.policy.own_merge import attributes, own_merge

if TYPE_CHECKING:
    from repos import Repo

ONE = stores.path()


def merged(repo: Repo, files: tuple[str, ...] = (ONE,), home: str = "") -> list[dict[str, str]]:
    """The files in each result of the merge of `side` into `main`."""
    ours, theirs = repo.git("rev-parse", "main"), repo.git("rev-parse", "side")
    with scratch(stores.opened(repo), attributes((home,))) as room:
        results = own_merge(room, ours, theirs, (home,))
        return [{file: run(room, "show", f"{commit}:{file}").decode() for file in files} for commit in results]


def parted(repo: Repo, base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]) -> None:
    repo.commit({"crmtext.toml": stores.TEAM, **base}, "base")
    repo.git("switch", "-qc", "side")
    repo.commit(theirs, "theirs")
    repo.git("switch", "-q", "main")
    repo.commit(ours, "ours")


def with_contact(name: str, **values: str) -> str:
    return stores.record(more=f"  - name: {name}\n", **values)


def test_both_additions_are_kept(repo: Repo) -> None:
    parted(repo, {ONE: stores.record()}, {ONE: with_contact("王五")}, {ONE: with_contact("李四")})
    assert merged(repo) == [{ONE: with_contact("王五\n  - name: 李四")}]


def test_a_conflict_has_a_result_with_each_side(repo: Repo) -> None:
    parted(
        repo,
        {ONE: stores.record()},
        {ONE: with_contact("王五", status="prospect")},
        {ONE: with_contact("李四", status="lost")},
    )
    both = "王五\n  - name: 李四"
    assert merged(repo) == [{ONE: with_contact(both, status="prospect")}, {ONE: with_contact(both, status="lost")}]


def test_the_repository_decides_nothing(repo: Repo) -> None:
    """Its attributes ask for git's union of lines, its settings for a driver that writes something else."""
    repo.git("config", "merge.crmtext.driver", "echo hacked > %A")
    repo.write(".git/info/attributes", "* merge=union\n")
    test_both_additions_are_kept(repo)
    repo.write(".gitattributes", "* merge=union\n")
    assert merged(repo) == [{ONE: with_contact("王五\n  - name: 李四")}]


def test_a_store_in_a_folder_with_odd_signs(repo: Repo) -> None:
    home = 'shop [a] "b"/'
    path = home + ONE
    parted(repo, {path: stores.record()}, {path: with_contact("王五")}, {path: with_contact("李四")})
    assert merged(repo, (path,), home) == [{path: with_contact("王五\n  - name: 李四")}]


def test_a_file_removed_by_one_and_changed_by_the_other(repo: Repo) -> None:
    parted(repo, {ONE: stores.record(), "a.txt": "a\n"}, {"b.txt": "b\n"}, {"a.txt": "changed\n"})
    repo.git("rm", "-q", "a.txt")
    repo.git("commit", "-qm", "removed")
    ours, theirs = repo.git("rev-parse", "main"), repo.git("rev-parse", "side")
    with scratch(stores.opened(repo), attributes(("",))) as room:
        names = [
            run(room, "ls-tree", "--name-only", commit).decode().split()
            for commit in own_merge(room, ours, theirs, ("",))
        ]
    assert names == [["b.txt", "crmtext.toml", "records"], ["a.txt", "b.txt", "crmtext.toml", "records"]]


def test_nothing_is_written_into_the_repository(repo: Repo) -> None:
    parted(repo, {ONE: stores.record()}, {ONE: with_contact("王五")}, {ONE: with_contact("李四")})
    before = repo.git("count-objects", "-v")
    merged(repo)
    assert repo.git("count-objects", "-v") == before
