"""The meta-schema: which keywords and marks a customer schema may use."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import crmtext.schema
from crmtext import layout
from crmtext.schema.validate import Validator

SCHEMA: dict[str, Any] = json.loads(layout.shipped(layout.SCHEMA).read_bytes())
META: dict[str, Any] = json.loads((Path(crmtext.schema.__file__).parent / "meta.schema.json").read_bytes())
VALIDATOR = Validator(META)

#: what editors read differently, or not at all
FORBIDDEN = (
    *("unevaluatedProperties", "unevaluatedItems", "prefixItems", "dependentRequired", "dependentSchemas"),
    *("dependencies", "$dynamicRef", "$recursiveRef", "$anchor", "$id", "$defs", "anyOf", "oneOf", "contains"),
    *("patternProperties", "propertyNames", "additionalItems", "deprecationMessage", "x-unheard-of"),
)


def rejected(path: str, change: dict[str, Any]) -> bool:
    """Whether the meta-schema rejects the shipped schema with the node at a path changed."""
    schema = deepcopy(SCHEMA)
    node: Any = schema
    for step in filter(None, path.split("/")):
        node = node[int(step) if isinstance(node, list) else step]
    node.update(change)
    for key in [key for key, value in change.items() if value is None]:
        del node[key]
    return not VALIDATOR.valid(schema)


def test_the_meta_schema_accepts_the_shipped_schema() -> None:
    jsonschema.Draft7Validator.check_schema(META)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in jsonschema.Draft7Validator(META).iter_errors(SCHEMA)] == []


@pytest.mark.parametrize("keyword", FORBIDDEN)
def test_the_meta_schema_rejects_a_keyword_outside_the_portable_subset(keyword: str) -> None:
    places = ("", "/properties/company", "/properties/contacts/items", "/definitions/line", "/allOf/0", "/allOf/0/if")
    assert [rejected(place, {keyword: {}}) for place in places] == [True] * len(places)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/properties/name", {"title": None}),
        ("/properties/contacts/items/properties/title", {"x-title-zh": None}),
        ("/properties/name", {"maxLength": 5}),
        ("/properties/name", {"$ref": "https://example.com/line.json"}),
        ("/properties/name", {"$ref": "#/properties/id"}),
        ("/properties/status", {"x-enum-labels": None}),
        ("/properties/status", {"x-enum-labels": {"lead": {"en": "Lead"}}}),
        ("/properties/status", {"x-value-synonyms": {"lead": "潜在"}}),
        ("/properties/status", {"enum": []}),
        ("/properties/contacts", {"x-key": "name"}),
        ("/properties/contacts", {"items": [{"type": "string"}]}),
        ("/properties/contacts", {"x-index": "yes"}),
        ("/properties/company", {"additionalProperties": True}),
        ("/properties/company", {"additionalProperties": None}),
        ("/properties/website", {"pattern": 5}),
        ("/properties/website", {"type": "null"}),
        ("/properties/contacts/items", {"defaultSnippets": [{"label": "a", "body": "- name"}]}),
        ("/allOf/0", {"x-rule": "Not A Slug"}),
        ("/allOf/0", {"x-message": {"en": "only English"}}),
        ("/allOf/0", {"if": None}),
        ("", {"additionalProperties": True}),
        ("", {"$schema": "https://json-schema.org/draft/2020-12/schema"}),
    ],
)
def test_the_meta_schema_rejects_unreadable_parts(path: str, change: dict[str, Any]) -> None:
    assert rejected(path, change)


@pytest.mark.parametrize("key", ["$ref", "type", "properties", "items", "if", "anyOf", "required", "x-rule", "行业"])
def test_a_key_may_be_named_like_a_keyword(key: str) -> None:
    field = {"title": "Field", "x-title-zh": "字段", "type": "string"}
    places = ("/properties", "/properties/company/properties", "/properties/contacts/items/properties")
    assert [rejected(place, {key: field}) for place in places] == [False, False, False]
    assert rejected("/properties", {key: {"type": "string"}})
