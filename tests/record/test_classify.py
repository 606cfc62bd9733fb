"""Writing what classification rules propose: only the lines that must change, all customers or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.problem import CrmError
from crmtext.record import classify
from crmtext.record.change.write import WriteOptions
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

RULES = """
[[classification.rules]]
name = "leads"
where = "status == 'lead'"
set = { value = "low", priority = "normal", segment = "零售: 门店" }
tags = ["new", "a, b"]
"""
HOW = WriteOptions(commit=False)


def made(tmp_path: Path, *records: str, rules: str = RULES) -> Store:
    return Store.find(stores.made(tmp_path / "store", *records, team=stores.TEAM + rules))


def run(store: Store) -> str:
    """Write for all customers, and return the lines that differ."""
    before = {file: file.read_text("utf-8") for file in sorted((store.root / "records").iterdir())}
    classify.run(store, lambda snapshot: snapshot.customers, HOW)
    lines = []
    for file, text in before.items():
        old, new = text.splitlines(), file.read_text("utf-8").splitlines()
        lines += [f"-{line}" for line in old if line not in new] + [f"+{line}" for line in new if line not in old]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("more", "tags", "expected"),
    [
        (
            "", "",
            [
                "+priority: normal", "+classification:", "+  value: low", '+  segment: "零售: 门店"',
                "+tags:", "+  - new", "+  - a, b",
            ],
        ),
        (
            "classification:\n  # by hand\n  value: high   # since May\n", "[ SMT,new ]   # mine",
            [
                "-tags: [ SMT,new ]   # mine", "-  value: high   # since May", "+priority: normal",
                '+tags: [ SMT,new, "a, b" ]   # mine', "+  value: low   # since May", '+  segment: "零售: 门店"',
            ],
        ),
        (
            "classification: {lifecycle: potential, value: \"low\"}\ntags:\n- x\n", "",
            [
                '-classification: {lifecycle: potential, value: "low"}', "+priority: normal",
                '+classification: {lifecycle: potential, segment: "零售: 门店", value: "low"}', "+- new", "+- a, b",
            ],
        ),
        (
            "classification:\n  fixed: true\n  value: high\n", "[new]",
            ["-tags: [new]", '+tags: [new, "a, b"]'],
        ),
    ],
    ids=["nothing there", "comments", "other forms", "fixed"],
)  # fmt: skip
def test_only_the_lines_that_must_change(tmp_path: Path, more: str, tags: str, expected: list[str]) -> None:
    store = made(tmp_path, stores.record("001", "甲", more, **({"tags": tags} if tags else {})))
    assert run(store).splitlines() == expected
    assert run(store) == ""


def test_all_customers_are_written_or_none(tmp_path: Path) -> None:
    store = made(tmp_path, stores.record("001", "甲"), stores.record("002", "乙", tags="[x]"))
    schema = json.loads((stores.ROOT / "schema/customer.schema.json").read_text("utf-8"))
    schema["properties"]["tags"]["maxItems"] = 2
    (store.root / "schema").mkdir()
    (store.root / "schema/customer.schema.json").write_text(json.dumps(schema), "utf-8")
    with pytest.raises(CrmError, match="乙: nothing was written: 'tags' has more than 2 items"):
        run(Store.find(store.root))
    assert "new" not in (store.root / stores.path("001")).read_text("utf-8")


def test_another_command_that_writes_is_waited_for(tmp_path: Path) -> None:
    rules = RULES + "\n[check]\nlock_seconds = 0\n"
    store = made(tmp_path, stores.record("001", "甲"), rules=rules)
    with store.writing(), pytest.raises(CrmError) as caught:
        run(Store.find(store.root))
    assert caught.value.problem.rule == "locked"


def test_only_the_chosen_customers_are_written(tmp_path: Path) -> None:
    store = made(tmp_path, stores.record("001", "甲"), stores.record("002", "乙", owner="hanmei"))
    done = classify.run(store, lambda now: [one for one in now.customers if one.owner == "hanmei"], HOW)
    assert (done.summary, list(done.changed)) == ("1 customer changed", [("C20240501002", stores.path("002"))])
