"""Folders that are opened without following a link below one that is trusted."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from crmtext.disk import files, nofollow
from crmtext.disk.nofollow import Folder, LinkError, NotPlainError, TooLargeError, is_name
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are made another way there")


@pytest.fixture(params=[True, False], ids=["by descriptor", "by path"])
def top(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a user's beside one of somebody else's, on a system that opens folders and on one that does not."""
    monkeypatch.setattr(nofollow, "_BY_DESCRIPTOR", request.param)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_bytes(b"mine")
    (tmp_path / "store/a/b").mkdir(parents=True)
    (tmp_path / "store/a/b/file").write_bytes(b"theirs")
    (tmp_path / "store/link").symlink_to(tmp_path / "mine")
    (tmp_path / "store/a/link").symlink_to("b")
    (tmp_path / "store/a/b/link").symlink_to(tmp_path / "mine/file")
    os.mkfifo(tmp_path / "store/a/b/pipe")
    return tmp_path / "store"


def test_a_file_is_read_by_its_folders(top: Path) -> None:
    with Folder(top, ("a", "b")) as folder:
        assert (folder.read("file", 6), folder.names()) == (b"theirs", ("file", "link", "pipe"))


@pytest.mark.parametrize("below", [("link",), ("a", "link"), ("link", "more")])
@pytest.mark.parametrize("make", [False, True])
def test_no_folder_is_reached_by_a_link(top: Path, below: tuple[str, ...], make: bool) -> None:
    with pytest.raises(LinkError):
        Folder(top, below, make=make)
    assert sorted(file.name for file in (top / "../mine").iterdir()) == ["file"]


def test_the_folder_at_the_top_may_be_reached_by_a_link(top: Path) -> None:
    with Folder(top / "link") as folder:
        assert folder.read("file", 4) == b"mine"


@pytest.mark.parametrize("name", ["link", "pipe", "..", "a/b", "", "x\0y"])
def test_what_is_no_plain_file_or_no_name_is_not_opened(top: Path, name: str) -> None:
    with Folder(top, ("a", "b")) as folder, pytest.raises(OSError, match="Invalid argument"):
        folder.read(name, 10)


def test_a_file_that_is_too_large_is_not_read(top: Path) -> None:
    with Folder(top, ("a", "b")) as folder, pytest.raises(TooLargeError):
        folder.read("file", 5)


def test_nothing_is_written_through_a_link(top: Path) -> None:
    with Folder(top, ("a", "b")) as folder, pytest.raises(NotPlainError):
        folder.open("link", os.O_WRONLY | os.O_TRUNC)
    assert (top / "../mine/file").read_bytes() == b"mine"


def test_a_link_that_takes_the_place_of_an_open_folder_is_not_followed(top: Path, tmp_path: Path) -> None:
    if not nofollow._BY_DESCRIPTOR:
        pytest.skip("only where folders are opened")
    with Folder(top, ("a", "b")) as folder:
        (top / "a/b").rename(top / "a/c")
        (top / "a/b").symlink_to(tmp_path / "mine")
        folder.unlink("file")
    assert ((top / "a/c/file").exists(), (top / "../mine/file").exists()) == (False, True)


@pytest.mark.parametrize(
    ("path", "rule"),
    [("a/b/link", "not-a-file"), ("a/b/pipe", "not-a-file"), ("link/file", "outside-store"), ("a/b", "not-a-file")],
)
def test_every_way_to_touch_a_file_is_guarded(top: Path, path: str, rule: str) -> None:
    for touch in (
        lambda: files.read(top / path, within=top),
        lambda: files.write(top / path, b"x", b"mine", within=top),
        lambda: files.remove(top / path, b"mine", within=top),
        lambda: files.move(top / path, top / "new", within=top),
    ):
        with pytest.raises(CrmError) as caught:
            touch()
        assert caught.value.problem.rule in {rule, "write-failed"}
    assert (top / "../mine/file").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("path", "inside"),
    [("store/out", True), ("store", True), ("store/link/x", True), ("mine", False), ("gone/x", False)],
)
def test_what_a_user_names_is_trusted_outside_of_the_store(top: Path, tmp_path: Path, path: str, inside: bool) -> None:
    assert files.trusted(tmp_path / path, top) == (top if inside else None)


def test_a_name_leads_nowhere() -> None:
    assert [is_name(name) for name in ("C1.yaml", ".git", "..", ".", "", "a/b", "/", "a\0")] == [True] * 2 + [False] * 6
