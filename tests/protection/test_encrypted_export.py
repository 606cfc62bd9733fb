"""Exports as age files: in every shape that exports have, with no plain text left anywhere."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import backups
import pytest
import stores

from crmtext.protection import age

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> backups.KeyFile:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return backups.key(tmp_path / "own.key", monkeypatch)


@pytest.fixture
def program(repo_store: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, repo_store)


@pytest.fixture
def repo_store(tmp_path: Path) -> Path:
    store = stores.made(tmp_path / "store", stores.record("001"), stores.record("002", "杭州测试仪器有限公司"))
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "store"]):
        stores.git(store, *command)
    return store


def plain(file: Path) -> bytes:
    """The plain text of an age file."""
    output = io.BytesIO()
    age.decrypt([file.read_bytes()], output, [key.identity for key in backups.own()])
    return output.getvalue()


@pytest.mark.parametrize("typed", ["out/m.csv", "out/m.csv.age"])
def test_a_file_is_encrypted_and_equals_the_plain_one(
    program: stores.Program, own: backups.KeyFile, tmp_path: Path, typed: str
) -> None:
    assert program("export", "-o", str(tmp_path / "plain.csv")).code == 0
    done = program("export", "-o", str(tmp_path / typed), "--encrypt", own.public)
    assert (done.code, f"Wrote 2 customers to {tmp_path / 'out/m.csv.age'}" in done.err) == (0, True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["m.csv.age"]
    assert plain(tmp_path / "out/m.csv.age") == (tmp_path / "plain.csv").read_bytes()
    assert [*(tmp_path / "temporary").iterdir()] == []


@pytest.mark.parametrize(
    ("asked", "name", "inside"),
    [
        (["--format", "csv"], "f", "f/customers.csv"),
        (["--to", "hubspot"], "f", "f/README.txt"),
    ],
    ids=["folder", "system"],
)
def test_a_folder_becomes_a_tar_file(
    program: stores.Program, own: backups.KeyFile, tmp_path: Path, asked: list[str], name: str, inside: str
) -> None:
    done = program("export", *asked, "-o", f"{tmp_path / 'out' / name}/", "--encrypt", own.public)
    assert done.code == 0, done.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"{name}.tar.age"]
    with tarfile.open(fileobj=io.BytesIO(plain(tmp_path / f"out/{name}.tar.age"))) as archive:
        assert inside in archive.getnames()


@pytest.mark.parametrize("asked", [["--for-editing"], ["--format", "xlsx"]], ids=["for editing", "workbook"])
def test_a_workbook_is_encrypted(
    program: stores.Program, own: backups.KeyFile, tmp_path: Path, asked: list[str]
) -> None:
    done = program("export", *asked, "-o", str(tmp_path / "out/m.xlsx"), "--encrypt", own.public)
    assert done.code == 0, done.err
    assert plain(tmp_path / "out/m.xlsx.age").startswith(b"PK")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["m.xlsx.age"]


def test_standard_output_is_encrypted(program: stores.Program, own: backups.KeyFile, tmp_path: Path) -> None:
    process = stores.process(program.folder, "export", "--format", "csv", "--encrypt", own.public)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    (tmp_path / "file.age").write_bytes(output)
    assert b"C20240501002" in plain(tmp_path / "file.age")


def test_a_wrong_key_writes_nothing(program: stores.Program, own: backups.KeyFile, tmp_path: Path) -> None:
    secret = own.path.read_text().split()[-1]
    for key in ("lilei", secret):
        done = program("export", "-o", str(tmp_path / "out/m.csv"), "--encrypt", own.public, "--encrypt", key)
        assert (done.code, "[public-key]" in done.err, secret in done.err) == (2, True, False)
    assert not (tmp_path / "out").exists()


def test_an_export_that_fails_leaves_no_file_and_keeps_the_earlier_one(
    program: stores.Program, own: backups.KeyFile, tmp_path: Path
) -> None:
    target = tmp_path / "m.csv.age"
    target.write_bytes(b"earlier")
    asked = ("export", "--where", "status == 'lost'", "-o", str(target), "--encrypt", own.public)
    assert program(*asked).code == 1
    assert (target.read_bytes(), [*(tmp_path / "temporary").iterdir()]) == (b"earlier", [])
    done = program("export", "-o", str(program.folder / "records/m.csv"), "--encrypt", own.public)
    assert (done.code, "[output-place]" in done.err) == (2, True)
