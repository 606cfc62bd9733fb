"""Any changes of cells in a workbook of generated customers come back as exactly these changes."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from edited_books import CONTACTS, CUSTOMERS, DEALS, commit, exported
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from import_runs import git, new_store, run

if TYPE_CHECKING:
    from pathlib import Path

WORDS = st.sampled_from(
    ["机械", "精密 机械", "电子 # 零件", "no", "'x", "a: b", "007", "2026-11-20", "软件; 硬件", "@a"]
)
NUMBERS = st.one_of(st.none(), st.sampled_from(["13800138000", "0512-68001001", "+86 512 68001002"]))
DAYS = st.sampled_from(["2026-12-01", "2027-01-31"])
#: By sheet: the headers with the steps to their fields, and their values.
FIELDS = {
    CUSTOMERS: (
        ("Short name", ("short_name",), WORDS),
        ("Industry", ("industry",), WORDS),
        ("Notes", ("notes",), WORDS),
        ("Billing · Invoice title", ("billing", "title"), WORDS),
        ("Owner", ("owner",), st.sampled_from(["lilei", "hanmei"])),
        ("Priority", ("priority",), st.sampled_from(["key", "low"])),
    ),
    CONTACTS: (("Job title", ("title",), WORDS), ("WeChat", ("wechat",), WORDS)),
    DEALS: (
        ("Amount", ("amount",), st.sampled_from([1, 30000, 1.5])),
        ("Expected close", ("expected_close",), DAYS),
    ),
}
LISTS = {CUSTOMERS: "", CONTACTS: "contacts", DEALS: "opportunities"}
NAMES = {"lilei": "李雷", "hanmei": "韩梅", "key": "Key", "low": "Low"}


@st.composite
def _customers(draw: st.DrawFn) -> list[dict[str, Any]]:
    every = []
    for number in range(draw(st.integers(1, 3))):
        one: dict[str, Any] = {
            "id": f"C2024050{number + 1}AAAA",
            "name": f"第{'一二三'[number]}机械有限公司",
            "type": "company",
            "status": "lead",
            "owner": draw(st.sampled_from(["lilei", "hanmei"])),
        }
        for _header, (key, *rest), values in FIELDS[CUSTOMERS]:
            if key != "owner" and draw(st.booleans()):
                one[key] = {rest[0]: draw(values)} if rest else draw(values)
        one["contacts"] = [
            {"name": name, **({"title": draw(WORDS)} if draw(st.booleans()) else {})} for name in ("王芳", "陈刚")
        ]
        one["opportunities"] = [{"title": "监测", "stage": "proposal", "amount": draw(st.sampled_from([1, 120000]))}]
        every.append(one)
    return every


def _cell(header: str, value: Any) -> Any:
    return NAMES.get(value, value) if header in ("Owner", "Priority") else value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_store(tmp_path_factory.mktemp("store"))


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(records=_customers(), data=st.data())
def test_changes_of_cells_come_back_as_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch, records: list[dict[str, Any]], data: st.DataObject
) -> None:
    monkeypatch.chdir(folder)
    for path in (folder / "records").iterdir():
        path.unlink()
    for one in records:
        path = folder / "records" / f"{one['id']}.yaml"
        path.write_text(yaml.safe_dump(one, allow_unicode=True, sort_keys=False), "utf-8")
    commit(folder)
    book = exported(folder.parent / "a.xlsx", language="en")
    wanted = deepcopy(records)
    for one in wanted:
        for sheet, fields in FIELDS.items():
            items = [one] if sheet == CUSTOMERS else one[LISTS[sheet]]
            for number, item in enumerate(items, start=1):
                id_ = one["id"] if sheet == CUSTOMERS else f"{one['id']}/{number}"
                for header, steps, values in data.draw(st.lists(st.sampled_from(fields), unique_by=lambda f: f[0])):
                    value = (
                        data.draw(st.one_of(values, st.just("-")))
                        if header not in ("Owner", "Amount")
                        else data.draw(values)
                    )
                    book.set(sheet, id_, header, _cell(header, value))
                    _put(item, steps, value)
    path = book.save()
    before = git(folder, "rev-parse", "HEAD")
    code, output = run("import", path)
    assert code == 0, output
    have = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((folder / "records").iterdir())]
    assert [_plain(one) for one in have] == wanted
    if wanted == records:
        assert git(folder, "rev-parse", "HEAD") == before
    assert "changed 0" in run("import", path)[1]


def _put(item: dict[str, Any], steps: tuple[str, ...], value: Any) -> None:
    *above, key = steps
    if value == "-" and above and item.get(above[0], {}).keys() <= {key}:
        item.pop(above[0], None)
        return
    for step in above:
        if value == "-" and step not in item:
            return
        item = item.setdefault(step, {})
    if value == "-":
        item.pop(key, None)
    else:
        item[key] = value


def _plain(value: Any) -> Any:
    """A record as the files hold it, with days as texts."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
