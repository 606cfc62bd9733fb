"""Reports on the disk: written where they differ, and told when they are out of date."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.problem import CrmError, Exit
from crmtext.reports import named, publish
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

ONE = stores.path("001")


def site(store: Store) -> publish.Site:
    """What the reports of the work tree are made of."""
    return publish.site(store, store.worktree())


@pytest.fixture
def folder(repo: Repo) -> Path:
    texts = {
        ONE: stores.record("001", "上海示例电子"),
        stores.path("002"): stores.record("002", "华东", owner="hanmei"),
    }
    repo.commit({"crmtext.toml": stores.TEAM, **texts})
    return repo.path


@pytest.fixture
def program(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> stores.Program:
    monkeypatch.chdir(folder)
    return stores.Program(capsys, folder)


NAMED = sorted(f"{name}.{suffix}" for name in named.NAMED for suffix in ("html", "md"))
SITE = sorted(
    [
        *NAMED,
        "customers/C20240501001.html",
        "customers/C20240501001.md",
        "customers/C20240501002.html",
        "customers/C20240501002.md",
        "index.html",
        "index.md",
        "people/hanmei.html",
        "people/hanmei.md",
        "people/lilei.html",
        "people/lilei.md",
    ]
)


def test_the_whole_site_is_written_and_where_to_look_is_said(folder: Path, program: stores.Program) -> None:
    result = program("report")
    assert (result.code, result.out, result.err) == (0, f"Wrote {len(SITE)} pages\nopen reports/index.html\n", "")
    assert list(stores.files(folder / "reports")) == SITE


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--format", "markdown"], [name for name in SITE if name.endswith(".md")]),
        (["index"], ["index.html", "index.md"]),
        (["customers", "--format", "html", "--owner", "韩梅"], ["customers/C20240501002.html"]),
    ],
)
def test_a_part_can_be_asked_for(
    folder: Path, program: stores.Program, arguments: list[str], expected: list[str]
) -> None:
    assert program("report", *arguments, "-o", "出 口").code == 0
    assert list(stores.files(folder / "出 口")) == expected


def test_what_is_to_be_opened_was_written_just_now(folder: Path, program: stores.Program) -> None:
    program("report")
    assert program("report", "index", "--format", "markdown").out == "Wrote 1 page\nopen reports/index.md\n"
    assert program("report", "customers").out.endswith("\nopen reports\n")


def test_the_same_store_gives_the_same_bytes_and_pages_that_are_there_are_not_touched(
    folder: Path, program: stores.Program
) -> None:
    program("report")
    first = stores.files(folder / "reports")
    times = {name: (folder / "reports" / name).stat().st_mtime_ns for name in first}
    (folder / "reports" / "index.md").write_text("by hand", encoding="utf-8")
    program("report")
    assert stores.files(folder / "reports") == first
    untouched = [name for name in first if (folder / "reports" / name).stat().st_mtime_ns == times[name]]
    assert untouched == [name for name in SITE if name != "index.md"]


def test_a_check_of_the_reports_names_what_is_out_of_date(folder: Path, program: stores.Program) -> None:
    result = program("report", "--check")
    assert (result.code, sorted(result.out.split()), (folder / "reports").exists()) == (1, SITE, False)
    program("report")
    assert program("report", "--check") == stores.Said(0, "", "all reports are up to date\n")
    (folder / ONE).write_bytes(stores.record("001", "改了名").encode())
    result = program("report", "--check")
    assert result.code == 1
    # The pages of the other customer are named as well: none is any more that of a commit.
    assert {"customers/C20240501001.html", "index.md"} <= set(result.out.split())


def test_pages_are_stamped_with_the_commit_only_while_the_records_are_those_of_it(folder: Path, repo: Repo) -> None:
    assert site(Store(folder)).commit == repo.git("rev-parse", "--short=10", "HEAD")
    repo.write("notes.txt", "nothing to do with it")
    assert site(Store(folder)).commit != ""
    repo.write(ONE, stores.record("001", "改了名"))
    assert site(Store(folder)).commit == ""


def test_a_store_without_a_repository_is_reported_on_all_the_same(tmp_path: Path) -> None:
    whole = site(Store(stores.made(tmp_path, stores.record())))
    assert (whole.commit, [customer.id for customer in whole.customers]) == ("", ["C20240501001"])


def test_wrong_records_are_left_out_and_counted(folder: Path, program: stores.Program) -> None:
    (folder / ONE).write_bytes(b"id: [\n")
    result = program("report")
    assert (result.code, result.out.splitlines()[0]) == (
        0,
        f"Wrote {len(SITE) - 4} pages; 1 record with errors not included",
    )
    assert not (folder / "reports" / "customers/C20240501001.html").exists()


def test_an_output_folder_is_seen_from_where_the_command_works(
    folder: Path, program: stores.Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert program("report", "index", "-o", "out").code == 0
    assert ((folder / "out" / "index.md").is_file(), (tmp_path / "out").exists()) == (True, False)


def test_the_reports_there_are_and_those_there_are_not(program: stores.Program) -> None:
    listed = program("report", "--list").out.splitlines()
    assert [line.split()[0] for line in listed] == ["Name", "index", "people", "customers", "weekly", *named.NAMED]
    result = program("report", "profit")
    assert (result.code, "[unknown-report]" in result.err, "index, people, customers" in result.err) == (2, True, True)


def test_a_folder_that_cannot_be_written_is_told_in_words(folder: Path, program: stores.Program) -> None:
    (folder / "taken").write_text("a file", encoding="utf-8")
    result = program("report", "-o", str(folder / "taken" / "below"))
    assert (result.code, ": error: " in result.err) == (Exit.CANNOT, True)
    store = Store(folder)
    with pytest.raises(CrmError) as caught:
        publish.publish([("index.md", "x")], folder / "taken", site(store))
    assert caught.value.problem.rule == "write-failed"


def test_nothing_half_written_is_left_behind(
    folder: Path, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stores.files(folder)

    def broken(*_names: object, **_folders: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "replace", broken)
    assert (program("report").code, stores.files(folder)) == (Exit.CANNOT, before)
