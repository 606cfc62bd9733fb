"""Restored stores equal those that were backed up; what isn't a whole backup for one's own key leaves nothing."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

import backups
import pytest
import stores
from repos import Repo

from crmtext.git import bundle
from crmtext.problem import CrmError, Exit
from crmtext.protection import age
from crmtext.protection.backup import archive, last, make, manifest, restore
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmtext.git.plumbing import Repository


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> backups.KeyFile:
    return backups.key(tmp_path / "own.key", monkeypatch)


def opened(repo: Path) -> Repository:
    found = Store.find(repo).repository
    assert found
    return found


def same(one: Path, other: Path) -> None:
    """Assert that both have the same refs, HEAD and files of the commit."""
    assert bundle.refs(opened(one)) == bundle.refs(opened(other))
    assert stores.git(other, "status", "--porcelain") == ""
    assert stores.git(one, "ls-tree", "-r", "HEAD") == stores.git(other, "ls-tree", "-r", "HEAD")
    assert stores.git(other, "fsck", "--strict", "--no-dangling") == ""


def _plain(repo: Repo) -> Path:
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({stores.path("002"): stores.record("002", "杭州测试仪器有限公司")})
    repo.git("tag", "-a", "-m", "x", "v1")
    repo.git("checkout", "-q", "main")
    return repo.path


def _detached(repo: Repo) -> Path:
    repo.commit({stores.path("002"): stores.record("002", "杭州测试仪器有限公司")})
    repo.git("checkout", "-q", "--detach", "HEAD~1")
    return repo.path


def _linked(repo: Repo) -> Path:
    repo.git("worktree", "add", "-q", "-b", "side", str(repo.path.parent / "linked"))
    return repo.path.parent / "linked"


def _odd_tags(repo: Repo) -> Path:
    repo.git("tag", "a-blob", f"HEAD:{stores.path('001')}")
    repo.git("tag", "a-tree", "HEAD^{tree}")
    repo.git("tag", "-a", "-m", "of a tag", "nested", "a-tree")
    return repo.path


def _packed(repo: Repo) -> Path:
    repo.git("gc", "-q")
    return repo.path


@pytest.mark.parametrize("shape", [_plain, _detached, _linked, _odd_tags, _packed])
@pytest.mark.parametrize("hashes", ["sha1", "sha256"])
def test_a_restored_store_is_the_same(
    tmp_path: Path, own: backups.KeyFile, shape: Callable[[Repo], Path], hashes: str
) -> None:
    (tmp_path / "repo").mkdir()
    repo = Repo(tmp_path / "repo")
    repo.git("init", "-q", "-b", "main", f"--object-format={hashes}")
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001")})
    store = shape(repo)
    file = backups.backup(store, tmp_path / "out", own.public)
    done = restore.restore(file, tmp_path / "new/folder", backups.own)
    same(store, done.root)
    assert done.hooks == (
        "pre-commit",
        "pre-merge-commit",
        "prepare-commit-msg",
        "commit-msg",
        "pre-push",
        "merge-driver",
    )
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["folder"]


def test_a_store_below_the_top_is_restored_with_its_repository(
    repo: Repo, tmp_path: Path, own: backups.KeyFile
) -> None:
    repo.commit({"crm/crmtext.toml": stores.TEAM, f"crm/{stores.path('001')}": stores.record("001"), "other": "x"})
    file = backups.backup(repo.path / "crm", tmp_path / "out", own.public)
    done = restore.restore(file, tmp_path / "new", backups.own)
    assert (done.root, done.manifest.contents.records) == (tmp_path / "new/crm", 1)
    same(repo.path / "crm", done.root)


@pytest.fixture
def backup(repo: Repo, tmp_path: Path, own: backups.KeyFile) -> Path:
    """A backup of a small store."""
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001")})
    return backups.backup(repo.path, tmp_path / "out", own.public)


def test_an_empty_folder_is_filled_and_keeps_its_mode(repo: Repo, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir(mode=0o750)
    before = (tmp_path / "new").stat()
    restore.restore(backup, tmp_path / "new", backups.own)
    after = (tmp_path / "new").stat()
    assert (after.st_mode, after.st_ino) == (before.st_mode, before.st_ino)
    same(repo.path, tmp_path / "new")
    assert not list(tmp_path.rglob(".crmtext-*"))


@pytest.mark.parametrize("name", ["file", ".hidden", ".git"])
def test_a_folder_that_is_not_empty_stays_as_it_is(backup: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / name).write_text("x")
    assert rejected(backup, tmp_path / "new") == ("folder-not-empty", Exit.CANNOT)
    assert rejected(backup, tmp_path / "new" / name) == ("folder-not-empty", Exit.CANNOT)


def rejected(file: Path, folder: Path) -> tuple[str, Exit]:
    """Why a backup isn't restored; nothing may be left behind."""
    before = backups.everything(folder.parent)
    with pytest.raises(CrmError) as raised:
        restore.restore(file, folder, backups.own)
    assert backups.everything(folder.parent) == before
    return raised.value.problem.rule, raised.value.exit_code


def test_the_commands_restore_and_verify(
    repo: Repo, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = stores.Program(capsys, tmp_path)
    done = program("restore", str(backup), "new", "--format", "json")
    assert done.data == {
        "schema": 1,
        "folder": str(tmp_path / "new"),
        "customers": 1,
        "refs": 1,
        "commit": repo.git("rev-parse", "HEAD"),
        "created": "2026-11-20T12:00:00Z",
        "hooks": ["pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "pre-push", "merge-driver"],
    }
    checked = program("backup", "--verify", str(backup))
    assert checked.out == (
        f"The backup {backup.name} is complete\n"
        "  made 2026-11-20T12:00:00Z: 1 customer, 1 branch, 0 tags\n"
        "  objects, branches, tags and files are as they were\n"
        "  check finds no errors in its records\n"
    )
    assert program("backup", "--verify", "missing").code == 2
    assert program("backup").code == 2
    assert program("backup", "--verify", str(backup), "-o", "x").code == 2


def test_a_verified_backup_is_remembered_in_its_clone_alone(repo: Repo, backup: Path, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other")
    other.path.mkdir()
    other.git("init", "-q", "-b", "main")
    other.commit({"crmtext.toml": stores.TEAM})
    for store, known in ((other, None), (repo, backup.name)):
        opened_repo = opened(store.path)
        restore.verify(backup, backups.own, make.own_folder(opened_repo), opened_repo)
        verified = last(Store.find(store.path)).verified
        assert (verified.file if verified else None) == known


def test_errors_of_the_records_are_counted_and_the_backup_is_good(
    repo: Repo, tmp_path: Path, own: backups.KeyFile
) -> None:
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001", owner="nobody")})
    file = backups.backup(repo.path, tmp_path / "out", own.public)
    checked = restore.verify(file, backups.own, tmp_path, None)
    assert (checked.errors, checked.unreadable) == (1, None)


def test_a_key_that_it_was_not_made_for_does_not_open_it(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.key(tmp_path / "another.key", monkeypatch)
    assert rejected(backup, tmp_path / "new") == ("backup-key", Exit.NOT_ALLOWED)
    monkeypatch.setenv("CRMTEXT_KEY", str(tmp_path / "none"))
    assert rejected(backup, tmp_path / "new") == ("no-key", Exit.NOT_ALLOWED)


@pytest.mark.skipif(not shutil.which("age"), reason="needs the program age")
def test_a_file_of_the_program_age_is_read_also_as_text(backup: Path, own: backups.KeyFile, tmp_path: Path) -> None:
    plain = subprocess.run(["age", "-d", "-i", own.path, backup], check=True, capture_output=True).stdout
    for number, how in enumerate((["-a"], [])):
        again = tmp_path / f"again{number}.age"
        subprocess.run(["age", *how, "-r", own.public, "-o", again], input=plain, check=True)
        restore.restore(again, tmp_path / f"new{number}", backups.own)
        assert (tmp_path / f"new{number}" / stores.path("001")).is_file()


def encrypted(path: Path, own: backups.KeyFile, plain: bytes) -> Path:
    with path.open("wb") as file:
        age.encrypt([plain], file, age.recipients([own.public]))
    return path


def members(*files: tuple[tarfile.TarInfo, bytes]) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as made:
        for info, data in files:
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return output.getvalue()


def member(name: str, data: bytes = b"{}", kind: bytes = tarfile.REGTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info, data


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"hello",
        bytes(10240),
        members(member("manifest.json")),
        members(member("store.bundle"), member("manifest.json")),
        members(member("manifest.json"), member("store.bundle")),
        members(member("../manifest.json"), member("store.bundle")),
        members(member("manifest.json", b"", tarfile.SYMTYPE), member("store.bundle")),
        members(member("manifest.json"), member("keys.bundle")),
        members(member("manifest.json"), member("store.bundle"), member("more")),
        members(member("manifest.json", b"[" * 100_000), member("store.bundle")),
        members(member("manifest.json", b'{"version": 2}'), member("store.bundle")),
    ],
    ids=range(12),
)
def test_what_holds_something_else_is_another_kind(own: backups.KeyFile, tmp_path: Path, plain: bytes) -> None:
    file = encrypted(tmp_path / "file", own, plain)
    assert rejected(file, tmp_path / "new") == ("backup-kind", Exit.CANNOT)


@pytest.mark.parametrize("raw", [b"hello world, this is no backup", bytes(100), b"PK\3\4" + bytes(50)])
def test_what_is_not_encrypted_is_another_kind(own: backups.KeyFile, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "file").write_bytes(raw)
    assert rejected(tmp_path / "file", tmp_path / "new") == ("backup-kind", Exit.CANNOT)


def parts(backup: Path, tmp_path: Path) -> tuple[manifest.Manifest, Path]:
    """The manifest and the bundle of a backup."""
    with (tmp_path / "plain.tar").open("wb") as file:
        age.decrypt([backup.read_bytes()], file, [key.identity for key in backups.own()])
    raw, _digest = archive.unpacked(tmp_path / "plain.tar", tmp_path / "parts.bundle")
    return manifest.decoded(raw), tmp_path / "parts.bundle"


def rewritten(about: manifest.Manifest, inside: Path, file: Path, own: backups.KeyFile) -> Path:
    """A backup of any manifest and bundle, encrypted as anybody could."""
    about = about._replace(sha256=archive.digest(inside))
    return encrypted(file, own, b"".join(archive.packed(about.encoded(), inside, 0)))


@pytest.mark.parametrize("field", ["head", "commit", "tree", "refs", "records"])
def test_a_manifest_that_does_not_match_is_damage(
    backup: Path, own: backups.KeyFile, tmp_path: Path, field: str
) -> None:
    about, inside = parts(backup, tmp_path)
    wrong = {"head": "refs/heads/x", "commit": "0" * 40, "tree": "0" * 40, "refs": {}, "records": 2}
    about = about._replace(contents=about.contents._replace(**{field: wrong[field]}))
    file = rewritten(about, inside, tmp_path / "file", own)
    assert rejected(file, tmp_path / "new") == ("backup-damaged", Exit.CANNOT)


@pytest.mark.parametrize("folder", ["../up/", "/abs/", "a", "a//b/", "./"])
def test_a_folder_that_leads_out_is_another_kind(
    backup: Path, own: backups.KeyFile, tmp_path: Path, folder: str
) -> None:
    about, inside = parts(backup, tmp_path)
    file = rewritten(about._replace(folder=folder), inside, tmp_path / "file", own)
    assert rejected(file, tmp_path / "new") == ("backup-kind", Exit.CANNOT)


def _thin(repo: Repo, path: Path) -> None:
    repo.git("bundle", "create", "-q", str(path), "HEAD~1..HEAD", "main", "HEAD")


def _foreign_ref(_repo: Repo, path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b" refs/heads/main", b" refs/evil/main", 1))


def _up(_repo: Repo, path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b" refs/heads/main", b" refs/heads/../x", 1))


def _no_head(repo: Repo, path: Path) -> None:
    repo.git("bundle", "create", "-q", str(path), "main")


def _cut(_repo: Repo, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _filtered(_repo: Repo, path: Path) -> None:
    path.write_bytes(
        path.read_bytes().replace(b"# v2 git bundle\n", b"# v3 git bundle\n@object-format=sha1\n@filter=blob:none\n", 1)
    )


@pytest.mark.parametrize("change", [_thin, _foreign_ref, _up, _no_head, _cut, _filtered])
def test_a_bundle_that_is_not_whole_is_damage(
    repo: Repo, backup: Path, own: backups.KeyFile, tmp_path: Path, change: Callable[[Repo, Path], None]
) -> None:
    repo.commit({"more": "x"})
    about, inside = parts(backup, tmp_path)
    change(repo, inside)
    file = rewritten(about, inside, tmp_path / "file", own)
    assert rejected(file, tmp_path / "new") == ("backup-damaged", Exit.CANNOT)


def test_filters_of_a_hostile_backup_are_not_run(repo: Repo, tmp_path: Path, own: backups.KeyFile) -> None:
    mark = tmp_path / "ran"
    repo.commit({
        "crmtext.toml": stores.TEAM,
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        ".gitconfig": f"[filter \"evil\"]\n\tsmudge = touch {mark}\n",
        "hooks/post-checkout": f"#!/bin/sh\ntouch {mark}\n",
    })  # fmt: skip
    file = backups.backup(repo.path, tmp_path / "out", own.public)
    restore.restore(file, tmp_path / "new", backups.own)
    assert not mark.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_an_error(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert rejected(backup, tmp_path / "locked/new") == ("not-writable", Exit.CANNOT)
