"""The last answer of a check is given again only where nothing has changed that it depends on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.__main__ import main
from crmtext.git import overrides
from crmtext.index import answer_cache, lookup, stat

if TYPE_CHECKING:
    from collections.abc import Callable

    from repos import Repo

WRONG = stores.record("001", owner="nobody")


def environment() -> list[tuple[str, str]]:
    """The environment, without what is another at each test."""
    return sorted((name, value) for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST")


DISCLOSURE = """\
date: 2026-11-20
by: lilei
what: outside-export
to: bank
purpose: audit
customers: []
fields: []
"""


@pytest.fixture
def store(repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repo:
    """A store whose check has been asked for once."""
    # As if no test took less than two seconds.
    monkeypatch.setattr(stat, "RACY_WINDOW_NS", 0)
    # pytest tells there which test runs, and how far it is.
    monkeypatch.setattr(answer_cache, "_environment", environment)
    monkeypatch.chdir(repo.path)
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): WRONG, stores.path("002"): stores.record("002")})
    repo.write("privacy/disclosures/2026-11-20-lilei-3f2a.yaml", DISCLOSURE)
    asked(monkeypatch)
    capsys.readouterr()
    return repo


def asked(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """What a process of these words leaves with."""
    monkeypatch.setattr(sys, "argv", ["crmtext", "check", *words])
    return main()


def test_the_same_question_gets_the_same_answer_without_any_record_read(
    store: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answer_cache.replay(["check"])
    result = capsys.readouterr()
    (store.path / ".git/crmtext/check.answer").unlink()
    assert (asked(monkeypatch), capsys.readouterr()) == (first, result)
    assert (first, result.err, result.out.count("[team-member]")) == (1, "", 1)


def test_an_answer_about_many_records_is_as_small_as_one_about_few(
    store: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.path / "records/a").mkdir()
    for number in range(100):
        (store.path / f"records/a/{number}.txt").touch()
    file = store.path / ".git/crmtext/check.answer"
    before = file.stat().st_size
    asked(monkeypatch)
    # The numbers in its first line may have become longer.
    assert (answer_cache.replay(["check"]), file.stat().st_size - before < 10) == (1, True)


def test_the_first_answer_kept_deletes_what_former_versions_kept(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    own = store.path / ".git/crmtext"
    for name in ("check.again", "worktree.index", "index.index-journal", "bookmarks"):
        (own / name).touch()
    asked(monkeypatch)
    (own / "check.answer").unlink()
    store.write(stores.path("003"), stores.record("003"))
    asked(monkeypatch)
    assert sorted(file.name for file in own.iterdir()) == ["bookmarks", "check.answer"]


def test_an_answer_that_would_be_too_long_to_read_is_not_kept(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    file = store.path / ".git/crmtext/check.answer"
    monkeypatch.setattr(answer_cache, "_LARGEST", file.stat().st_size - 1)
    file.unlink()
    assert (asked(monkeypatch), file.exists()) == (1, False)


def test_the_records_are_looked_at_once(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    looked: list[str] = []
    look = stat.scan
    monkeypatch.setattr(stat, "scan", lambda top: (looked.append(top), look(top))[1])
    store.write(stores.path("002"), stores.record("002", owner="nobody"))
    assert (asked(monkeypatch), looked) == (1, [f"{store.path}/records"])


def test_after_mending_the_records_are_looked_at_anew(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    store.write(stores.path("001"), stores.record("001", status="意向"))
    assert asked(monkeypatch) == 1
    assert asked(monkeypatch, "--fix") == 0


def test_a_file_that_goes_while_its_folder_is_looked_at_hides_no_other(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).touch()
    with os.scandir(tmp_path) as listed:
        entries = sorted(listed, key=lambda entry: entry.name)
    (tmp_path / "b").unlink()
    files, result = stat._still_there(entries)
    assert ([file.name for file in files], len(result)) == (["a", "c"], 2)


CHANGES: dict[str, Callable[[Repo], object]] = {
    "a record": lambda repo: repo.write(stores.path("002"), stores.record("002", owner="nobody")),
    "a touched record": lambda repo: os.utime(repo.path / stores.path("002"), (1, 1)),
    "a record more": lambda repo: repo.write(stores.path("003"), stores.record("003")),
    "a record deeper": lambda repo: repo.write("records/a/b/C20240501003.yaml", stores.record("003")),
    "a record less": lambda repo: (repo.path / stores.path("001")).unlink(),
    "a record renamed": lambda repo: (repo.path / stores.path("001")).rename(repo.path / "records/C20240501001-a.yaml"),
    "a link for a record": lambda repo: (repo.path / "records/a.yaml").symlink_to("nowhere"),
    "the settings": lambda repo: repo.write("crmtext.toml", stores.TEAM + '[check]\nignore = ["team-member"]\n'),
    "a schema": lambda repo: repo.write("schema/customer.schema.json", "{}"),
    "a disclosure more": lambda repo: repo.write("privacy/disclosures/a.yaml", "x"),
    "a disclosure changed": lambda repo: repo.write("privacy/disclosures/2026-11-20-lilei-3f2a.yaml", "by: lilei\n"),
    "a link for disclosures": lambda repo: (
        shutil.rmtree(repo.path / "privacy"),
        (repo.path / "privacy").symlink_to("records"),
    ),
    "what is staged": lambda repo: (repo.write(stores.path("003"), ""), repo.git("add", "-A")),
    "a merge": lambda repo: repo.write(".git/MERGE_HEAD", repo.git("rev-parse", "HEAD") + "\n"),
    "a commit": lambda repo: repo.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "change"),
    "another branch": lambda repo: repo.git("switch", "-q", "-c", "other"),
    "refs that are packed": lambda repo: repo.git("pack-refs", "--all"),
    "git's settings": lambda repo: repo.git("config", "core.fileMode", "false"),
    "a file for a ref in the way": lambda repo: repo.write(".git/HEAD", "ref: refs/../../crmtext.toml\n"),
    "an object that stands for another": lambda repo: repo.write(".git/refs/replace/x", "x"),
    "an endless answer": lambda repo: _pipe(repo.path / ".git/crmtext/check.answer"),
    "an answer of another size": lambda repo: (repo.path / ".git/crmtext/check.answer").write_bytes(
        b"0 9999999999999999999 0 1000000000000000 1 1 1\nx"
    ),
    "a pipe for a schema": lambda repo: _pipe(repo.write("schema/customer.schema.json", "{}")),
    "no repository": lambda repo: (repo.path / ".git").rename(repo.path / "git"),
    "a damaged answer": lambda repo: (repo.path / ".git/crmtext/check.answer").write_bytes(b"1 2 x\n"),
    "an answer cut short": lambda repo: os.truncate(repo.path / ".git/crmtext/check.answer", 90),
}


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_the_question_is_answered_anew(store: Repo, change: Callable[[Repo], object]) -> None:
    assert answer_cache.replay(["check"]) == 1
    change(store)
    assert answer_cache.replay(["check"]) is None


@pytest.mark.parametrize("name", ["CRMTEXT_LANG", "CRMTEXT_TODAY", "NO_COLOR", "TZ", "GIT_INDEX_FILE", "ANY_OTHER"])
def test_in_another_environment_the_question_is_answered_anew(
    store: Repo, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "2026-11-21")
    assert answer_cache.replay(["check"]) is None


@pytest.mark.parametrize("words", [("--format", "json"), ("--strict",), ("records",), ("--ignore", "team-member")])
def test_another_question_has_an_answer_of_its_own(
    store: Repo, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    assert answer_cache.replay(["check", *words]) is None
    code = asked(monkeypatch, *words)
    assert answer_cache.replay(["check", *words]) == code
    assert answer_cache.replay(["check"]) is None


@pytest.mark.parametrize("words", [("--staged",), ("--at", "HEAD"), ("--fix",), ("--format", "github")])
def test_what_is_not_asked_of_the_disk_alone_is_not_kept(
    store: Repo, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    asked(monkeypatch, *words)
    assert answer_cache.replay(["check", *words]) is None


def test_an_answer_holds_for_a_day(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMTEXT_TODAY")
    asked(monkeypatch)
    now = answer_cache.time.time_ns()
    for later, held in ((0, 1), (86_400 * 10**9, None), (-86_400 * 10**9, None)):
        monkeypatch.setattr(answer_cache.time, "time_ns", lambda later=later: now + later)
        assert answer_cache.replay(["check"]) == held


def test_what_has_changed_a_moment_ago_may_change_again_unseen(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat, "RACY_WINDOW_NS", 2_000_000_000)
    store.write(stores.path("002"), stores.record("002", "Brightwater"))
    asked(monkeypatch)
    assert answer_cache.replay(["check"]) is None


def test_another_program_answers_anew(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat, "program", lambda: b"another")
    assert answer_cache.replay(["check"]) is None


def test_no_answer_is_kept_through_a_link(store: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = store.path / ".git/crmtext"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.symlink_to(tmp_path)
    before = {*tmp_path.iterdir()}
    asked(monkeypatch)
    assert {*tmp_path.iterdir()} == before


def test_an_answer_that_is_known_loads_next_to_nothing(store: Repo) -> None:
    program = "import sys, crmtext.__main__ as run\nsys.argv[1:] = ['check']\ncode = run.main()\n"
    program += "print(*sorted(sys.modules), file=sys.stderr)\nsys.exit(code)\n"
    for file in (store.path / "records").iterdir():
        os.utime(file, (1, 1))
    environment = os.environ | {"PYTHONPATH": str(stores.ROOT)}

    def loaded() -> set[str]:
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        return set(done.stderr.decode().split())

    while "click" in (modules := loaded()):
        # What was written a moment ago is looked at again until it is two seconds old.
        answer_cache.time.sleep(0.5)
    assert modules & {"typing", "pathlib", "dataclasses", "sqlite3", "subprocess", "yaml"} == set()


def test_an_answer_quotes_nothing_of_the_environment_and_is_for_its_user_alone(
    store: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    asked(monkeypatch)
    file = store.path / ".git/crmtext/check.answer"
    assert (b"hunter2" in file.read_bytes(), file.stat().st_mode & 0o777) == (False, 0o600)
    assert [sibling.name for sibling in file.parent.iterdir() if sibling.name.endswith(".tmp")] == []


def test_an_answer_to_what_has_changed_meanwhile_is_not_kept(store: Repo) -> None:
    text = store.path.joinpath("crmtext.toml").read_text("utf-8")
    (store.path / ".git/crmtext/check.answer").unlink()
    answer_cache.replay(["check"])
    store.write("crmtext.toml", text + '[check]\nignore = ["team-member"]\n')
    answer_cache.save(store.path, store.path / ".git", "", 0, "", "")
    assert not (store.path / ".git/crmtext/check.answer").exists()


@pytest.mark.parametrize("name", answer_cache.ELSEWHERE)
def test_git_is_asked_where_its_files_are_elsewhere(store: Repo, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, str(store.path / ".git/index"))
    assert answer_cache.replay(["check"]) is None


def test_all_that_leads_git_elsewhere_is_known() -> None:
    assert {*answer_cache.ELSEWHERE} == {*overrides.LOCATION, *overrides.OBJECTS}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_answer_that_cannot_be_written_is_told_of(store: Repo) -> None:
    command = [sys.executable, "-m", "crmtext", "check"]
    for _time in range(2):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(command, cwd=store.path, stdout=full, stderr=subprocess.PIPE, check=False, text=True)
        assert (done.returncode, "No space left" in done.stderr, "Traceback" in done.stderr) == (3, True, False)
