"""What a change does to other records is the same whether all of them are read or only those that it may concern."""

from __future__ import annotations

import shutil
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
import stores
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmtext.index import lookup
from crmtext.index.effect import At
from crmtext.storage.journal import Part
from crmtext.store import Store
from crmtext.validation.change import new_problems

if TYPE_CHECKING:
    from pathlib import Path


NUMBERS = ("001", "002", "003", "004", "005", "006", "007")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(stores.made(tmp_path / "store", stores.record()))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_few_records_tell_what_all_of_them_tell(store: Store, seed: int) -> None:
    random = Random(seed)
    records = {_path(random, number): _record(random, number) for number in random.sample(NUMBERS, 5)}
    parts = {part.path: part for part in (_part(random, records) for _ in range(random.randint(1, 2)))}
    assert _told(store, records, tuple(parts.values())) == _told(store, records, tuple(parts.values()), every=True)


def test_a_circle_is_found_through_all_its_parents(store: Store) -> None:
    above = {stores.path(one): _below(one, other).encode() for one, other in pairwise(NUMBERS)}
    last = Part(stores.path("007"), None, _below("007", "001").encode())
    problems = _told(store, above, (last,))
    assert [(path, rule) for path, rule, _message in problems] == [
        (stores.path(number), "parent-circle") for number in NUMBERS
    ]


def test_an_id_that_is_spelt_in_another_way_is_found(store: Store) -> None:
    spelt = stores.record("002").replace("id: C20240501002", 'id: "C2024\\u0030501002"')
    new = Part("records/华东/C20240501002.yaml", None, stores.record("002").encode())
    ((path, rule, _message),) = _told(store, {stores.path("003"): spelt.encode()}, (new,))
    assert (path, rule) == (stores.path("003"), "unique-id")


@pytest.mark.parametrize("every", [False, True], ids=["by the index", "by reading"])
def test_a_record_that_had_the_error_keeps_it(store: Store, *, every: bool) -> None:
    path = "records/c20240501003.yaml"
    old, new = (_below("003", "001").replace("示例003", name).encode() for name in ("示例003", "示例三"))
    parts = (Part(path, old, new), Part(stores.path("005"), None, _below("005", "001").encode()))
    assert _told(store, {path: old}, parts, every=every) == [
        (stores.path("005"), "reference", "no customer has the id C20240501001")
    ]


def _below(number: str, parent: str) -> str:
    return stores.record(number, f"示例{number}", f"relations:\n  - {{id: C20240501{parent}, kind: parent}}\n")


def _told(
    store: Store, records: dict[str, bytes], parts: tuple[Part, ...], *, every: bool = False
) -> list[tuple[str, str, str]]:
    """What the change does to these records, which lie on the disk; by the index, or with `every` one read."""
    shutil.rmtree(store.root / "records")
    for path, raw in records.items():
        file = store.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lookup, "WORTHWHILE", 0)
        patched.setenv("CRMTEXT_QUICK", "off" if every else "")
        return [problem.identity for problem in new_problems(Store(store.root), parts, At.DISK)]


def _part(random: Random, records: dict[str, bytes]) -> Part:
    there = random.choice(sorted(records))
    number = random.choice(NUMBERS)
    kind = random.choice(("gone", "changed", "new"))
    if kind == "new":
        path = _path(random, number)
        return Part(path, records.get(path), _record(random, number))
    return Part(there, records[there], None if kind == "gone" else _record(random, number))


def _path(random: Random, number: str) -> str:
    others = (f"records/华东/C20240501{number}.yaml", f"records/c20240501{number}.yaml")
    return random.choice([*[stores.path(number)] * 4, *others])


def _record(random: Random, number: str) -> bytes:
    """A record that may refer to others, spell its id in another way, or be broken."""
    ids = [f"C20240501{random.choice(NUMBERS)}" for _ in range(4)]
    kinds = random.choices(("parent", "parent", "partner"), k=random.choice((0, 1, 1, 2)))
    relations = "".join(f"  - {{id: {id_}, kind: {kind}}}\n" for id_, kind in zip(ids, kinds, strict=False))
    more = f"relations:\n{relations}" if relations else ""
    for line, often in (
        (f"merged_from: [{ids[2]}]\n", 0.3),
        (f"not_duplicate_of: [{ids[3]}]\n", 0.2),
        (f"external_ids: {{zoho: [{random.choice('AB')}, {random.choice('CD')}]}}\n", 0.3),
        ("notes: [\n", 0.1),
    ):
        more += line if random.random() < often else ""
    text = stores.record(number, f"示例{random.random()}", more)
    spelt = random.choice((f"id: C20240501{number}", f'id: "C2024\\u0030501{number}"', f"id: c20240501{number}"))
    return (text.replace(f"id: C20240501{number}", spelt, 1) if random.random() < 0.2 else text).encode()
