"""With the index and without it every command answers the same, whatever happens to the store in between."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import shutil
import sqlite3
import subprocess
import time
import weakref
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import stores
from hypothesis import given, settings
from hypothesis import strategies as st
from repos import Repo

from crmtext import layout
from crmtext.checks import likely_duplicate, scope
from crmtext.duplicates import compare
from crmtext.duplicates import known as compared
from crmtext.figures.rules import NAMES
from crmtext.index import changes, database, lookup, rows, stat, update, workers
from crmtext.index.key import StateKey
from crmtext.index.row import Row
from crmtext.problem import CrmError, Severity
from crmtext.query import listing
from crmtext.reports import show
from crmtext.schema import Schema
from crmtext.sources import Blobs
from crmtext.store import Store
from crmtext.validation import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmtext.answer import Problems
    from crmtext.snapshot import Snapshot


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    # As if no test took less than two seconds.
    monkeypatch.setattr(stat, "RACY_WINDOW_NS", 0)
    # What three have in common is too much.
    monkeypatch.setattr(compare, "MOST_IN_COMMON", 2)
    monkeypatch.setattr(likely_duplicate, "CROWD", likely_duplicate.CROWD._replace(limit=2))
    scope._declared.cache_clear()
    yield
    scope._declared.cache_clear()


def known(root: Path, *, staged: bool = False) -> Problems:
    """The check's answer from the index, which is there."""
    store = Store(root)
    assert lookup.problems(store, staged=staged) is not None
    return check.check_store(store, staged=staged)


def read(root: Path, *, staged: bool = False) -> Problems:
    """The check's answer from every record read."""
    store = Store(root)
    return check.check(store.index() if staged else store.worktree())


def shape(snapshot: Snapshot) -> tuple[object, ...]:
    """All that a report or a list can see of a snapshot."""
    customers = [(customer.path, customer.data, customer.document.text) for customer in snapshot.customers]
    broken = sorted((document.path, document.data, document.text) for document in snapshot.broken)
    problems = sorted(map(repr, snapshot.problems))
    return customers, broken, problems, snapshot.checked, snapshot.left_out, sorted(snapshot.known_ids)


def agree(root: Path) -> None:
    """Hold all answers against those of a program that knows nothing."""
    assert known(root) == read(root)
    if (root / ".git").exists():
        staged = read(root, staged=True)
        assert known(root, staged=True) == staged
        with without_index(root, "index"):
            assert known(root, staged=True) == staged
    store = Store(root)
    assert shape(lookup.snapshot(store)) == shape(store.worktree())
    query = listing.Query(owner="lilei")
    mine, every = lookup.listed(store, {"owner": ("lilei",)}), store.worktree()
    assert listing.table(mine, query, NAMES) == listing.table(every, query, NAMES)
    for typed in TYPED:
        around = lookup.around(store, typed)
        assert shown(around, typed) == shown(every, typed)


#: An id, another one's tail, a part of a name, a contact, a phone, an address, pinyin, what is near to a name, and what
#: no text can hold.
TYPED = (
    *("C20240501001", "501002", "示例", "张三", "021-55550001", "Zhang@Shili.example"),
    *("zhangsan", "szlyj", "上海示列电子", "shanghaishiliedianzi", "\udce9"),
)


def shown(snapshot: Snapshot, typed: str) -> object:
    """What `show` tells, or why it does not."""
    try:
        return show.show(snapshot, typed), show.show(snapshot, typed, raw=True)
    except CrmError as error:
        return error.problem, error.exit_code


@contextmanager
def without_index(root: Path, name: str) -> Iterator[None]:
    """Have the index of a side begun anew, and put back."""
    file = index_file(root, name)
    if not file.exists():
        yield
        return
    file.rename(file.with_suffix(".aside"))
    yield
    file.with_suffix(".aside").replace(file)


RECORDS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(
            [
                "上海示例电子有限公司",
                "上海示例电子",
                "苏州另一家有限公司",
                "示例银行上海分行",
                "Brightwater Engineering",
                "Brightwaters Engineering",
                "Brightwater Enginering",
            ]
        ),
        "owner": st.sampled_from(["lilei", "hanmei", "liuyang", "nobody"]),
        "status": st.sampled_from(["lead", "active", "lost", "paused", "wrong"]),
        "phones": st.sampled_from(['["021-55550001"]', '["021-55550002"]', '["1"]']),
        "more": st.sampled_from(
            [
                "",
                "relations:\n  - {id: C20240501002, kind: parent}\n",
                "relations:\n  - {id: C20240501001, kind: parent}\n",
                "relations:\n  - {id: C20240501999, kind: partner}\n",
                "not_duplicate_of: [C20240501001]\n",
                "merged_from: [C20240501999]\n",
                "merged_from: [C20240501002]\n",
                "uscc: 91310000MA1K35Q15Y\n",
                "    emails: [zhang@shili.example]\n    phones: ['13800130001']\n  - name: 李小四\n",
                "interactions:\n  - {date: 2026-11-02, by: lilei, channel: phone, summary: 问了价格}\n",
                "interactions:\n  - {date: 2026-11-03, by: lilei, channel: phone, summary: 问了价格}\n",
                "interactions:\n  - {date: 2026-11-02, by: hanmei, channel: phone, summary: 说要再想想}\n",
                "verified: {date: 2026-11-21, by: lilei}\n",
                "verified: {date: 2026-11-30, by: lilei}\n",
                "# crmtext: ignore phone-form 内部短号\n",
                "notes: 内容：tel [\n",
            ]
        ),
    }
)
NUMBERS = st.sampled_from(["001", "002", "003", "004", "005", "006"])
COMMIT = ("commit", "-q", "--no-verify", "--allow-empty", "-m", "change")
GIT = (
    (("add", "-A"), COMMIT),
    (("add", "-A"), COMMIT),
    (("add", "-A"),),
    (("rm", "-q", "-r", "--cached", "records"),),
    (("stash", "-q"),),
    (("stash", "pop", "-q"),),
    (("checkout", "-q", "--force", "HEAD~1"),),
    (("reset", "-q", "HEAD~1"),),
    (("reset", "-q", "--hard"),),
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NUMBERS, NUMBERS, RECORDS),
        st.tuples(st.just("delete"), NUMBERS),
        st.tuples(st.just("bytes"), NUMBERS, st.sampled_from([b"", b"\xff", b"- a\n", b"id: [\n"])),
        st.tuples(st.just("link"), NUMBERS),
        st.tuples(st.just("folder"), NUMBERS),
        st.tuples(
            st.just("settings"),
            st.sampled_from(['\n[check]\nignore = ["phone-form"]\n', '\n[check]\nignore = ["phone-from"]\n', ""]),
        ),
        st.tuples(st.just("git"), st.sampled_from(GIT)),
    ),
    max_size=8,
)


def text(id_: str, values: dict[str, str]) -> str:
    fields = {name: value for name, value in values.items() if name not in ("more", "name")}
    return stores.record(id_, values["name"], values["more"], **fields)


def carry_out(root: Path, edit: tuple[Any, ...]) -> None:
    kind, *rest = edit
    if kind == "settings":
        (root / "crmtext.toml").write_text(stores.TEAM + rest[0], "utf-8")
        return
    if kind == "git":
        for command in rest[0]:
            # Not each can be done whenever it is tried.
            subprocess.run(["git", *command], cwd=root, check=False, capture_output=True)
        return
    path = root / stores.path(rest[0])
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    if kind == "link":
        path.symlink_to("../crmtext.toml")
    elif kind == "folder":
        path.mkdir()
    elif kind != "delete":
        content = rest[1] if kind == "bytes" else text(rest[1], rest[2]).encode()
        path.write_bytes(content)


def never_stale(factory: pytest.TempPathFactory, examples: int) -> None:
    """Hold all answers against each other while random things happen to so many stores."""

    @settings(max_examples=examples)
    @given(rounds=st.lists(EDITS, min_size=1, max_size=4), day=st.integers(-3, 12))
    def holds(rounds: list[list[tuple[Any, ...]]], day: int) -> None:
        root = stores.made(factory.mktemp("store"), stores.record("001"), stores.record("002"))
        for command in (("init", "-q", "-b", "main"), ("add", "-A"), COMMIT):
            subprocess.run(["git", *command], cwd=root, check=True)
        agree(root)
        for edits in rounds:
            for edit in edits:
                carry_out(root, edit)
            agree(root)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CRMTEXT_TODAY", f"{stores.TODAY + timedelta(days=day)}")
            agree(root)

    holds()


def test_random_edits_never_make_an_answer_stale(tmp_path_factory: pytest.TempPathFactory) -> None:
    never_stale(tmp_path_factory, 5)


@pytest.mark.long
def test_random_edits_never_make_an_answer_stale_for_long(tmp_path_factory: pytest.TempPathFactory) -> None:
    never_stale(tmp_path_factory, 100)


def stored(repo: Repo) -> Path:
    """A committed store of three customers, one of them likely to be another."""
    texts = [stores.record("001"), stores.record("002", "苏州另一家有限公司"), stores.record("003")]
    numbered = {stores.path(f"00{n}"): text for n, text in enumerate(texts, start=1)}
    repo.commit({"crmtext.toml": stores.TEAM, **numbered}, "store")
    return repo.path


def index_file(root: Path, name: str = "worktree") -> Path:
    return root / ".git" / "crmtext" / layout.INDEX[name]


def test_what_git_does_to_the_disk_is_seen(repo: Repo) -> None:
    root = stored(repo)
    agree(root)
    repo.git("checkout", "-q", "-b", "other")
    repo.commit({stores.path("002"): stores.record("002", status="wrong")})
    agree(root)
    repo.git("checkout", "-q", "main")
    agree(root)
    repo.write(stores.path("004"), stores.record("004", "示例贸易"))
    repo.git("stash", "-q", "--include-untracked")
    agree(root)
    repo.git("stash", "pop", "-q")
    agree(root)
    repo.git("merge", "-q", "other")
    agree(root)
    repo.git("mv", stores.path("001"), "records/C20240501001-moved.yaml")
    agree(root)


def test_what_is_staged_is_seen(repo: Repo) -> None:
    root = stored(repo)

    def agree_staged() -> None:
        assert known(root, staged=True) == read(root, staged=True)

    agree_staged()
    repo.write(stores.path("002"), stores.record("002", status="wrong"))
    agree_staged()
    repo.git("add", "-A")
    agree_staged()
    repo.git("commit", "-q", "--no-verify", "-m", "wrong")
    agree_staged()
    repo.git("rm", "-q", "--cached", stores.path("001"))
    agree_staged()
    repo.git("reset", "-q", "--hard", "HEAD~1")
    agree_staged()
    repo.write(stores.path("005"), stores.record("005"))
    repo.git("add", "--intent-to-add", stores.path("005"))
    agree_staged()
    repo.write("crmtext.toml", stores.TEAM.replace("active = false", ""))
    repo.git("add", "crmtext.toml")
    agree_staged()


def test_what_the_commit_before_held_is_seen(repo: Repo) -> None:
    root = stored(repo)
    path = stores.path("002")
    agree(root)
    repo.write(path, stores.record("002", status="lost"))
    repo.commit({path: stores.record("002", status="lost")})
    agree(root)
    repo.write(path, stores.record("002", status="paused"))
    agree(root)
    assert "status-transition" in {problem.rule for problem in known(root).problems}
    repo.git("add", path)
    assert "status-transition" in {problem.rule for problem in known(root, staged=True).problems}
    # Not a record has changed, and what they are compared with has.
    repo.git("commit", "-q", "--no-verify", "-m", "paused")
    assert "status-transition" not in {problem.rule for problem in known(root).problems}
    agree(root)
    repo.git("reset", "-q", "--soft", "HEAD~1")
    assert "status-transition" in {problem.rule for problem in known(root).problems}
    agree(root)


def test_what_many_have_in_common_is_counted_and_named_once(repo: Repo) -> None:
    root = stored(repo)
    phone = 'phones: ["021-55550001"]\n'
    for number in ("001", "002", "003", "004", "005"):
        repo.write(stores.path(number), stores.record(number, f"示例{number}厂", phone))
        agree(root)
    for number in ("001", "003", "005"):
        (root / stores.path(number)).unlink()
        agree(root)


def test_links_and_folders_in_place_of_records_are_told(repo: Repo) -> None:
    root = stored(repo)
    (root / "records" / "elsewhere").symlink_to("..")
    (root / "records" / "C20240501009.yaml").mkdir()
    repo.git("add", "-A")
    agree(root)
    (root / "records" / "elsewhere").unlink()
    (root / "records").rename(root / "others")
    (root / "records").symlink_to("others")
    agree(root)
    repo.git("add", "-A")
    agree(root)


def test_a_file_that_grows_beyond_what_is_read_is_told_with_its_size(repo: Repo) -> None:
    root = stored(repo)
    for size in (300_000, 300_001):
        repo.write(stores.path("002"), "#" * size)
        repo.git("add", "-A")
        agree(root)


def test_a_conflict_that_is_not_settled_is_seen(repo: Repo) -> None:
    root = stored(repo)
    repo.git("checkout", "-q", "-b", "other")
    repo.commit({stores.path("002"): stores.record("002", "甲")})
    repo.git("checkout", "-q", "main")
    repo.commit({stores.path("002"): stores.record("002", "乙")})
    assert known(root, staged=True) == read(root, staged=True)
    repo.git("merge", "other", check=False)
    assert known(root, staged=True) == read(root, staged=True)
    agree(root)


def test_the_schema_and_the_settings_count(repo: Repo) -> None:
    root = stored(repo)
    agree(root)
    repo.write("crmtext.toml", stores.TEAM.replace("lilei", "lilei2"))
    agree(root)
    repo.write("crmtext.toml", f'{stores.TEAM}\n[check]\nignore = ["phone-from"]\n')
    agree(root)
    assert "ignored-rule" in {problem.rule for problem in known(root).problems}
    schema = (stores.ROOT / "schema" / "customer.schema.json").read_text("utf-8")
    repo.write("schema/customer.schema.json", schema.replace('"lead"', '"leed"'))
    agree(root)


@pytest.mark.parametrize("content", [b"", b"no index", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_index_is_made_anew(repo: Repo, content: bytes) -> None:
    root = stored(repo)
    agree(root)
    index_file(root).write_bytes(content)
    agree(root)
    assert index_file(root).read_bytes()[:6] == b"SQLite"


def test_an_index_with_damaged_pages_is_made_anew(repo: Repo) -> None:
    root = stored(repo)
    agree(root)
    raw = index_file(root).read_bytes()
    index_file(root).write_bytes(raw[:4096] + bytes(len(raw) - 4096))
    agree(root)


@pytest.mark.parametrize("version", [b"0", b"2"])
def test_an_index_of_an_older_or_newer_layout_is_made_anew(repo: Repo, version: bytes) -> None:
    root = stored(repo)
    agree(root)
    with closing(sqlite3.connect(index_file(root))) as index, index:
        index.execute("UPDATE note SET value = ? WHERE name = 'layout'", (version,))
        index.execute("UPDATE problem SET line = 'of another form'")
    agree(root)


def test_the_first_index_deletes_what_former_versions_kept(repo: Repo) -> None:
    root = stored(repo)
    own = root / ".git/crmtext"
    own.mkdir()
    for name in ("worktree.index", "worktree.index-journal", "index.index", "check.again"):
        (own / name).write_text("a former index", "utf-8")
    agree(root)
    assert {file.name for file in own.iterdir()} <= {"worktree.sqlite", "staged.sqlite"}


def test_an_index_that_is_locked_is_done_without(repo: Repo) -> None:
    root = stored(repo)
    agree(root)
    holder = database.opened(index_file(root), {})
    with holder.writing():
        repo.write(stores.path("002"), stores.record("002", status="wrong"))
        agree(root)
    holder.close()
    agree(root)


def test_a_folder_that_is_not_to_be_written_needs_no_index(repo: Repo) -> None:
    root = stored(repo)
    # A file stands where the folder would be made.
    (root / ".git" / "crmtext").write_text("", "utf-8")
    agree(root)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_the_bytes_on_the_disk_have_the_name_that_git_gives_them(tmp_path: Path, object_format: str) -> None:
    repo = Repo(stores.made(tmp_path / "store", stores.record()))
    repo.git("init", "-q", f"--object-format={object_format}")
    agree(repo.path)
    side = lookup._side(Store(repo.path), staged=False)
    # As another process gets it.
    for copy in (side, pickle.loads(pickle.dumps(side))):
        assert [name for _path, name, _raw in copy.read([side.again(stores.path(), "")])] == [
            repo.git("hash-object", stores.path())
        ]


@pytest.mark.parametrize("status", ["lead", "nonsense"], ids=["fits", "does not fit"])
def test_an_answer_holds_until_a_date_of_the_record_is_past(repo: Repo, status: str) -> None:
    entries = "".join(
        f"  - {{date: {day}, by: lilei, channel: phone, summary: 到 2026-11-25 为止}}\n"
        for day in ("2026-11-02", "2026-11-19", "2026-12-01", "2027-01-01")
    )
    repo.write(stores.path(), stores.record(status=status, more=f"interactions:\n{entries}"))
    terms = StateKey("worktree", Schema.shipped().raw, stores.TEAM.encode(), stores.TODAY, stores.TODAY, "en")
    side = changes.WorkTreeSide(repo.path)
    [row] = rows.rows(terms, side, [side.again(stores.path(), "")])
    assert isinstance(row, Row)
    assert (row.valid, row.since, row.until) == (status == "lead", "2026-11-19", "2026-12-01")


def test_where_one_core_may_be_used_no_other_process_is_begun(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    side = changes.WorkTreeSide(stored(repo))
    terms = StateKey("worktree", Schema.shipped().raw, stores.TEAM.encode(), stores.TODAY, stores.TODAY, "en")
    monkeypatch.setattr(workers, "MANY", 0)
    monkeypatch.setattr(multiprocessing, "get_context", lambda *_: pytest.fail("a process is begun"))
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3}, raising=False)
    assert len([*workers.rows(terms, side, [side.again(stores.path(), "")], frozenset())]) == 1


def test_many_records_are_found_out_about_by_several_processes(repo: Repo) -> None:
    root = stored(repo)
    store = Store(root)
    side = changes.WorkTreeSide(root)
    wanted = [side.again(path, "") for path in sorted(customer.path for customer in store.worktree().customers)]
    schema = Schema.shipped().raw
    terms = StateKey("worktree", schema, stores.TEAM.encode(), stores.TODAY, stores.TODAY, "en")
    one, two = (sorted(workers.rows(terms, side, wanted, frozenset(), processes=n), key=str) for n in (1, 2))
    assert [row[:-1] for row in one] == [row[:-1] for row in two]
    assert [sorted(row[-1]) for row in one] == [sorted(row[-1]) for row in two]


def test_a_second_check_reads_no_record(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    root = stored(repo)
    agree(root)
    before = known(root)

    def refuse(*_arguments: object) -> None:
        raise AssertionError("a record was read")

    monkeypatch.setattr(workers, "rows", refuse)
    assert known(root) == before


def test_one_changed_record_is_the_only_one_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    root = stored(repo)
    agree(root)
    repo.write(stores.path("002"), stores.record("002", status="wrong"))
    seen = watched(monkeypatch)
    assert known(root) == read(root)
    assert seen == [stores.path("002")]


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the records that are read from now on."""
    seen: list[str] = []
    real = workers.rows

    def watch(terms: StateKey, side: changes.Side, wanted: tuple[changes.ToRead, ...], fresh: frozenset[str]) -> object:
        seen.extend(record.path for record in wanted)
        return real(terms, side, wanted, fresh)

    monkeypatch.setattr(workers, "rows", watch)
    return seen


def test_of_what_is_staged_only_that_is_read_which_the_disk_has_otherwise(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = stored(repo)
    repo.git("config", "core.autocrlf", "false")
    wrong = stores.TEAM + '\n[check]\nignore = ["nothing-of-the-kind"]\n'
    ends = stores.record("006", "示例贸易").replace("\n", "\r\n")
    repo.commit({"crmtext.toml": wrong, stores.path("006"): ends}, "wrong settings, and line ends of Windows")
    repo.write(stores.path("002"), stores.record("002", status="wrong"))
    repo.write(stores.path("004"), stores.record("004", "示例贸易"))
    (root / stores.path("003")).unlink()
    assert known(root) == read(root)
    seen = watched(monkeypatch)
    assert known(root, staged=True) == read(root, staged=True)
    assert seen == [stores.path("002"), stores.path("003"), stores.path("006")]


def test_an_index_that_was_taken_over_by_half_is_made_anew(repo: Repo) -> None:
    root = stored(repo)
    repo.write(stores.path("002"), stores.record("002", status="wrong"))
    known(root)
    shutil.copyfile(index_file(root), index_file(root, "index"))
    assert known(root, staged=True) == read(root, staged=True)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(100)])
def test_a_damaged_index_of_the_disk_is_not_taken_over(repo: Repo, content: bytes) -> None:
    root = stored(repo)
    known(root)
    index_file(root).write_bytes(content)
    assert known(root, staged=True) == read(root, staged=True)


@pytest.mark.parametrize("name", ["worktree", "index"])
def test_a_locked_index_is_neither_taken_over_nor_waited_for(repo: Repo, name: str) -> None:
    root = stored(repo)
    known(root)
    with closing(sqlite3.connect(index_file(root, name), isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        assert known(root, staged=True) == read(root, staged=True)


def test_an_index_that_somebody_writes_is_no_other_one_and_no_copy_waits_for_it(repo: Repo) -> None:
    root = stored(repo)
    known(root)
    file, key = index_file(root, "index"), {"side": b"index"}
    with closing(sqlite3.connect(file)) as holder, closing(sqlite3.connect(file, timeout=0.1)) as connection:
        ours = database.Index(connection)
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            ours.fits(key)
        assert not ours.adopt(index_file(root), {"side": b"worktree"}, key)
        holder.rollback()
        assert ours.adopt(index_file(root), {"side": b"worktree"}, key)
        assert ours.fits(key)


def test_a_hook_is_told_the_errors_of_all_and_the_warnings_of_some(repo: Repo) -> None:
    root = stored(repo)
    repo.write(stores.path("002"), stores.record("002", status="wrong"))
    repo.write("crmtext.toml", stores.TEAM + '\n[check]\nignore = ["nothing-of-the-kind"]\n')
    repo.git("add", "-A")
    store = Store(root)
    every = lookup.problems(store, staged=True)
    some = lookup.problems(store, staged=True, about=[stores.path("001"), "crmtext.toml", "records/gone.yaml"])
    assert every is not None
    assert some is not None
    paths = (stores.path("001"), "crmtext.toml")
    assert {problem.severity for problem in every.problems} == {Severity.ERROR, Severity.WARNING}
    assert [problem for problem in every.problems if problem not in some.problems] != []
    assert some.problems == tuple(
        problem for problem in every.problems if problem.severity is Severity.ERROR or problem.place.path in paths
    )


def test_a_record_that_changes_twice_within_a_moment_is_seen(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat, "RACY_WINDOW_NS", 2_000_000_000)
    root = stored(repo)
    path = root / stores.path("002")
    agree(root)
    before = path.stat()
    changed = path.read_bytes().replace(b"lead", b"leed")
    with path.open("r+b") as file:
        file.write(changed)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    agree(root)


def test_what_is_old_by_the_time_that_it_has_been_read_is_not_read_again(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stat, "RACY_WINDOW_NS", 300_000_000)
    root = stored(repo)

    def slowly(items: Iterator[Any], _name: str, _count: int) -> Iterator[Any]:
        yield from items
        time.sleep(0.4)

    for number in (1, 2, 3):
        (root / stores.path(f"00{number}")).touch()
    lookup.snapshot(Store(root, slowly))
    read_since = watched(monkeypatch)
    lookup.snapshot(Store(root))
    assert read_since == []


def test_a_record_that_the_index_knows_is_written_to_by_the_name_of_a_contact(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    root = stored(repo)
    repo.write(stores.path("002"), stores.record("002", "苏州另一家有限公司", "  - name: 王小明\n"))
    result = stores.Program(capsys, root)("log", "王小明", "phone", "谈了", "--by", "lilei", "--no-commit")
    assert result.code == 0, result.err
    assert "contact: 王小明" in (root / stores.path("002")).read_text("utf-8")


def test_a_contact_is_found_by_one_word_of_the_name(repo: Repo) -> None:
    root = stored(repo)
    repo.write(
        stores.path("002"), stores.record("002", "苏州另一家有限公司", "  - name: 王 小明\n  - name: Иван Петров\n")
    )
    store = Store(root)
    for typed in ("小明", "Петров", "小"):
        assert shown(lookup.around(store, typed), typed) == shown(store.worktree(), typed)


def test_a_copy_of_all_files_is_compared_and_nothing_is_found_out_anew(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = stored(repo)
    monkeypatch.setattr(lookup, "FEW", 1)
    before = known(root)
    for path in root.glob("records/*.yaml"):
        os.utime(path, ns=(1, 1))
    seen, compared_with = watched(monkeypatch), []
    real = Blobs.records

    def noted(blobs: Blobs) -> Iterator[object]:
        compared_with.extend(entry.path for entry in blobs.entries)
        return real(blobs)

    monkeypatch.setattr(Blobs, "records", noted)
    monkeypatch.setattr(update, "all_related", lambda *_all: pytest.fail("all records are looked at"))
    assert known(root) == before
    assert len(seen) == before.checked
    assert compared_with == []


def test_what_records_are_compared_by_leaves_no_circle_behind(repo: Repo) -> None:
    root = stored(repo)
    known(root)
    gc.collect()
    gc.disable()
    try:
        one = Store(root).worktree().customers[0]
        compared.known(one)
        alive = weakref.ref(one)
        del one
        assert alive() is None
    finally:
        gc.enable()
