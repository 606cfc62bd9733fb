"""Backups as they are made: what is in them, who can open them, and stores that can't be backed up."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import backups
import pytest
import stores

from crmtext.problem import CrmError, Exit
from crmtext.protection.backup import last, make
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

needs_age = pytest.mark.skipif(not shutil.which("age"), reason="needs the program age")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> backups.KeyFile:
    return backups.key(tmp_path / "own.key", monkeypatch)


@pytest.fixture
def store(repo: Repo) -> Repo:
    """A store with two branches, both kinds of tags and a record more on another branch."""
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001")})
    repo.git("tag", "light")
    repo.git("tag", "-a", "-m", "第一版", "版本1")
    repo.git("checkout", "-q", "-b", "外地")
    repo.commit({stores.path("002"): stores.record("002", "杭州测试仪器有限公司")})
    repo.git("checkout", "-q", "main")
    return repo


def error(store: Path, folder: Path, *keys: str) -> tuple[str, Exit]:
    with pytest.raises(CrmError) as raised:
        make.backup(Store.find(store), folder, keys)
    assert not folder.exists()
    assert not list(store.rglob(".crmtext-*.tmp"))
    return raised.value.problem.rule, raised.value.exit_code


@needs_age
def test_the_program_age_and_git_open_a_backup(store: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    file = backups.backup(store.path, tmp_path / "out", own.public)
    assert file.name == "repo-20261120T120000Z.backup.age"
    plain = subprocess.run(["age", "-d", "-i", own.path, file], check=True, capture_output=True).stdout
    (tmp_path / "plain.tar").write_bytes(plain)
    with tarfile.open(tmp_path / "plain.tar") as archive:
        assert archive.getnames() == ["manifest.json", "store.bundle"]
        archive.extractall(tmp_path / "plain", filter="data")
    manifest = json.loads((tmp_path / "plain/manifest.json").read_text("utf-8"))
    subprocess.run(["git", "clone", "-q", tmp_path / "plain/store.bundle", tmp_path / "clone"], check=True)
    listed = [line.split(" ") for line in store.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()]
    assert manifest["refs"] == dict(listed)
    assert (manifest["head"], manifest["commit"]) == ("refs/heads/main", store.git("rev-parse", "HEAD"))
    assert (manifest["tree"], manifest["records"]) == (store.git("rev-parse", "HEAD^{tree}"), 1)
    assert (tmp_path / "clone" / stores.path("001")).read_text("utf-8") == stores.record("001")


def test_the_command_prints_what_is_in_it_and_what_is_not(
    store: Repo, own: backups.KeyFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write("crmtext.toml", stores.TEAM + f'\n[backup]\nto = ["{own.public}"]\n')
    store.write("note.txt", "x")
    done = stores.Program(capsys, store.path)("backup", "-o", str(tmp_path / "out"), "--format", "json")
    assert done.code == 0
    (file,) = (tmp_path / "out").iterdir()
    assert done.data == {
        "schema": 1,
        "file": str(file),
        "customers": 1,
        "refs": 4,
        "bytes": file.stat().st_size,
        "commit": store.git("rev-parse", "HEAD"),
        "created": "2026-11-20T12:00:00Z",
        "uncommitted": ["crmtext.toml", "note.txt"],
        "stashes": 0,
    }
    assert done.err == "not in the backup: 2 files with uncommitted changes: crmtext.toml, note.txt\n"


def test_stashes_are_counted(store: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    store.write("crmtext.toml", stores.TEAM + "# more\n")
    store.git("stash")
    assert make.backup(Store.find(store.path), tmp_path / "out", [own.public]).stashes == 1


def test_two_backups_of_one_second_are_two_files(store: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    files = [backups.backup(store.path, tmp_path / "out", own.public) for _time in range(2)]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [file.name for file in files]


def test_a_backup_of_a_backup_folder_inside_the_store_says_so(
    store: Repo, own: backups.KeyFile, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = store.path / "backups"
    done = stores.Program(capsys, store.path)("backup", "-o", str(folder), "-r", own.public)
    assert (done.code, "the backup lies inside the store's folder" in done.err) == (0, True)
    done = stores.Program(capsys, store.path)("backup", "-o", str(store.path / "records"), "-r", own.public)
    assert (done.code, "[output-place]" in done.err) == (2, True)


def test_without_a_key_nothing_is_written(store: Repo, tmp_path: Path) -> None:
    assert error(store.path, tmp_path / "out") == ("no-recipient", Exit.USAGE)
    assert error(store.path, tmp_path / "out", "age1x") == ("public-key", Exit.USAGE)


def test_a_wrong_key_in_the_settings_is_a_problem_with_its_place(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write("crmtext.toml", '[backup]\nto = ["age1x"]\n')
    done = stores.Program(capsys, store.path)("check")
    assert done.err.startswith("crmtext.toml:2:8: error: 'age1x' is not a public key of age or ssh-ed25519 [settings]")


def test_a_store_without_repository_or_commit_is_an_error(repo: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    plain = stores.made(tmp_path / "plain")
    assert error(plain, tmp_path / "out", own.public) == ("no-repository", Exit.CANNOT)
    repo.write("crmtext.toml", stores.TEAM)
    assert error(repo.path, tmp_path / "out", own.public) == ("no-commit-yet", Exit.CANNOT)


def test_a_clone_that_lacks_commits_or_files_is_an_error(store: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    store.commit({"more": "x"})
    store.git("config", "uploadpack.allowFilter", "true")
    url = store.path.as_uri()
    store.git("clone", "-q", "--depth=1", url, str(tmp_path / "shallow"))
    store.git("clone", "-q", "--filter=blob:none", url, str(tmp_path / "partial"))
    assert error(tmp_path / "shallow", tmp_path / "out", own.public) == ("history-missing", Exit.CANNOT)
    assert error(tmp_path / "partial", tmp_path / "out", own.public) == ("content-missing", Exit.CANNOT)


def test_a_damaged_repository_is_an_error(store: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    blob = store.git("rev-parse", f"HEAD:{stores.path('001')}")
    (store.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    rule, code = error(store.path, tmp_path / "out", own.public)
    assert (rule, code) == ("git-failed", Exit.CANNOT)


@pytest.mark.skipif(sys.platform == "win32", reason="needs modes")
def test_the_plain_text_is_private_while_it_is_there(
    store: Repo, own: backups.KeyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    packed = make.archive.packed

    def look(manifest: bytes, bundle: Path, moment: float) -> object:
        seen.append(bundle.parent.stat().st_mode & 0o777)
        assert bundle.is_relative_to(store.path / ".git/crmtext")
        return packed(manifest, bundle, moment)

    monkeypatch.setattr(make.archive, "packed", look)
    backups.backup(store.path, tmp_path / "out", own.public)
    assert seen == [0o700]
    assert [path.name for path in (store.path / ".git/crmtext").iterdir()] == ["backups.json"]


def test_the_extra_is_asked_for(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    public = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    for asked in (
        ("backup", "-o", str(tmp_path / "out"), "-r", public),
        ("key", "init", "--offline"),
        ("export", "--format", "csv", "--encrypt", public),
    ):
        done = stores.Program(capsys, store.path)(*asked)
        assert (done.code, "[needs-extra]" in done.err, 'pip install "crmtext[protect]"' in done.err) == (3, True, True)
    assert not (tmp_path / "out").exists()


def test_the_clone_knows_its_last_backup(store: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    opened = Store.find(store.path)
    assert last(opened) == (None, None)
    file = backups.backup(store.path, tmp_path / "out", own.public)
    known = last(opened).backup
    assert known
    assert (known.file, known.commit, known.days(opened)) == (file.name, store.git("rev-parse", "HEAD"), 0)
    store.git("worktree", "add", "-q", str(tmp_path / "linked"), "外地")
    assert last(Store.find(tmp_path / "linked")).backup == known
