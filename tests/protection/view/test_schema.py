"""The schema of a view: valid for the program, with the fields that are shown, without rules for filling them in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import stores

from crmtext.protection.view import schema as view_schema
from crmtext.protection.view.visible import Visible
from crmtext.schema import Schema
from crmtext.schema.load import of_version
from crmtext.sealing.mask import Masking

if TYPE_CHECKING:
    from pathlib import Path

BASE = ("name", "type", "status", "owner")


def made(*see: str, schema: Schema | None = None, masked: bool = False) -> Schema:
    known = schema or Schema.shipped()
    return Schema.read(view_schema.text(Visible(known, see), Masking(known) if masked else None).encode())


def test_it_has_the_fields_that_are_shown() -> None:
    schema = made(*BASE, "contacts[].name", "contacts[].phones", "cooperation.products", "custom.停车")
    assert sorted(schema.by_path) == [
        "", "contacts", "contacts[]", "contacts[].name", "contacts[].phones", "contacts[].phones[]", "cooperation",
        "cooperation.products", "cooperation.products[]", "custom", "id", "name", "owner", "status", "type",
    ]  # fmt: skip


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("masked", [False, True])
def test_sensitive_fields_are_never_in_it(version: int, masked: bool) -> None:
    known = Schema.read(of_version(version))
    schema = made("*", schema=known, masked=masked)
    assert schema.marked("x-sensitive") == ()
    sensitive = {field.path for field in known.by_path.values() if field.mark("x-sensitive")}
    assert known.by_path.keys() - schema.by_path.keys() == sensitive


def test_kinds_labels_and_choices_stay() -> None:
    schema = made("*")
    for path, field in schema.by_path.items():
        shipped = Schema.shipped().by_path[path]
        assert (field.kind, field.labels, field.choices, field.definition) == (
            shipped.kind, shipped.labels, shipped.choices, shipped.definition)  # fmt: skip


def test_an_active_customer_needs_no_hidden_cooperation() -> None:
    record = {"id": "C20240501001", "name": "示例", "type": "company", "status": "active", "owner": "lilei"}
    assert not Schema.shipped().validator.valid(record)
    assert made(*BASE).validator.valid(record)
    assert not made(*BASE).validator.valid({**record, "tags": ["vip"]})


def test_fields_of_a_team_are_required_only_where_they_are_shown() -> None:
    data: dict[str, Any] = json.loads(Schema.shipped().raw)
    data["properties"]["fax"] = {"title": "Fax", "x-title-zh": "传真", "type": "string"}
    data["required"].append("fax")
    team = Schema.read(json.dumps(data).encode())
    assert made(*BASE, schema=team).data["required"] == ["id", *BASE]
    assert made(*BASE, "fax", schema=team).data["required"] == ["id", *BASE, "fax"]


def test_items_that_differ_in_hidden_values_are_valid() -> None:
    data: dict[str, Any] = json.loads(Schema.shipped().raw)
    data["properties"]["contacts"]["uniqueItems"] = True
    schema = made(*BASE, "contacts[].name", schema=Schema.read(json.dumps(data).encode()))
    record = {"id": "C20240501001", "name": "示例", "type": "company", "status": "lead", "owner": "lilei"}
    assert schema.validator.valid({**record, "contacts": [{"name": "张三"}, {"name": "张三"}]})


def test_definitions_that_nothing_uses_are_left_out() -> None:
    used = {"line", "customer-id", "handle"}
    assert made(*BASE).data["definitions"].keys() <= used
    assert "phone" in made(*BASE, "phones").data["definitions"]


def test_masked_values_are_valid(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    from crmtext.store import Store

    store = Store(stores.sample(tmp_path_factory, tmp_path / "sample"))
    masking, visible = Masking(store.schema), Visible(store.schema, ("*",))
    schema = Schema.read(view_schema.text(visible, masking).encode())
    records = [masking.data(customer.data) for customer in store.worktree().customers]
    ids = frozenset(record["id"] for record in records)
    assert [list(schema.validator.errors(visible.record(record, ids))) for record in records] == [[]] * len(records)
