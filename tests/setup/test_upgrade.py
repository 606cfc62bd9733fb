"""The team's schema beside the shipped one: what each has changed, and one text of both."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext import layout
from crmtext.layout import SCHEMA
from crmtext.problem import CrmError
from crmtext.schema import load
from crmtext.schema.changes import ABSENT, Change, apply_changes, changes, merge
from crmtext.schema.edit import splice
from crmtext.settings import read as read_settings
from crmtext.setup import upgrade
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

#: The schemas that were released, by version: what stores were made from must not change any more.
RELEASED: dict[int, str] = {}
NOW = layout.SCHEMA_VERSION

BASE = """\
{
  "title": "Customer",
  "x-version": 1,
  "properties": {
    "id": {"type": "string"},
    "status": {
      "title": "Status",
      "enum": ["lead", "lost"]
    },
    "fax": {"type": "string"}
  },
  "allOf": [
    {"x-rule": "one", "if": {}},
    {"x-rule": "two", "if": {}}
  ]
}
"""
OURS = (
    BASE.replace('["lead", "lost"]', '["lead",   "lost", "vip"]')
    .replace('"title": "Status"', '"title": "Where it stands"')
    .replace('    "fax"', '    "level": {"type": "integer"},\n    "fax"')
)
SHIPPED = (
    BASE.replace('"x-version": 1', '"x-version": 2')
    .replace('["lead", "lost"]', '["lead", "active", "lost"]')
    .replace('"title": "Status"', '"title": "State"')
    .replace('    "fax": {"type": "string"}\n', '    "phone": {\n      "type": "array"\n    }\n')
    .replace(
        '    {"x-rule": "two", "if": {}}', '    {"x-rule": "two", "if": {}},\n    {\n      "x-rule": "three"\n    }'
    )
)
MERGED = """\
{
  "title": "Customer",
  "x-version": 2,
  "properties": {
    "id": {"type": "string"},
    "status": {
      "title": "Where it stands",
      "enum": ["lead", "lost", "vip", "active"]
    },
    "phone": {
      "type": "array"
    },
    "level": {"type": "integer"}
  },
  "allOf": [
    {"x-rule": "one", "if": {}},
    {"x-rule": "two", "if": {}},
    {
      "x-rule": "three"
    }
  ]
}
"""


def data(text: str) -> Any:
    return json.loads(text)


def test_what_differs_is_told_by_its_place() -> None:
    assert [(change.where, change.kind) for change in changes(data(BASE), data(SHIPPED))] == [
        ("x-version", "changed"),
        ("properties/status/title", "changed"),
        ("properties/status/enum", "changed"),
        ("properties/phone", "added"),
        ("properties/fax", "removed"),
        ("allOf/[three]", "added"),
    ]


def test_both_sides_go_into_one_text_and_the_teams_own_stays() -> None:
    merged = merge(data(BASE), data(OURS), data(SHIPPED))
    assert splice(OURS, merged.wanted, SHIPPED) == MERGED
    assert merged.kept == (Change(("properties", "status", "title"), "Where it stands", "State"),)


def test_what_the_team_removed_stays_removed() -> None:
    ours = data(BASE)
    del ours["properties"]["status"]
    merged = merge(data(BASE), ours, data(SHIPPED))
    assert [change.where for change in merged.kept] == ["properties/status/title", "properties/status/enum"]
    assert "status" not in apply_changes(ours, merged.wanted)["properties"]


def test_what_both_have_done_alike_is_nothing_to_do() -> None:
    assert merge(data(BASE), data(SHIPPED), data(SHIPPED)) == upgrade.Merge((), ())


@pytest.mark.parametrize(
    ("text", "change", "expected"),
    [
        ('{"a": 1}', Change(("a",), 1, ABSENT), "{}"),
        ('{"a": 1, "b": 2}', Change(("b",), 2, ABSENT), '{"a": 1}'),
        ('{"a": 1, "b": 2}', Change(("a",), 1, ABSENT), '{"b": 2}'),
        ("{}", Change(("new",), ABSENT, 3), '{"new": 3}'),
        ('{\n\t"b" :2\n}', Change(("new",), ABSENT, 3), '{\n\t"b" :2,\n\t"new": 3\n}'),
        ('{"a\\u0062": "x\\"{"}', Change(("ab",), 'x"{', "y"), '{"a\\u0062": "y"}'),
    ],
)
def test_one_change_touches_one_place(text: str, change: Change, expected: str) -> None:
    assert splice(text, [change], '{"b": 2, "new": 3}') == expected


names = st.sampled_from(["a", "b", "c", "键", 'q"'])
words = st.lists(names, unique=True, max_size=3)
values = st.recursive(
    st.integers() | words | st.booleans(), lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=8
)
maps = st.dictionaries(names, values, max_size=4)


@given(base=maps, ours=maps, theirs=maps, indent=st.sampled_from([None, 2, "\t"]))
def test_the_text_always_holds_what_was_merged(base: Any, ours: Any, theirs: Any, indent: Any) -> None:
    merged = merge(base, ours, theirs)
    text = json.dumps(ours, ensure_ascii=False, indent=indent)
    new = splice(text, merged.wanted, json.dumps(theirs, ensure_ascii=False, indent=2))
    assert data(new) == apply_changes(ours, merged.wanted)
    if not merged.wanted:
        assert new == text


@given(base=maps, theirs=maps)
def test_a_schema_that_nobody_has_touched_becomes_the_new_one(base: Any, theirs: Any) -> None:
    assert apply_changes(base, merge(base, base, theirs).wanted) == theirs


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store_ = Store(stores.made(tmp_path, stores.record()))
    (store_.root / SCHEMA).parent.mkdir()
    (store_.root / SCHEMA).write_bytes(load.shipped())
    settings = store_.root / "crmtext.toml"
    settings.write_text(settings.read_text("utf-8").replace("[store]\n", f"[store]\nschema_version = {NOW}\n"), "utf-8")
    return store_


@pytest.fixture
def older(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store whose schema is of a version before the shipped one: without a key and a value, with one of its own."""
    schema = data(load.shipped().decode())
    schema["x-version"] = 0
    del schema["properties"]["website"]
    schema["properties"]["type"]["enum"].remove("other")
    old = json.dumps(schema, ensure_ascii=False, indent=2)
    monkeypatch.setattr(load, "of_version", lambda number: {0: old.encode(), NOW: load.shipped()}[number])
    own = '  "properties": {\n    "visits": {"title": "Visits", "x-title-zh": "来访", "type": "integer"},\n'
    (store.root / SCHEMA).write_text(old.replace('  "properties": {\n', own, 1), "utf-8")
    monkeypatch.setattr(load, "_problems", lambda *_given: iter(()))
    return store


def test_a_fresh_schema_is_the_shipped_one(store: Store) -> None:
    assert upgrade.diff(store).note == "the schema is identical to the shipped one"
    assert upgrade.upgrade(store, dry_run=False).summary == "the schema is up to date"


def test_a_store_without_a_schema_follows_the_shipped_one(tmp_path: Path) -> None:
    store = Store(stores.made(tmp_path))
    assert upgrade.diff(store).note == "the store has no schema of its own; the shipped one is used"
    assert upgrade.upgrade(store, dry_run=False).changed == (("settings", "crmtext.toml"),)


def test_the_difference_names_what_is_the_teams_and_what_is_new(older: Store) -> None:
    assert upgrade.diff(older).rows == (
        ("team", "visits", "added", "Visits"),
        ("shipped", "x-version", "changed", f"0 → {NOW}"),
        (
            "shipped",
            "type: enum",
            "changed",
            '["company", "person", "institution"] → ["company", "person", "institution", "other"]',
        ),
        ("shipped", "website", "added", "Website"),
    )


def test_an_upgrade_takes_over_what_is_new_and_keeps_the_teams_own(older: Store) -> None:
    path = older.root / SCHEMA
    before = path.read_bytes()
    planned = upgrade.upgrade(older, dry_run=True)
    assert (path.read_bytes(), planned.summary) == (before, "nothing was written")
    assert '+    "website": {' in planned.diff
    done = upgrade.upgrade(older, dry_run=False)
    assert (done.changed, done.summary) == (
        (("schema", SCHEMA),),
        "Merged 3 changes; to check the records: crmtext check",
    )
    expected = data(load.shipped().decode())
    expected["properties"]["visits"] = {"title": "Visits", "x-title-zh": "来访", "type": "integer"}
    assert data(path.read_text("utf-8")) == expected
    assert upgrade.upgrade(older, dry_run=False).changed == ()


def test_a_schema_of_a_later_version_is_refused(store: Store) -> None:
    text = load.shipped().decode().replace(f'"x-version": {NOW}', '"x-version": 99')
    (store.root / SCHEMA).write_text(text, "utf-8")
    with pytest.raises(CrmError) as caught:
        upgrade.versions(store)
    assert caught.value.problem.rule == "schema-newer"


def test_every_version_before_the_shipped_one_is_kept_and_no_released_one_has_changed() -> None:
    now = data(load.shipped().decode())["x-version"]
    kept = {number: (layout.shipped(f"schema/history/{number}.json")).read_bytes() for number in range(1, now)}
    digests = {number: sha256(raw).hexdigest() for number, raw in {**kept, now: load.shipped()}.items()}
    assert {number: digests.get(number) for number in RELEASED} == RELEASED


def test_the_version_that_the_program_knows_is_the_shipped_one() -> None:
    assert data(load.shipped().decode())["x-version"] == layout.SCHEMA_VERSION


def test_a_store_of_a_later_version_is_rejected(store: Store) -> None:
    with pytest.raises(CrmError) as caught:
        read_settings(f"[store]\nschema_version = {NOW + 1}\n".encode())
    problem = caught.value.problem
    assert (problem.rule, problem.place.line, problem.message) == (
        "schema-newer", 2, f"the store has version {NOW + 1} of the schema; this crmtext knows versions up to {NOW}"
    )  # fmt: skip


def test_a_pool_never_leaves_and_needs_no_address() -> None:
    team = read_settings(b"[team.pool]\npool = true\nactive = false\n[team.liuyang]\nactive = false\n").team
    assert [(handle, member.pool, member.has_left) for handle, member in team.items()] == [
        ("pool", True, False),
        ("liuyang", False, True),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[store]\r\nschema_version = 1\r\n", f"[store]\r\nschema_version = {NOW}\r\n"),
        ("[store] # ours\nname = 'a'\n", f"[store] # ours\nschema_version = {NOW}\nname = 'a'\n"),
        ("[team.a]\nname = 'A'", f"[team.a]\nname = 'A'\n[store]\nschema_version = {NOW}\n"),
        ("store.schema_version = 1\n", f"store.schema_version = {NOW}\n"),
    ],
)
def test_an_upgrade_raises_the_version_in_the_settings(store: Store, before: str, after: str) -> None:
    (store.root / "crmtext.toml").write_bytes(before.encode())
    done = upgrade.upgrade(Store(store.root), dry_run=False)
    assert done.changed == (("settings", "crmtext.toml"),)
    assert (store.root / "crmtext.toml").read_bytes() == after.encode()
    assert upgrade.upgrade(Store(store.root), dry_run=False).changed == ()


def test_a_store_of_version_1_is_upgraded_and_keeps_the_teams_own_field(store: Store) -> None:
    first = layout.shipped("schema/history/1.json").read_text("utf-8")
    own = '  "properties": {\n    "visits": {"title": "Visits", "x-title-zh": "来访", "type": "integer"},\n'
    (store.root / SCHEMA).write_text(first.replace('  "properties": {\n', own, 1), "utf-8")
    (store.root / "crmtext.toml").write_text("[store]\nschema_version = 1\n", "utf-8")
    upgrade.upgrade(Store(store.root), dry_run=False)
    expected = data(load.shipped().decode())
    expected["properties"]["visits"] = {"title": "Visits", "x-title-zh": "来访", "type": "integer"}
    assert data((store.root / SCHEMA).read_text("utf-8")) == expected
    assert Store(store.root).settings.schema_version == NOW


def test_a_schema_of_version_1_still_works() -> None:
    first = layout.shipped("schema/history/1.json").read_bytes()
    assert load.read(first)["x-version"] == 1
