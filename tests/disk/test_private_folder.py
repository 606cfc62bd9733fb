"""Folders for plain text: only the user can enter them, and nothing stays, whatever happens."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crmtext import layout
from crmtext.disk.private_folder import left, move_out, private_folder, sweep
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from pathlib import Path

KILLED = """
import os, sys
from pathlib import Path
from crmtext.disk.private_folder import private_folder
with private_folder(Path(sys.argv[1])) as folder:
    (folder / "plain").mkdir()
    (folder / "plain/text").write_text("secret")
    os.kill(os.getpid(), 9)
"""


def killed(parent: Path) -> Path:
    """The folder that a killed command left."""
    subprocess.run([sys.executable, "-c", KILLED, parent], check=False)
    (folder,) = left(parent)
    return folder


def test_only_the_user_can_enter_it_and_it_is_removed(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        (folder / "a").mkdir()
        (folder / "a/b").write_text("secret")
        assert (folder.parent, stat.S_IMODE(folder.stat().st_mode)) == (tmp_path, 0o700)
    assert [*tmp_path.iterdir()] == []


def test_it_is_removed_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), private_folder(tmp_path) as folder:
        1 // (folder / "a").write_text("")
    assert [*tmp_path.iterdir()] == []


def test_the_next_one_removes_what_a_kill_left_but_none_in_use(tmp_path: Path) -> None:
    with private_folder(tmp_path) as mine:
        dead = killed_beside(tmp_path, mine)
        with private_folder(tmp_path) as other:
            assert {*tmp_path.iterdir()} == {mine, other}
    assert not dead.exists()


def killed_beside(parent: Path, mine: Path) -> Path:
    subprocess.run([sys.executable, "-c", KILLED, parent], check=False)
    (folder,) = {*left(parent)} - {mine}
    return folder


def test_one_without_a_lock_is_removed(tmp_path: Path) -> None:
    folder = killed(tmp_path)
    (folder / "lock").unlink()
    sweep(tmp_path)
    assert left(tmp_path) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_with_such_a_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/file").write_text("x")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / layout.temporary(layout.PRIVATE)).symlink_to(tmp_path / "theirs")
    sweep(tmp_path / "here")
    assert ((tmp_path / "theirs/file").exists(), left(tmp_path / "here")) == (True, ())


def test_a_missing_parent_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CrmError), private_folder(tmp_path / "missing"):
        pass


def filled(folder: Path) -> Path:
    (folder / "store/.git").mkdir(parents=True)
    (folder / "store/records").mkdir()
    (folder / "store/a.toml").write_text("x")
    return folder / "store"


def test_everything_moves_out(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        move_out(filled(folder), last=".git")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "a.toml", "records"]


def test_nothing_moves_out_if_a_name_is_taken(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    with pytest.raises(OSError, match="exists"), private_folder(tmp_path) as folder:
        move_out(filled(folder), last=".git")
    assert [path.name for path in tmp_path.iterdir()] == ["records"]


@pytest.mark.parametrize("moved", [(), ("a.toml",), ("a.toml", "records"), ("a.toml", "records", ".git")])
def test_what_a_kill_left_half_moved_is_removed_and_what_is_complete_stays(
    tmp_path: Path, moved: tuple[str, ...]
) -> None:
    folder = killed(tmp_path)
    source = filled(folder)
    (folder / "moved").write_text(json.dumps({"from": "store", "names": ["a.toml", "records", ".git"]}))
    for name in moved:
        (source / name).rename(tmp_path / name)
    sweep(tmp_path, moved=True)
    complete = [".git", "a.toml", "records"] if ".git" in moved else []
    assert sorted(path.name for path in tmp_path.iterdir()) == complete


def test_a_list_of_names_that_leads_out_removes_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    (tmp_path / "here").mkdir()
    folder = killed(tmp_path / "here")
    (folder / "store").mkdir()
    (folder / "store/z").write_text("x")
    (folder / "moved").write_text(json.dumps({"from": "store", "names": ["../precious", "..", "z"]}))
    sweep(tmp_path / "here", moved=True)
    assert ((tmp_path / "precious").exists(), [*(tmp_path / "here").iterdir()]) == (True, [])
