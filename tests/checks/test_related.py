"""Whom a change may concern: whatever a check compares, the answer is the one that reading every record gives.

The checks are made up: nothing in the program can know them but by what they say of themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

import made_up
import pytest
import stores
from hypothesis import given, settings
from hypothesis import strategies as st
from repos import Repo

from crmtext import checks, sources
from crmtext.checks.records import Records
from crmtext.checks.scope import Scope, comparing, declared, of, rules, with_errors
from crmtext.git.objects import Objects
from crmtext.index import effect, lookup, stat
from crmtext.index.effect import At
from crmtext.problem import Severity, unknown
from crmtext.snapshot import build
from crmtext.store import Store
from crmtext.validation import check as validation_check
from crmtext.validation import staged as validation_staged
from crmtext.validation.commit_walk import Trees, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from crmtext.answer import Problems
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

from random_stores import NUMBERS, commit, edit, git, place, record, stored

SEEDS = st.integers(0, 10**9)


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    # As if no test took less than two seconds.
    monkeypatch.setattr(stat, "RACY_WINDOW_NS", 0)


@pytest.fixture(params=[*made_up.CHECKS, "all that say", "all"])
def made_up_checks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The table of checks with one made-up check, or with all of them."""
    for name, module in made_up.CHECKS.items():
        if request.param in (name, "all") or (request.param == "all that say" and name != "made-undeclared"):
            monkeypatch.setitem(checks.CHECKS, name, module)  # type: ignore[arg-type]  # it is a dict
    return request.param


def by_index(root: Path, *, staged: bool = False) -> Problems:
    store = Store(root)
    assert lookup.problems(store, staged=staged) is not None
    return validation_check.check_store(store, staged=staged)


def by_reading(root: Path, *, staged: bool = False) -> Problems:
    store = Store(root)
    return validation_check.check(store.index() if staged else store.worktree())


def index_is_right(root: Path, random: Random) -> None:
    """Of the disk and of what is staged, after each of some edits."""
    for _round in range(4):
        for _edit in range(random.choice((1, 1, 2))):
            edit(random, root)
        assert by_index(root) == by_reading(root)
        deed = random.choice((("add", "-A"), ("add", "-A"), ("status",)))
        git(root, *deed)
        assert by_index(root, staged=True) == by_reading(root, staged=True)
        if random.random() < 0.4:
            commit(root)


def walk_is_right(root: Path, random: Random) -> None:
    """Of each of some commits, two of them on another line and merged."""
    for line in ("main", "side", "main"):
        git(root, *(("switch", "-q", "-c", "side", "HEAD~1") if line == "side" else ("switch", "-q", line)))
        for _commit in range(2):
            edit(random, root)
            commit(root)
    git(root, "merge", "-q", "-s", random.choice(("ours", "ours")), "--no-verify", "-m", "both", "side")
    store = Store(root)
    repo = store.git()
    walk, slow = (Walk(store, repo, Trees(Objects(repo))) for _each in range(2))
    for line in Repo(root).git("rev-list", "HEAD", "--topo-order", "--reverse", "--parents").splitlines():
        name, *parents = line.split()
        slow.introduced_by(name, tuple(parents))
        introduced, expected = walk.introduced_by(name, tuple(parents)), slow.by_full_check(name, tuple(parents))
        assert Counter(problem.identity for problem in introduced) == Counter(problem.identity for problem in expected)


def test_every_check_says_what_it_compares() -> None:
    modules = {name: import_module(place.partition(":")[0]) for name, place in checks.CHECKS.items()}
    assert [name for name, module in modules.items() if not hasattr(module, "SCOPE")] == []


def test_only_checks_that_report_no_errors_declare_it() -> None:
    """By the cases of their rules, as expected.txt shows them: `…: error: … [rule]`."""
    expected = stores.ROOT / "tests" / "cases"
    names = of(Scope.RECORD, Scope.RELATED)
    errors = {
        name
        for name in names
        for rule in declared(name).rules
        if re.search(rf": error: .*\[{rule}\]", (expected / rule / "expected.txt").read_text("utf-8"))
    }
    assert errors == {*with_errors(Scope.RECORD, Scope.RELATED)}


CASES = sorted(path for path in (stores.ROOT / "tests" / "cases").glob("*/*") if (path / "records").is_dir())


@pytest.mark.parametrize("case", CASES, ids=[f"{path.parent.name}-{path.name}" for path in CASES])
def test_a_case_says_the_same_however_its_records_came(case: Path) -> None:
    """A check that says too little of what it compares is found by the records that it was written with."""
    texts = {path.relative_to(case).as_posix(): path.read_bytes() for path in sorted(case.glob("records/**/*.yaml"))}
    base = stores.snapshot()
    snapshots = [taken(base, {path: raw}) for path, raw in texts.items()]
    every = taken(base, texts)
    assert checks.ordered(checks.run_checks(every, of(Scope.RECORD))) == checks.ordered(
        problem for one in snapshots for problem in checks.run_checks(one, of(Scope.RECORD))
    )
    compared = comparing()
    for order in (snapshots, snapshots[::-1]):
        records = Records(base, compared)
        for one in order:
            records.put(one)
        problems = checks.run_checks(every, [check.name for check in compared])
        assert checks.ordered(records.problems) == checks.ordered(checks.without_ignored(every, problems)[0])


def taken(base: Snapshot, texts: Mapping[str, bytes | Problem]) -> Snapshot:
    return build(texts.items(), read="index", schema=base.schema, settings=base.settings, today=base.today)


def effect_is_right(root: Path, random: Random) -> None:
    """Of a change to the disk, and of the same to the last commit, whatever else is on the disk."""
    for _edit in range(random.choice((0, 0, 2))):
        edit(random, root)
    store = Store(root)
    base = store.nothing()
    for at, source in ((At.DISK, store.disk), (At.HEAD, sources.commit(store.git(), "HEAD"))):
        records = dict(source.records())
        change = changed(random, records)
        before = {path: raw for path, raw in records.items() if path in change}
        after = {path: raw for path, raw in change.items() if raw is not None}
        now = {path: raw for path, raw in records.items() if path not in change} | after
        full = [checks.run(taken(base, side), names=[check.name for check in comparing()]) for side in (records, now)]
        rules_ = rules(Scope.RELATED, Scope.STORE)
        expected = unknown(*([problem for problem in side if problem.rule in rules_] for side in full[::-1]))
        for quickly in ("", "off"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("CRMTEXT_QUICK", quickly)
                old, new = effect.of(store, at, taken(base, before), taken(base, after))
            assert checks.ordered(unknown(new, old)) == checks.ordered(expected), (at, quickly)


def changed(random: Random, records: Mapping[str, bytes | Problem]) -> dict[str, bytes | None]:
    """What becomes of some records, and of some that were not there."""
    change: dict[str, bytes | None] = {}
    for _deed in range(random.choice((1, 1, 2))):
        number = random.choice(NUMBERS)
        there = random.choice(sorted(records)) if records else stores.path(number)
        deed = random.choice(("write", "write", "remove", "note"))
        raw = records.get(there)
        if deed == "write":
            change[random.choice((there, place(random, number)))] = record(random, number).encode()
        elif deed == "remove":
            change[there] = None
        elif isinstance(raw, bytes):
            change[there] = raw + random.choice((b"notes: again\n", b"industry: Chemie\n"))
    return change


def hook_is_right(root: Path, random: Random) -> None:
    """A commit that is about to be made."""
    for _round in range(3):
        for _edit in range(random.choice((1, 1, 2))):
            edit(random, root)
        git(root, "add", "-A")
        results = []
        for quickly in ("", "off"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("CRMTEXT_QUICK", quickly)
                results.append(validation_staged.check(Store(root)))
        assert results[0] == results[1]
        store = Store(root)
        errors = [problem for problem in checks.run(store.index()) if problem.severity is Severity.ERROR]
        new = unknown(errors, checks.run(store.at("HEAD")))
        assert results[0] or not new
        assert not results[0] or {problem.identity for problem in new} <= {
            problem.identity for problem in results[0].blocking.problems
        }
        if random.random() < 0.5:
            commit(root)


PROPERTIES = (index_is_right, walk_is_right, effect_is_right, hook_is_right)


def hold(factory: pytest.TempPathFactory, examples: int, holds: Callable[[Path, Random], None]) -> None:
    """Hold a property against so many random stores."""

    @settings(max_examples=examples)
    @given(seed=SEEDS)
    def held(seed: int) -> None:
        random = Random(seed)
        holds(stored(factory.mktemp("store"), random), random)

    held()


@pytest.mark.parametrize("holds", PROPERTIES)
@pytest.mark.usefixtures("made_up_checks")
def test_whatever_a_check_compares(
    tmp_path_factory: pytest.TempPathFactory, holds: Callable[[Path, Random], None]
) -> None:
    hold(tmp_path_factory, 2, holds)


@pytest.mark.long
@pytest.mark.parametrize("holds", PROPERTIES)
@pytest.mark.usefixtures("made_up_checks")
def test_whatever_a_check_compares_for_long(
    tmp_path_factory: pytest.TempPathFactory, holds: Callable[[Path, Random], None]
) -> None:
    hold(tmp_path_factory, 60, holds)
