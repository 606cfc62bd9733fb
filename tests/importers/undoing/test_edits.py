"""Edits since an import are listed once, also for records that are one customer now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from import_runs import git, run

if TYPE_CHECKING:
    from weekly_runs import Weekly


def test_edits_of_merged_customers_are_listed_once(weekly: Weekly) -> None:
    done = git(weekly.store, "rev-parse", "HEAD").strip()
    name = weekly.path("K1").name
    ids = {key: weekly.path(key).name.partition("-")[0] for key in ("K1", "K2", "K3")}
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    for key in ("K2", "K3"):
        assert run("merge", ids["K1"], ids[key], "--keep", "A", "--prefer", "A")[0] == 0
    path = weekly.store / "records" / name
    path.write_text(path.read_text("utf-8").replace("0512-68001001", "0512-68007777"), "utf-8")
    git(weekly.store, "commit", "-q", "-am", "edit")
    code, output = run("undo", done, "--dry-run", "--format", "json")
    edits = {one["why"]: [edit["fields"] for edit in one["edits"]] for one in json.loads(output)["kept"]}
    assert (code, edits["edited"][0], edits["edited"][-1], len(edits["edited"])) == (0, ["Industry"], ["Phones"], 4)
    assert edits["merged"] == edits["edited"]
