"""The folder of a view: replaced file by file, and nothing else is touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.disk.nofollow import Folder
from crmtext.problem import CrmError
from crmtext.protection.view import folder

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "crmtext.toml": b'view = "support"\n',
    "README.md": b"# View\n",
    "schema/customer.schema.json": b"{}\n",
    "records/C1.yaml": b"id: C1\n",
    "records/C2.yaml": b"id: C2\n",
}
FEWER = {name: FILES[name] for name in FILES if name != "records/C2.yaml"} | {"records/C1.yaml": b"id: 1\n"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return stores.made(tmp_path / "store")


def test_a_new_folder_is_made_and_a_second_time_nothing_changes(tmp_path: Path, store: Path) -> None:
    view = tmp_path / "a/view"
    folder.check(view, store, "support")
    assert folder.replace(view, FILES) == (5, 0)
    before = {path: path.stat().st_mtime_ns for path in view.rglob("*.*") if path.name != ".crmtext.lock"}
    folder.check(view, store, "support")
    assert folder.replace(view, FILES) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in view.rglob("*.*") if path.name != ".crmtext.lock"} == before
    assert stores.files(view) == FILES


def test_what_is_gone_is_deleted_and_other_files_and_the_repository_stay(tmp_path: Path, store: Path) -> None:
    view = Repo(tmp_path / "view")
    view.path.mkdir()
    view.git("init", "-q", "-b", "main")
    folder.check(view.path, store, "support")
    folder.replace(view.path, FILES)
    kept = {"ci/job.yml": "job", "LICENSE": "x"}
    view.commit({**kept, "records/old/C3.yaml": "id: C3", "schema/more.json": "{}", "records/.crmtext-ab.tmp": ""})
    folder.check(view.path, store, "support")
    assert folder.replace(view.path, FEWER) == (1, 4)
    assert stores.files(view.path) == {**FEWER, **{name: text.encode() for name, text in kept.items()}}
    assert view.git("log", "--oneline", "--format=%s") == "change"


@pytest.mark.parametrize("there", ["crmtext.toml", "README.md", "records/C1.yaml"])
def test_a_folder_that_is_no_view_is_not_written_to(there: str, tmp_path: Path, store: Path) -> None:
    other = Repo(tmp_path / "other")
    other.path.mkdir()
    other.write(there, "")
    with pytest.raises(CrmError) as raised:
        folder.check(other.path, store, "support")
    assert raised.value.problem.rule == "view-folder"


def test_a_view_for_another_role_is_not_overwritten(tmp_path: Path, store: Path) -> None:
    folder.replace(tmp_path / "view", FILES)
    with pytest.raises(CrmError) as raised:
        folder.check(tmp_path / "view", store, "sales")
    assert raised.value.problem.message == f"'{tmp_path / 'view'}' is the view for the role support"


@pytest.mark.parametrize("place", ["", "records", "views/support", ".git", "records/new"])
def test_no_view_is_written_into_the_store(place: str, store: Path) -> None:
    with pytest.raises(CrmError) as raised:
        folder.check(store / place, store, "support")
    assert raised.value.problem.rule == "output-place"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_no_link_is_followed(tmp_path: Path, store: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "C9.yaml").write_text("mine")
    view = tmp_path / "view"
    folder.replace(view, FILES)
    (view / "records/C2.yaml").unlink()
    (view / "records/C2.yaml").symlink_to(elsewhere / "C9.yaml")
    (view / "records/deep").symlink_to(elsewhere)
    folder.check(view, store, "support")
    assert folder.replace(view, FILES) == (1, 1)
    assert stores.files(view) == FILES
    assert (elsewhere / "C9.yaml").read_text() == "mine"
    (view / "schema/customer.schema.json").unlink()
    (view / "schema").rmdir()
    (view / "schema").symlink_to(elsewhere)
    with pytest.raises(CrmError):
        folder.replace(view, FILES)
    assert [path.name for path in elsewhere.iterdir()] == ["C9.yaml"]


def test_a_failure_changes_nothing_and_leaves_nothing(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = tmp_path / "view"
    folder.replace(view, FILES)
    opened = Folder.open

    def full(self: Folder, name: str, flags: int, mode: int = 0o666) -> int:
        if flags & os.O_CREAT and self.path.endswith("schema"):
            raise OSError(28, "No space left on device")
        return opened(self, name, flags, mode)

    monkeypatch.setattr(Folder, "open", full)
    with pytest.raises(CrmError) as raised:
        folder.replace(view, {**FEWER, "schema/customer.schema.json": b"{1}"})
    assert raised.value.problem.rule == "disk-full"
    assert stores.files(view) == FILES


@pytest.mark.parametrize("count", range(len(FILES)))
def test_a_killed_run_is_completed_by_the_next_one(
    count: int, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = tmp_path / "view"
    replace, left = Folder.replace, [count]

    def killed(self: Folder, name: str, new: str, folder: Folder | None = None) -> None:
        if not left[0]:
            # Neither the rest nor the cleaning up is done.
            monkeypatch.setattr(Folder, "unlink", lambda _self, _name: None)
            raise KeyboardInterrupt
        left[0] -= 1
        replace(self, name, new, folder)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.replace(view, FILES)
    monkeypatch.undo()
    assert [*view.rglob(".crmtext-*.tmp")]
    folder.check(view, store, "support")
    folder.replace(view, FILES)
    assert (stores.files(view), [*view.rglob(".crmtext-*.tmp")]) == (FILES, [])
