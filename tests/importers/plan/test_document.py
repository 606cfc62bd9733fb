"""The JSON document of a plan shows no sensitive value, also not inside of an item or a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from import_runs import imported

if TYPE_CHECKING:
    from weekly_runs import Weekly


def test_sensitive_values_of_what_is_gone_are_null(weekly: Weekly) -> None:
    weekly.edit("K1", "    title: 采购\n", "    title: 采购\n    birthday: 1990-01-02\n")
    weekly.edit("K3", "owner: hanmei\n", "owner: hanmei\nperson:\n  birth_date: 1990-01-02\n")
    weekly.edit("K3", "type: company\n", "type: person\n")
    del weekly.rows["K3"]
    weekly.files["联系人.csv"] = "\n".join(weekly.files["联系人.csv"].splitlines()[:2]) + "\n"
    code, plan = imported(weekly.write(), "--from", "erp", "--with-deletions")
    conflicts = {one["field"]: one for one in plan["conflicts"]}
    assert (code, sorted(conflicts)) == (1, ["contacts[李四]", "id"])
    contact, customer = conflicts["contacts[李四]"], conflicts["id"]
    assert contact["ours"] == {
        "name": "李四", "title": "采购", "birthday": None, "phones": ["13800000102"], "external_ids": {"erp": "P2"},
    }  # fmt: skip
    assert (customer["ours"]["name"], customer["ours"]["person"]) == ("杭州青禾食品有限公司", {"birth_date": None})
    assert "1990" not in str(plan)
