"""What an import adds to a customer of the store: which items of its lists are the same things."""

from __future__ import annotations

from typing import Any

import pytest

from crmtext.importers.incoming import Incoming
from crmtext.importers.plan.base import Base
from crmtext.importers.plan.three_way import decide
from crmtext.schema import Schema
from crmtext.text.edit.operations import Append, Set

DEAL = {"title": "贴片机", "stage": "discovery"}


def deal(id_: str | list[str] = "", **more: Any) -> dict[str, Any]:
    return DEAL | more | ({"external_ids": {"acme": id_}} if id_ else {})


def filled(name: str, have: list[Any], new: list[Any]) -> tuple[list[str], list[str]]:
    """The pointers of what is set and added, and the fields that differ."""
    base = {"id": "C20240501001", "name": "上海示例", "type": "company", "status": "lead", "owner": "lilei"}
    incoming = Incoming({**base, name: new}, [])
    operations, differences, *_rest = decide(Schema.shipped(), {**base, name: have}, incoming, Base())
    done = [f"{type(step).__name__} {step.pointer}" for step in operations if isinstance(step, Append | Set)]
    return done, [difference.field for difference in differences]


@pytest.mark.parametrize(
    ("have", "new", "done", "differ"),
    [
        pytest.param([deal("1")], [deal("1", title="回流焊")], [], ["opportunities[贴片机].title"], id="renamed"),
        pytest.param([deal("1")], [deal("2")], ["Append /opportunities"], [], id="two of one title"),
        pytest.param([deal()], [deal("1")], ["Set /opportunities/0/external_ids"], [], id="gets its id"),
        pytest.param([deal(["9", "zcrm_1"])], [deal("1", amount=5)], ["Set /opportunities/0/amount"], [], id="several"),
        pytest.param(
            [deal("1"), deal("2", title="回流焊")],
            [deal(title="回流焊", amount=5), deal("2", title="回流焊 2", stage="won")],
            ["Append /opportunities"],
            ["opportunities[回流焊].title", "opportunities[回流焊].stage"],
            id="an id goes before a title that comes first",
        ),
    ],
)  # fmt: skip
def test_deals_match_by_external_id_then_by_title(
    have: list[Any], new: list[Any], done: list[str], differ: list[str]
) -> None:
    assert filled("opportunities", have, new) == (done, differ)


def test_items_without_an_identity_match_if_they_are_equal() -> None:
    order = {"date": "2026-05-01", "amount": 100}
    assert filled("transactions", [order], [order, order, order | {"amount": 5}]) == (["Append /transactions"] * 2, [])
