"""Writing disclosures: their commit, exports that fail in between, and two clones that each write one."""

from __future__ import annotations

import json
from datetime import date
from random import Random
from time import monotonic, sleep
from typing import TYPE_CHECKING

import clones
import pytest
import stores
from repos import Repo

from crmtext.layout import DISCLOSURES
from crmtext.problem import CrmError
from crmtext.protection import disclose
from crmtext.protection.disclosures import Disclosure, register
from crmtext.protection.exporting import Given, disclosure
from crmtext.storage import journal
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

PERSON = stores.record("001", "陈小明", "person: {birth_date: 1990-05-01}\n", type="person")
TEAM = stores.TEAM.replace('"never"', '"auto"')
ASKED = ("export", "--with-sensitive", "--recipient", "bank", "--purpose", "audit")


@pytest.fixture
def store(repo: Repo) -> Repo:
    repo.commit({"crmtext.toml": TEAM, stores.path("001"): PERSON, stores.path("002"): stores.record("002")})
    return repo


def files(root: Path) -> list[str]:
    return sorted(path.name for path in (root / DISCLOSURES).glob("*"))


def test_an_export_commits_its_disclosure_and_nothing_else(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    at = store.git("rev-parse", "HEAD")
    store.write("notes.txt", "staged\n")
    store.git("add", "notes.txt")
    said = stores.Program(capsys, store.path)(*ASKED, "--basis", "contract", "--format", "json")
    [name] = files(store.path)
    head = store.git("rev-parse", "HEAD")
    assert said.err.splitlines() == [
        "nothing is masked, with 1 value of sensitive fields",
        "given to bank, for: audit",
        f"disclosure: {DISCLOSURES}/{name}",
        f"Committed {head[:8]}: disclose: export with sensitive values, 2 customers",
    ]
    assert store.git("show", "--format=%an %B", "--name-only", "HEAD") == (
        f"李雷 disclose: export with sensitive values, 2 customers\n\nCrm-Action: disclose\n\n\n{DISCLOSURES}/{name}"
    )
    assert store.git("status", "--short") == "A  notes.txt"
    [one] = register(Store(store.path)).disclosures
    assert one == Disclosure(
        date(2026, 11, 20), "lilei", "sensitive-export", "bank", "audit", "contract", commit=at,
        customers=("C20240501001", "C20240501002"), path=f"{DISCLOSURES}/{name}",
        fields=("id", "name", "type", "status", "owner", "person.birth_date", "contacts[].name"),
    )  # fmt: skip


def test_a_disclosure_is_not_undone(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    program = stores.Program(capsys, store.path)
    assert program("set", "C20240501002", "tags+=vip").code == 0
    assert program(*ASKED).code == 0
    assert program("undo").code == 0
    assert len(files(store.path)) == 1
    assert "vip" not in (store.path / stores.path("002")).read_text("utf-8")


def test_uncommitted_records_are_not_given(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    store.write(stores.path("001"), PERSON.replace("陈小明", "王小红"))
    said = stores.Program(capsys, store.path)(*ASKED, "--format", "json")
    assert [one["name"] for one in said.data["customers"]] == ["陈小明", "上海示例电子有限公司"]
    assert said.err.splitlines()[-1] == "1 record has uncommitted changes, which are not exported"


@pytest.mark.parametrize("commit", ["never", "no repository"])
def test_without_a_commit_the_file_is_still_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], commit: str
) -> None:
    root = stores.made(tmp_path, PERSON)
    if commit == "never":
        Repo(root).git("init", "-q")
    said = stores.Program(capsys, root)(*ASKED)
    [name] = files(root)
    last = f"not committed; next: git add {DISCLOSURES}/{name} && git commit"
    assert (said.code, said.err.splitlines()[-1]) == (
        0,
        last if commit == "never" else f"disclosure: {DISCLOSURES}/{name}",
    )
    [one] = register(Store(root)).disclosures
    assert (one.commit, one.customers) == ("", ("C20240501001",))


@pytest.mark.parametrize(
    ("trouble", "rule"),
    [
        ("ignored", "ignored-by-git"), ("a link", "outside-store"), ("a file", "write-failed"),
        ("a number", "resident-id"), ("no colleague", "team-member"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("output", ["-", "out.csv", "out/"])
def test_nothing_is_exported_without_its_disclosure(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, trouble: str,
    rule: str, output: str,
) -> None:  # fmt: skip
    purpose = "audit"
    if trouble == "ignored":
        store.write(".gitignore", "/privacy/\n")
    elif trouble == "a link":
        (store.path / "privacy").symlink_to(tmp_path)
    elif trouble == "a file":
        store.write("privacy", "")
    elif trouble == "a number":
        purpose = "11010519491231002X"
    else:
        monkeypatch.setenv("GIT_AUTHOR_EMAIL", "x@example.com")
        monkeypatch.setenv("GIT_AUTHOR_NAME", "x")
    there = {*tmp_path.rglob("*")}
    target = output if output == "-" else f"{tmp_path}/{output}"
    said = stores.Program(capsys, store.path)(*ASKED[:-1], purpose, "-o", target)
    assert (said.code != 0, said.out) == (True, "")
    assert f"[{rule}]" in said.err
    assert {path for path in {*tmp_path.rglob("*")} - there if path.is_file() and ".git" not in path.parts} == set()


def test_a_killed_export_leaves_a_disclosure_and_no_export(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crmtext.exporters.output.Files.finish", killed)
    said = stores.Program(capsys, store.path)(*ASKED, "-o", str(tmp_path / "out.csv"))
    assert said.code == 130
    assert (len(files(store.path)), (tmp_path / "out.csv").exists()) == (1, False)


def test_the_next_command_completes_a_disclosure_whose_commit_was_killed(
    store: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{DISCLOSURES}/2026-11-20-lilei-3f2a.yaml"
    with Store(store.path).writing():
        commit = journal.Commit("disclose", ("李雷", "lilei@example.com"), (journal.Part(path, None, b"x\n"),))
        journal.begin(store.path / ".git/crmtext", journal.Transaction("d", commit.parts, commit, final=True))
        store.write(path, "x\n")
    assert stores.Program(capsys, store.path)("set", "C20240501002", "tags+=vip").code == 0
    assert store.git("log", "--format=%s", "--", path) == "disclose"


def test_two_files_never_have_one_name(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Store(store.path)
    texts = iter(["aaaa"] * 9 + ["aaaaaa"])
    monkeypatch.setattr("crmtext.protection.disclose.secrets.token_hex", lambda _length: next(texts))
    one = disclosure(root, Given("mirror", "bank", "audit"))
    disclose.write(root, one)
    disclose.write(root, one)
    assert files(store.path) == ["2026-11-20-lilei-aaaa.yaml", "2026-11-20-lilei-aaaaaa.yaml"]


def test_invisible_characters_are_rejected(store: Repo) -> None:
    with pytest.raises(CrmError) as error:
        disclose.one_line("a\u200bb")
    assert error.value.problem.rule == "invisible-character"


def test_two_clones_that_each_write_one_merge_by_git_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lilei, hanmei = clones.pair(tmp_path, capsys, PERSON)
    hanmei.repo.git("config", "user.name", "韩梅")
    for one in (lilei, hanmei):
        one.repo.commit({"crmtext.toml": TEAM}, "auto")
        assert one(*ASKED).code == 0
    lilei.repo.git("push", "-q", "origin", "HEAD:main")
    hanmei.repo.git("-c", "merge.crmtext.driver=false", "pull", "-q", "--no-rebase", "--no-edit")
    assert len(files(hanmei.repo.path)) == 2
    assert len(json.loads(hanmei("disclosures", "陈小明", "--format", "json").out)["disclosures"]) == 2
    assert hanmei("sync").code == 0
    assert lilei("sync").code == 0
    assert files(lilei.repo.path) == files(hanmei.repo.path)


@pytest.mark.parametrize("times", [3, pytest.param(60, marks=pytest.mark.long)])
def test_no_kill_leaves_an_export_without_its_disclosure(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], times: int
) -> None:
    random, out = Random(20261120), tmp_path / "out.json"
    began = monotonic()
    stores.process(store.path, *ASKED, "-o", str(tmp_path / "first.json")).communicate()
    longest = monotonic() - began
    for number in range(times):
        out.unlink(missing_ok=True)
        before = len(files(store.path))
        process = stores.process(store.path, *ASKED, "-o", str(out))
        sleep(random.uniform(0.4, 1.1) * longest)
        process.kill()
        process.communicate()
        # The next command completes what was begun.
        assert stores.Program(capsys, store.path)("set", "C20240501002", f"tags+=t{number}").code == 0
        new = len(files(store.path)) - before
        assert new <= 1
        assert new == 1 or not out.exists()
        assert store.git("status", "--short") == ""
        assert register(Store(store.path)).problems == ()
