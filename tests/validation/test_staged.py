"""What git's hooks refuse: real repositories, real commits and merges, hooks written by `crmtext hooks install`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.problem import CrmError
from crmtext.setup import hooks
from crmtext.store import Store
from crmtext.validation import commit_message, staged

if TYPE_CHECKING:
    from pathlib import Path

HOOKS = "pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg, pre-push, merge-driver"
ONE = stores.path("001")
TWO = stores.path("002")
REFUSED = "Commit rejected. Fix the lines above, `git add` the files and commit again."
#: A made-up number of a valid form.
RESIDENT = "11010119900307" + "1233"
CARD = "6222020200112233" + "446"


def hooked(repo: Repo, folder: str = "") -> Repo:
    """The repository with a store of one customer, committed, and hooks."""
    home = f"{folder}/" if folder else ""
    repo.commit({f"{home}crmtext.toml": stores.TEAM, home + ONE: stores.record("001")}, "store")
    install(repo)
    return repo


def install(repo: Repo) -> None:
    hooks.install(stores.opened(repo))


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


@pytest.fixture
def store(repo: Repo) -> Repo:
    return hooked(repo)


def commit(repo: Repo, *arguments: str) -> tuple[bool, str]:
    """Whether git makes the commit, and what is said."""
    before = repo.git("rev-parse", "-q", "--verify", "HEAD", check=False)
    result = repo.git("commit", "-q", "-m", "change", *arguments, check=False)
    return repo.git("rev-parse", "-q", "--verify", "HEAD", check=False) != before, result


def stage(repo: Repo, path: str, text: str) -> None:
    repo.write(path, text)
    repo.git("add", "-A", ".")


def verdict(repo: Repo) -> tuple[list[tuple[str, str]], list[tuple[str, str]]] | None:
    """The rules that hold a commit, and those that are named only, each with its path."""
    result = staged.check(Store(repo.path))
    if result is None:
        return None
    errors = [problem for problem in result.blocking.problems if problem.severity == "error"]
    return [(e.place.path, e.rule) for e in errors], [(e.place.path, e.rule) for e in result.elsewhere]


def test_a_wrong_record_is_refused_with_place_caret_and_hint_and_goes_through_once_mended(store: Repo) -> None:
    stage(store, ONE, stores.record(status="合作中"))
    committed, output = commit(store)
    first, *rest = output.splitlines()
    assert (committed, first.startswith(f"{ONE}:4:9: error: "), first.endswith(" [unknown-value]")) == (
        False,
        True,
        True,
    )
    assert rest == ["    4 | status: 合作中", "      |         ^^^^^^", "  = use active", REFUSED]
    stage(store, ONE, stores.record(status="prospect"))
    assert commit(store) == (True, "")


def test_the_language_of_the_store_is_spoken(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMTEXT_LANG")
    store.write("crmtext.toml", stores.TEAM.replace("[store]", '[store]\nlanguage = "zh"'))
    stage(store, ONE, stores.record(status="合作中"))
    committed, output = commit(store)
    assert (committed, "错误" in output, "[unknown-value]" in output, REFUSED in output) == (False, True, True, False)


def test_what_is_staged_counts_and_not_the_disk(store: Repo) -> None:
    stage(store, ONE, stores.record(status="nonsense"))
    store.write(ONE, stores.record(status="prospect"))
    assert commit(store)[0] is False
    store.git("add", ONE)
    store.write(ONE, "broken: [\n")
    assert commit(store) == (True, "")


def test_a_partly_staged_file_is_judged_by_its_staged_part(store: Repo) -> None:
    # As `git add -p` leaves it: the good change is staged, the bad one is still on the disk only.
    store.write(ONE, stores.record(status="prospect", owner="lilei"))
    store.git("add", ONE)
    store.write(ONE, stores.record(status="prospect", owner="nobody"))
    assert verdict(store) == ([], [])
    assert commit(store) == (True, "")
    assert "owner: lilei" in store.git("show", f"HEAD:{ONE}")


def test_commit_a_is_judged_by_what_it_takes_along(store: Repo) -> None:
    store.write(ONE, stores.record(status="nonsense"))
    assert commit(store, "-a")[0] is False
    assert commit(store, "--only", ONE)[0] is False
    store.write(ONE, stores.record(status="prospect"))
    assert commit(store, "-a") == (True, "")


def test_a_commit_that_touches_no_record_is_let_through_unchecked(store: Repo) -> None:
    store.commit({TWO: "broken: [\n"})
    stage(store, "notes.txt", "x")
    assert verdict(store) is None
    assert commit(store) == (True, "")


def test_errors_elsewhere_are_named_and_not_held_against_the_author(store: Repo) -> None:
    store.commit({TWO: stores.record("002", "甲", status="nonsense")})
    stage(store, ONE, stores.record(status="prospect"))
    assert verdict(store) == ([], [(TWO, "unknown-value")])
    assert commit(store) == (True, f"1 error in other files does not block this commit: {TWO}")


def test_for_what_no_other_record_can_have_brought_about_the_commit_before_is_not_read(
    store: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit({TWO: stores.record("002", "甲", status="nonsense")})
    stage(store, ONE, stores.record(status="prospect"))
    monkeypatch.setattr(staged, "_known_before", lambda _store: pytest.fail("it was read"))
    assert verdict(store) == ([], [(TWO, "unknown-value")])


def test_new_settings_that_make_records_wrong_are_refused_and_what_was_wrong_is_named(store: Repo) -> None:
    three = stores.path("003")
    store.commit(
        {TWO: stores.record("002", "甲", status="nonsense"), three: stores.record("003", "乙", owner="hanmei")}
    )
    stage(store, "crmtext.toml", stores.TEAM.replace("[team.hanmei]", "[team.meimei]"))
    assert verdict(store) == ([(three, "team-member")], [(TWO, "unknown-value")])


def test_a_wrong_record_that_is_touched_is_held_even_if_it_was_wrong_before(store: Repo) -> None:
    store.commit({TWO: stores.record("002", "甲", status="nonsense")})
    stage(store, TWO, stores.record("002", "乙", status="nonsense"))
    assert verdict(store) == ([(TWO, "unknown-value")], [])


REFERS = "relations:\n  - {id: C20240501001, kind: partner}\n"


def test_deleting_a_customer_that_others_refer_to_is_refused(store: Repo) -> None:
    store.commit({TWO: stores.record("002", "甲", REFERS)})
    store.git("rm", "-q", ONE)
    assert verdict(store) == ([(TWO, "reference")], [])
    assert commit(store)[0] is False
    stage(store, TWO, stores.record("002", "甲"))
    assert commit(store) == (True, "")


def test_deleting_a_customer_whom_nobody_knows_is_fine(store: Repo) -> None:
    store.git("rm", "-q", ONE)
    assert commit(store) == (True, "")


def test_a_renamed_file_is_judged_under_its_new_name(store: Repo) -> None:
    (store.path / "records" / "华 东").mkdir()
    store.git("mv", ONE, "records/华 东/C20240501001-示例 电子.yaml")
    assert commit(store) == (True, "")
    store.git("mv", "records/华 东/C20240501001-示例 电子.yaml", "records/C20240501009.yaml")
    assert verdict(store) == ([("records/C20240501009.yaml", "file-name")], [])


def test_paths_in_chinese_and_with_blanks_are_read(store: Repo) -> None:
    path = "records/华 东/C20240501002-甲 “乙”.yaml"
    stage(store, path, stores.record("002", "甲", status="nonsense"))
    assert verdict(store) == ([(path, "unknown-value")], [])
    committed, output = commit(store)
    assert (committed, output.partition(" error: ")[0]) == (False, f"{path}:4:9:")


def test_a_clean_merge_that_brings_one_id_twice_is_refused(store: Repo) -> None:
    store.git("switch", "-qc", "side")
    store.commit({"records/C20240501002-one.yaml": stores.record("002", "甲")})
    store.git("switch", "-q", "main")
    store.commit({"records/C20240501002-two.yaml": stores.record("002", "乙")})
    before = store.git("rev-parse", "HEAD")
    result = store.git("merge", "-q", "--no-edit", "side", check=False)
    assert store.git("rev-parse", "HEAD") == before
    assert "[unique-id]" in result
    # The merge waits, and mended it is committed.
    store.git("rm", "-qf", "records/C20240501002-one.yaml")
    assert commit(store) == (True, "")
    assert len(store.git("rev-list", "--parents", "-1", "HEAD").split()) == 3


def test_a_merge_of_fine_branches_is_made(store: Repo) -> None:
    store.git("switch", "-qc", "side")
    store.commit({TWO: stores.record("002", "甲")})
    store.git("switch", "-q", "main")
    store.commit({stores.path("003"): stores.record("003", "乙")})
    store.git("merge", "-q", "--no-edit", "side")
    assert store.git("ls-files", "records").split() == [ONE, TWO, stores.path("003")]


def test_a_conflict_that_is_not_settled_is_refused(store: Repo) -> None:
    store.git("switch", "-qc", "side")
    store.commit({ONE: stores.record(status="prospect")})
    store.git("switch", "-q", "main")
    store.commit({ONE: stores.record(status="lost")})
    store.git("merge", "-q", "side", check=False)
    assert verdict(store) == ([(ONE, "conflict-marker")], [])
    store.git("add", ONE)
    assert [path for path, _rule in verdict(store)[0]] == [ONE]  # type: ignore[index]


@pytest.mark.parametrize("folder", ["crm", "部门/客户 库"])
def test_a_store_in_a_folder_of_the_repository_is_checked(repo: Repo, folder: str) -> None:
    hooked(repo, folder)
    stage(repo, f"{folder}/{ONE}", stores.record(status="nonsense"))
    committed, output = commit(repo)
    assert (committed, output.partition(" error: ")[0]) == (False, f"{folder}/{ONE}:4:9:")
    inner = Repo(repo.path / folder)
    assert commit(inner)[0] is False
    stage(inner, ONE, stores.record(status="prospect"))
    stage(repo, "elsewhere/records/C1.yaml", "broken: [\n")
    assert commit(inner) == (True, "")


def test_of_two_stores_in_a_repository_each_is_checked(repo: Repo) -> None:
    hooked(repo, "north")
    hooked(repo, "south")
    stage(repo, f"south/{ONE}", stores.record(status="nonsense"))
    assert commit(repo)[0] is False
    stage(repo, f"south/{ONE}", stores.record(status="prospect"))
    stage(repo, f"north/{ONE}", stores.record(status="prospect"))
    assert commit(repo) == (True, "")


def test_a_store_inside_another_belongs_to_the_outer_one(repo: Repo) -> None:
    hooked(repo, "crm")
    repo.commit({"crm/records/old/crmtext.toml": ""})
    assert staged.stores(repo.path) == (Store(repo.path / "crm"),)


def test_a_repository_without_a_store_is_none_of_our_business(repo: Repo) -> None:
    install(repo)
    stage(repo, "records/C1.yaml", "broken: [\n")
    assert staged.stores(repo.path) == ()
    assert commit(repo) == (True, "")


def test_the_first_commit_of_all_is_checked(repo: Repo) -> None:
    install(repo)
    repo.write("crmtext.toml", stores.TEAM)
    stage(repo, ONE, stores.record(status="nonsense"))
    assert commit(repo)[0] is False
    assert repo.git("rev-parse", "-q", "--verify", "HEAD", check=False) == ""
    stage(repo, ONE, stores.record())
    assert commit(repo) == (True, "")


def test_a_linked_work_tree_is_checked_with_its_own_index(store: Repo) -> None:
    other = store.worktree("another-tree")
    stage(other, ONE, stores.record(status="nonsense"))
    assert commit(other)[0] is False
    stage(other, ONE, stores.record(status="prospect"))
    assert commit(other) == (True, "")
    assert commit(store, "--allow-empty") == (True, "")


def test_a_record_that_is_a_link_is_refused(store: Repo) -> None:
    (store.path / TWO).symlink_to(store.path / ONE)
    store.git("add", TWO)
    assert verdict(store) == ([(TWO, "symlink")], [])


def test_a_file_that_would_be_missed_is_refused(store: Repo) -> None:
    stage(store, "records/C20240501002.yml", stores.record("002", "甲"))
    assert verdict(store) == ([("records/C20240501002.yml", "file-name")], [])


def test_settings_that_are_broken_in_the_index_are_refused_with_their_place(store: Repo) -> None:
    stage(store, "crmtext.toml", stores.TEAM + "[store\n")
    store.write("crmtext.toml", stores.TEAM)
    committed, output = commit(store)
    assert (committed, output.startswith("crmtext.toml:"), "[settings-syntax]" in output) == (False, True, True)


def test_who_mends_broken_settings_is_not_held_for_what_they_hid(store: Repo) -> None:
    store.commit({"crmtext.toml": "[store\n", TWO: stores.record("002", "甲", status="nonsense")})
    stage(store, "crmtext.toml", stores.TEAM)
    assert verdict(store) == ([], [(TWO, "unknown-value")])
    assert commit(store)[0] is True


def test_settings_broken_on_the_disk_only_are_no_matter(store: Repo) -> None:
    stage(store, ONE, stores.record(status="prospect"))
    store.write("crmtext.toml", "[store\n")
    assert commit(store) == (True, "")


def test_a_team_list_that_loses_an_owner_is_held(store: Repo) -> None:
    stage(store, "crmtext.toml", "[team.hanmei]\n")
    assert verdict(store) == ([(ONE, "team-member")], [])


@pytest.mark.parametrize("text", [f"李四 {RESIDENT}", f"# {RESIDENT}", "card 6222021234567890128 paid"])
def test_a_number_that_must_not_enter_the_history_is_refused_in_a_message(store: Repo, text: str) -> None:
    before = store.git("rev-parse", "HEAD")
    stage(store, ONE, stores.record(status="prospect"))
    result = store.git("commit", "-q", "-m", f"change\n\n{text}", check=False)
    kept = store.path / ".git" / "COMMIT_EDITMSG"
    assert store.git("rev-parse", "HEAD") == before
    assert "the commit message: error:" in result
    assert RESIDENT not in result
    assert result.splitlines()[-1] == "Commit rejected. Your message is kept in .git/COMMIT_EDITMSG."
    assert text in kept.read_text("utf-8")


def test_what_git_shows_below_its_scissors_is_not_the_message() -> None:
    cut = "# ------------------------ >8 ------------------------"
    assert commit_message.draft_errors(f"fine\n{cut}\n-id_number: {RESIDENT}\n") == ()
    assert commit_message.draft_errors(f"fine\n{cut.replace('#', ';')}\n-{RESIDENT}\n") == ()
    assert [error.rule for error in commit_message.draft_errors(f"{RESIDENT}\n{cut}\n")] == ["resident-id"]


def test_an_ordinary_message_passes() -> None:
    assert (
        commit_message.message_errors(
            "示例电子: +1 interaction (phone)\n\nCrm-Customer: C20240501K7QM\ncall 13800138000\n"
        )
        == ()
    )


@pytest.mark.parametrize(("arguments", "code"), [(["nonsense"], 2), (["commit-msg"], 2), (["pre-commit"], 0)])
def test_the_plumbing_refuses_what_git_would_not_ask(
    store: Repo, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert stores.Program(capsys, store.path)("hook", *arguments).code == code


def test_a_new_clone_has_no_hooks_until_they_are_installed(
    store: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone, program = Repo(tmp_path / "clone"), stores.Program(capsys, tmp_path / "clone")
    assert program("hooks", "status").code == 1
    assert program("hooks", "install").out == f"Installed {HOOKS}\n"
    assert program("hooks", "install").out == "all hooks are installed\n"
    assert program("hooks", "status", "--format", "json").data == {
        "schema": 1,
        "hooks": [{"name": name, "state": "installed", "other": False} for name in HOOKS.split(", ")],
    }
    stage(clone, ONE, stores.record(status="nonsense"))
    assert commit(clone)[0] is False
    for out in (f"Removed {HOOKS}\n", "no hooks installed\n"):
        removed = program("hooks", "uninstall")
        left = "commits in this clone are no longer checked; crmtext sync and crmtext check in CI still are\n"
        assert (removed.out, removed.err) == (out, left)
    assert commit(clone)[0] is True


def test_hooks_outside_a_repository_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CrmError) as caught:
        Store(stores.made(tmp_path)).git()
    assert caught.value.problem.rule == "no-repository"


def test_paths_are_those_that_can_be_opened_from_where_git_was_called(repo: Repo) -> None:
    hooked(repo, "crm")
    stage(repo, f"crm/{ONE}", stores.record("001", more="emails: [info@]\n"))
    assert f"\ncrm/{ONE}:" in "\n" + commit(repo)[1]
    inside = Repo(repo.path / "crm/records")
    assert f"\n{ONE.removeprefix('records/')}:" in "\n" + commit(inside)[1]


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("README.md", f"x\n{RESIDENT}\n", "README.md:2:1: error"),
        ("records/notes.txt", f"卡号 {CARD}\n", "records/notes.txt:1:4: error"),
        ("schema/other.json", f'["{RESIDENT}"]', "schema/other.json:1:3: error"),
        (f"scan-{RESIDENT}.txt", "x", f"scan-{'*' * 18}.txt: error"),
    ],
)
def test_a_number_in_a_file_beside_the_records_is_rejected_too(store: Repo, path: str, text: str, place: str) -> None:
    stage(store, path, text)
    committed, output = commit(store)
    assert (committed, output.startswith(place), output.splitlines()[-1]) == (False, True, REFUSED)
    assert RESIDENT not in output
    assert CARD not in output


def test_a_file_beside_the_records_may_keep_what_it_had_and_say_what_a_number_is(store: Repo) -> None:
    store.commit({"a.csv": f"{RESIDENT}\n"})
    stage(store, "a.csv", f"{RESIDENT}\nmore\n")
    assert commit(store) == (True, "")
    store.git("mv", "a.csv", "b.csv")
    stage(store, "c.csv", f"{CARD} # crmtext: not-a-card 我们的订单号\n")
    stage(store, ONE, stores.record(more=f"notes: 单 {CARD} # crmtext: not-a-card 我们的订单号\n"))
    assert commit(store) == (True, "")
    stage(store, "b.csv", f"{RESIDENT}\n{CARD}\n")
    assert commit(store)[1].startswith("b.csv:2:1: error: bank card number")


def test_a_number_in_the_name_of_an_author_is_rejected(store: Repo) -> None:
    stage(store, ONE, stores.record(status="prospect"))
    committed, output = commit(store, "--author", f"n {RESIDENT} <n@example.com>")
    assert (committed, output.startswith("the author of the commit: error"), RESIDENT in output) == (False, True, False)
