"""The states of earlier days against reading the commit of each day, after every kind of history."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crmtext import layout
from crmtext.figures.created import created
from crmtext.index import lookup
from crmtext.problem import CrmError
from crmtext.schema import load
from crmtext.store import Store, When
from crmtext.trends.states import states

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

    from crmtext.snapshot import Snapshot

SETTINGS = '[store]\ntimezone = "Asia/Shanghai"\n'
HEAD = "id: C20260101AAA{n}\nname: 客户{n}\ntype: company\nstatus: {status}\nowner: lilei\n"
DAYS = tuple(date(2026, 1, 1) + timedelta(days=14 * step) for step in range(18))


def path(n: int | str) -> str:
    return f"records/C20260101AAA{n}.yaml"


def record(n: int | str, status: str = "lead", more: str = "") -> str:
    return HEAD.format(n=n, status=status) + more


@pytest.fixture
def at(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Commits on a day of 2026."""

    def commit(day: date | str, files: dict[str, str], *words: str) -> str:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T23:30:00+08:00")
        if words:
            repo.git(*words)
        return repo.commit(files)

    return commit


def seen(snapshot: Snapshot | None) -> object:
    """Everything that figures are computed from."""
    if snapshot is None:
        return None
    records = [(one.path, one.data, created(one, snapshot)) for one in snapshot.customers]
    rules = snapshot.settings, snapshot.schema.digest
    return snapshot.read, snapshot.today, *rules, snapshot.checked, snapshot.left_out, records


def read(root: Path, day: date) -> Snapshot | None:
    """The same by reading the commit."""
    with suppress(CrmError):
        return Store(root).read(When(at=f"{day}"))
    return None


def assert_equal(root: Path, monkeypatch: pytest.MonkeyPatch, days: tuple[date, ...] = DAYS) -> list[Any]:
    """The states of a store without an index, with an empty and a filled one, and by the plain way."""
    wanted = [seen(read(root, day)) for day in days]
    assert list(map(seen, states(Store(root))(days))) == wanted
    with monkeypatch.context() as patch:
        patch.setattr(lookup, "WORTHWHILE", 0)
        lookup.snapshot(Store(root))
        for _time in range(2):
            assert list(map(seen, states(Store(root))(days))) == wanted
        patch.setenv("CRMTEXT_QUICK", "off")
        assert list(map(seen, states(Store(root))(days))) == wanted
    return wanted


@pytest.mark.parametrize("seed", range(2))
def test_any_history(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Edits, renames, removals, errors, merges, settings and schemas on days that go back and forth."""
    dice = random.Random(seed)
    at("2026-01-20", {"crmtext.toml": SETTINGS, path(0): record(0), path(1): record(1)})
    free = iter("2345679CDEFGHJKMNPQRSTVWXYZ")
    here = {"0": path(0), "1": path(1)}
    for step in range(24):
        day = date(2026, 1, 25) + timedelta(days=8 * step + dice.randrange(-25, 5))
        n, kind = dice.choice(sorted(here)), dice.choice("eeearrdbsmmx")
        if kind == "a":
            n = next(free)
            here[n] = path(n)
        files = {here[n]: record(n, dice.choice(("lead", "prospect", "paused")), dice.choice(("", "priority: key\n")))}
        words: tuple[str, ...] = ()
        if kind == "r":
            moved = f"records/{'AB'[step % 2]}/C20260101AAA{n}-{step}.yaml"
            (repo.path / moved).parent.mkdir(exist_ok=True)
            words, here[n], files = ("mv", here[n], moved), moved, {}
        elif kind == "d" and len(here) > 1:
            words, files = ("rm", "-q", here.pop(n)), {}
        elif kind == "b":
            files = {here[n]: record(n, dice.choice(("nonsense", "[")))}
        elif kind == "s":
            files = {"crmtext.toml": SETTINGS + f'currency = "{dice.choice(("EUR", "CNY"))}"\n'}
        elif kind == "x":
            schema = json.loads(load.shipped())
            schema["required"] += dice.choice(([], ["priority"]))
            files = {layout.SCHEMA: json.dumps(schema)}
        elif kind == "m":
            other = next(free)
            repo.git("checkout", "-q", "-b", f"side{step}", f"HEAD~{dice.randrange(min(step + 1, 4))}")
            at(day - timedelta(days=dice.randrange(40)), {path(other): record(other)})
            repo.git("checkout", "-q", "main")
            words, here[other] = ("merge", "-q", "--no-ff", "-m", "merge", f"side{step}"), path(other)
        at(day, files | {"note.txt": f"{step}"}, *words)
    wanted = assert_equal(repo.path, monkeypatch)
    assert None in wanted
    assert len({row[0] for row in wanted if row}) > 5


def test_a_customer_of_a_later_branch_with_an_earlier_date(
    repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merge can make the first commit with an id an earlier one, but not in the months before the merge."""
    at("2026-03-01", {"crmtext.toml": SETTINGS})
    at("2026-05-01", {path(1): record(1)})
    repo.git("checkout", "-q", "-b", "side", "HEAD~1")
    at("2026-04-01", {path(1): record(1)})
    repo.git("checkout", "-q", "main")
    at("2026-06-01", {"note.txt": ""}, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert_equal(repo.path, monkeypatch)
    found = [seen(one) for one in states(Store(repo.path))([date(2026, 5, 31), date(2026, 6, 30)])]
    assert [row[-1][0][-1] for row in found if isinstance(row, tuple)] == [date(2026, 5, 1), date(2026, 4, 1)]


def test_a_store_that_moved_and_a_folder_that_is_a_link(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-02-01", {"crmtext.toml": SETTINGS, path(1): record(1), "crm/readme.txt": ""})
    at("2026-03-01", {"note.txt": ""}, "mv", "crmtext.toml", "records", "crm/")
    (repo.path / "crm/records/elsewhere").symlink_to("..")
    at("2026-04-01", {f"crm/{path(2)}": record(2)}, "add", "crm")
    assert_equal(repo.path / "crm", monkeypatch)


def test_history_that_was_rewritten(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-02-01", {"crmtext.toml": SETTINGS, path(1): record(1)})
    at("2026-03-01", {path(1): record(1, "prospect")})
    before = assert_equal(repo.path, monkeypatch)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    at("2026-03-01", {path(1): record(1, "paused"), path(2): record(2)})
    assert assert_equal(repo.path, monkeypatch) != before


def test_a_shallow_clone_has_no_states_before_its_oldest_commit(
    repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at("2026-02-01", {"crmtext.toml": SETTINGS, path(1): record(1)})
    at("2026-03-01", {path(1): record(1, "prospect"), path(2): record(2)})
    at("2026-04-01", {path(3): record(3)})
    repo.git("clone", "-q", "--depth", "2", f"file://{repo.path}", f"{tmp_path / 'clone'}")
    wanted = assert_equal(tmp_path / "clone", monkeypatch)
    assert [bool(row) for row in wanted] == [day >= date(2026, 3, 1) for day in DAYS]
    assert next(row[-1][0][-1] for row in wanted if row) is None


def test_a_record_that_stays_the_same_is_one_object(repo: Repo, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that figures of a customer are computed once, also for the present."""
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    at("2026-02-01", {"crmtext.toml": SETTINGS, path(1): record(1), path(2): record(2)})
    at("2026-03-01", {path(1): record(1, "prospect")})
    at("2026-04-01", {path(1): record(1, "paused")})
    present = lookup.snapshot(Store(repo.path))
    days = [date(2026, month, 15) for month in (2, 3, 4)]
    one, two, three = (state.customers for state in states(Store(repo.path), present)(days) if state)
    assert one[1] is two[1] is three[1] is present.customers[1]
    assert three[0] is present.customers[0]
    assert [customers[0].status for customers in (one, two, three)] == ["lead", "prospect", "paused"]
    assert one[0].document.text == record(1)


def test_without_git_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "crmtext.toml").write_text(SETTINGS)
    assert list(states(Store(tmp_path))(DAYS[:3])) == [None, None, None]
