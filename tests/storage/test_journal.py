from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
import stores
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmtext.storage import journal
from crmtext.storage.journal import Commit, Part, Transaction

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Repo

contents = st.none() | st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "ignore"))
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0\\:"), max_size=9)
others = ["crmtext.toml", "schema/customer.schema.json", "import/team.toml"]
paths = st.sampled_from(others) | names.map("records/C{}.yaml".format)
parts = st.lists(st.builds(Part, paths, contents, contents), max_size=3).map(tuple)
NOTHING = st.just("")
settled = st.lists(paths, max_size=2).map(tuple)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
commits = st.none() | st.builds(Commit, words, st.tuples(words, words), parts, parts)
ONE = Transaction("one", (Part("records/C1.yaml", b"old\n", b"new\n"),))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(
    transaction=st.builds(
        Transaction, words, parts, commits, st.just(""), settled, st.booleans(), st.just(""), words, st.just(False)
    )
)
def test_what_is_written_down_is_read_again_byte_by_byte(tmp_path: Path, transaction: Transaction) -> None:
    journal.drop(tmp_path)
    journal.begin(tmp_path, transaction)
    assert journal.begun(tmp_path) == transaction
    journal.end(tmp_path, None)
    assert journal.begun(tmp_path) is None
    done = journal.last(tmp_path)
    assert done is not None
    assert (done.transaction, done.commit) == (transaction, None)


def test_a_command_that_version_0_1_0_began_is_finished(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    before = stores.record("001")
    repo.commit({"crmtext.toml": stores.TEAM, stores.path(): before})
    own = repo.path / ".git/crmtext"
    own.mkdir()
    # What `log C20240501001 phone 报价已发 --commit` had written when it was killed before it committed.
    shutil.copy(stores.ROOT / "tests/faults/doing.json", own)
    last = "interactions:\n  - date: 2026-11-18\n    by: lilei\n    channel: phone\n    summary: 报价已发\n"
    repo.write(stores.path(), before + last)
    result = stores.Program(capsys, repo.path)("set", "C20240501001", "short_name=示例", "--no-commit")
    done = "上海示例电子有限公司: Phone of 2026-11-18 noted in records/C20240501001.yaml"
    assert (result.code, f"completed an interrupted command: {done}" in result.err) == (0, True)
    assert (
        repo.git("show", "--format=%s", "--stat=200", "HEAD").splitlines()[0]
        == "上海示例电子有限公司: +1 interaction (phone)"
    )
    assert repo.git("show", f"HEAD:{stores.path()}") + "\n" == before + last
    assert [file.name for file in own.iterdir() if file.suffix == ".json"] == []


def test_what_version_0_1_0_began_to_take_back_is_taken_back(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    before = stores.record("001")
    repo.commit({"crmtext.toml": stores.TEAM, stores.path(): before})
    own = repo.path / ".git/crmtext"
    own.mkdir()
    shutil.copy(stores.ROOT / "tests/faults/doing.json", own / "undoing.json")
    text = json.loads((own / "undoing.json").read_text("ascii"))["parts"][0][2]
    repo.write(stores.path(), text)
    result = stores.Program(capsys, repo.path)("set", "C20240501001", "short_name=示例", "--no-commit")
    assert (result.code, (repo.path / stores.path()).read_text("utf-8")) == (
        0,
        before.replace("type:", "short_name: 示例\ntype:"),
    )
    assert [file.name for file in own.iterdir() if file.suffix == ".json"] == []


def test_texts_that_head_and_the_disk_share_are_kept_once(tmp_path: Path) -> None:
    journal.begin(tmp_path, Transaction("one", ONE.parts, Commit("one", ("a", "b"), ONE.parts)))
    assert (tmp_path / "doing.json").read_bytes().count(b"new") == 1


def test_the_last_twenty_are_kept_with_their_commits(tmp_path: Path) -> None:
    for number in range(journal.KEPT + 3):
        journal.begin(tmp_path, ONE)
        journal.end(tmp_path, f"{number:040}")
    kept = sorted(file.name for file in (tmp_path / "done").iterdir())
    assert (len(kept), kept[0], kept[-1]) == (20, f"000004-{3:040}.json", f"000023-{22:040}.json")
    last = journal.last(tmp_path)
    assert last is not None
    assert (last.name, last.commit) == (kept[-1], f"{22:040}")


def test_a_deed_that_undoes_another_goes_with_it(tmp_path: Path) -> None:
    journal.begin(tmp_path, ONE)
    journal.end(tmp_path, None)
    journal.begin(tmp_path, Transaction("undo", ONE.parts, undoes="000001-disk.json"))
    journal.end(tmp_path, None)
    assert journal.last(tmp_path) is None


FORGED = b'{"says":"","parts":[],"commit":null,"undoes":"","brief":true,"in_commit":"--output=x"}'


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"says":1,"parts":[[1]],"commit":null,"undoes":""}', FORGED]
)
def test_a_journal_that_cannot_be_read_is_kept_and_stops_nobody(tmp_path: Path, content: bytes) -> None:
    for name in ("doing.json", "undoing.json"):
        (tmp_path / name).write_bytes(content)
    assert (journal.begun(tmp_path), journal.rolling_back(tmp_path)) == (None, None)
    kept = journal.put_unreadable_aside(tmp_path)
    assert [file.relative_to(tmp_path).as_posix() for file in kept] == [
        "aside/000001-unreadable.json",
        "aside/000002-unreadable.json",
    ]
    assert [file.read_bytes() for file in kept] == [content] * 2
    assert journal.put_unreadable_aside(tmp_path) == ()
    journal.begin(tmp_path, ONE)
    assert journal.put_unreadable_aside(tmp_path) == ()
    assert journal.begun(tmp_path) == ONE


def test_what_was_done_and_cannot_be_read_is_passed_over_and_stays(tmp_path: Path) -> None:
    journal.begin(tmp_path, ONE)
    journal.end(tmp_path, None)
    newer = tmp_path / "done" / "000002-disk.json"
    newer.write_bytes(b"{}")
    last = journal.last(tmp_path)
    assert (last and last.transaction, newer.read_bytes()) == (ONE, b"{}")


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o600), (0o775, 0o660)], ids=["one user", "a shared folder"])
def test_who_may_not_write_in_the_folder_may_not_read_what_records_held(tmp_path: Path, folder: int, file: int) -> None:
    tmp_path.chmod(folder)
    journal.begin(tmp_path, ONE)
    assert (tmp_path / "doing.json").stat().st_mode & 0o777 == file
    journal.end(tmp_path, None)
    assert [note.stat().st_mode & 0o777 for note in (tmp_path / "done").iterdir()] == [file]
