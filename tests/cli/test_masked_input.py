"""Masked text never replaces a fuller value, by whatever way it comes in; a masked name from a shop may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from stores import TEAM, Program, Said

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

ID, OTHER = "C20240501001", "C20240501002"
FULL = f"""\
id: {ID}
name: 陈小明
type: person
status: lead
owner: lilei
phones: ["13800138000"]
emails: [chenxiaoming@example.com]
addresses:
  - {{kind: shipping, street: 科技路 8 号}}
contacts:
  - name: 欧阳娜娜
    phones: ["13900139000"]
    wechat: nana_oy
  - name: John Smith
interactions:
  - {{date: 2024-05-02, by: lilei, channel: phone, summary: 欧阳娜娜的手机 13900139000}}
notes: 邮箱 chenxiaoming@example.com
"""
COPY = f"""\
id: {OTHER}
name: 陈*
type: person
status: lead
owner: lilei
addresses:
  - {{kind: shipping, street: 科技路***}}
contacts:
  - name: 欧阳*
notes: 网店订单
"""
#: What is typed over the full value, and the rule that rejects it.
TYPED = {
    "name=陈*": "masked-name",
    "name=陈＊": "masked-name",
    "contacts[0].name=欧阳*": "masked-name",
    "contacts[1].name=J*** S***": "masked-name",
    "contacts[1].name=J***": "masked-name",
    "phones[0]=138****8000": "masked-value",
    "emails[0]=c***@example.com": "masked-value",
    "contacts[0].phones[0]=139****9000": "masked-value",
    "contacts[0].wechat=n***y": "masked-value",
    "contacts[0].social.qq=1***8": "masked-value",
    "uscc=9****************L": "wrong-form",
    "billing.tax_number=9****************L": "masked-value",
    "addresses[0].street=***": "masked-text",
    "notes=邮箱 c***@example.com": "masked-text",
    "interactions[0].summary=欧阳*的手机 139****9000": "masked-text",
}


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], repo: Repo) -> Program:
    repo.commit({"crmtext.toml": TEAM, f"records/{ID}.yaml": FULL}, "init")
    return Program(capsys, repo.path)


def data(repo: Repo, id_: str = ID) -> Any:
    """The record as it is on the disk."""
    return yaml.safe_load((repo.path / f"records/{id_}.yaml").read_text("utf-8"))


def rejected(result: Said, rule: str, repo: Repo) -> None:
    """The command was rejected by a rule, and nothing was written."""
    assert (result.code in (1, 2), f"[{rule}]" in result.err) == (True, True), result
    assert (repo.path / f"records/{ID}.yaml").read_text("utf-8") == FULL


@pytest.mark.parametrize(("typed", "rule"), TYPED.items(), ids=TYPED)
def test_set_rejects_a_masked_value(program: Program, repo: Repo, typed: str, rule: str) -> None:
    rejected(program("set", ID, typed), rule, repo)


@pytest.mark.parametrize(("typed", "rule"), TYPED.items(), ids=TYPED)
def test_the_hook_rejects_a_masked_value(program: Program, repo: Repo, typed: str, rule: str) -> None:
    record = data(repo)
    path, _equals, value = typed.partition("=")
    *above, last = path.replace("[", ".").replace("]", "").split(".")
    holder = record
    for step in above:
        holder = holder[int(step)] if step.isdigit() else holder.setdefault(step, {})
    holder[int(last) if last.isdigit() else last] = value
    repo.write(f"records/{ID}.yaml", yaml.safe_dump(record, allow_unicode=True, sort_keys=False))
    repo.git("add", ".")
    result = program("hook", "pre-commit")
    assert (result.code, f"[{rule}]" in result.out + result.err) == (1, True), result


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (("append", ID, "phones", "138****8000"), "masked-value"),
        (("append", ID, "contacts", "name=王五", "emails=w***@example.com"), "masked-value"),
        (("append", ID, "contacts", "name=王五", "social.qq=1***8"), "masked-value"),
        (("add", "赵六", "--type", "person", "--set", "phones=138****8000"), "masked-value"),
        (("add", "赵六", "--type", "person", "--set", "billing.phone=021-****34"), "masked-value"),
    ],
)
def test_add_and_append_reject_masked_numbers(
    program: Program, repo: Repo, command: tuple[str, ...], rule: str
) -> None:
    rejected(program(*command), rule, repo)


@pytest.mark.parametrize(
    ("full", "masked", "rule"),
    [("陈小明", "陈*", "masked-name"), ("13900139000", "139****9000", "masked-value"), ("8 号", "***", "masked-text")],
)
def test_edit_rejects_masked_text(
    program: Program, repo: Repo, monkeypatch: pytest.MonkeyPatch, full: str, masked: str, rule: str
) -> None:
    monkeypatch.setenv("GIT_EDITOR", f"f() {{ sed -i.bak 's/{full}/{masked}/g' \"$1\"; }}; f")
    rejected(program("edit", ID), rule, repo)


IMPORTS = {
    "by id": f"编号,客户名称,电话,详细地址,税号\n{ID},陈*,138****8000,***,9****************L\n",
    "contacts": f"编号,客户名称,联系人,联系人电话,微信\n{ID},陈小明,欧阳*,139****9000,n***y\n",
    "latin": f"编号,客户名称,联系人\n{ID},陈*,J*** S***\n",
}
SHOP = "客户名称,类型,电话,详细地址\n张**,个人,13700137000,科技路***\n"


@pytest.mark.parametrize("sheet", IMPORTS.values(), ids=IMPORTS)
@pytest.mark.parametrize("how", ["list", "ours", "theirs"])
def test_an_import_puts_no_masked_value_over_a_full_one(
    program: Program, repo: Repo, tmp_path: Path, sheet: str, how: str
) -> None:
    (tmp_path / "list.csv").write_text(sheet, "utf-8")
    before = data(repo)
    arguments = ("--default", "owner=lilei", "--default", "status=lead", "--partial", "--on-conflict", how)
    result = program("import", str(tmp_path / "list.csv"), *arguments)
    assert (result.code, "To decide" in result.out) == (0, False), result
    after = data(repo)
    after.pop("external_ids", None)
    assert after == before
    assert [path.name for path in (repo.path / "records").iterdir()] == [f"{ID}.yaml"]


def test_an_order_of_a_shop_makes_a_customer_with_a_warning(program: Program, repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(SHOP, "utf-8")
    result = program("import", str(tmp_path / "list.csv"), "--default", "owner=lilei", "--default", "status=lead")
    assert result.code == 0, result
    warnings = program("check").out
    assert "warning: the name is masked [masked-value]" in warnings
    assert "warning: the address is masked [masked-value]" in warnings
    assert program("check").code == 0


def test_an_order_of_a_shop_that_is_typed_is_a_customer_too(program: Program, repo: Repo) -> None:
    assert program("add", "张**", "--type", "person", "--set", "addresses[0].kind=shipping").code == 0
    assert program("check").code == 0


@pytest.mark.parametrize("keep", [(ID, OTHER), (OTHER, ID)], ids=["full first", "masked first"])
def test_merging_a_masked_copy_keeps_what_is_full(program: Program, repo: Repo, keep: tuple[str, str]) -> None:
    repo.commit({f"records/{OTHER}.yaml": COPY}, "copy")
    assert program("merge", *keep).code == 0
    text = (repo.path / f"records/{keep[0]}.yaml").read_text("utf-8")
    full = ("陈小明", "科技路 8 号", "欧阳娜娜", "John Smith", "13900139000", "nana_oy", "chenxiaoming@example.com")
    assert [word for word in full if word not in text] == []


@pytest.mark.parametrize(
    ("full", "masked", "rule"),
    [
        ("陈小明", "陈*", "masked-name"),
        ("科技路 8 号", "科技路***", "masked-text"),
        ("邮箱 chen", "邮箱 c***", "masked-text"),
    ],
)
def test_a_masked_side_of_a_conflict_is_rejected(
    program: Program, repo: Repo, full: str, masked: str, rule: str
) -> None:
    other = {"陈小明": "陈晓明", "科技路 8 号": "科技路 9 号", "邮箱 chen": "新邮箱 chen"}[full]
    repo.git("checkout", "-q", "-b", "theirs")
    text = FULL.replace(full, masked).replace("c***xiaoming", "c***")
    repo.commit({f"records/{ID}.yaml": text}, "masked")
    repo.git("checkout", "-q", "main")
    repo.commit({f"records/{ID}.yaml": FULL.replace(full, other)}, "full")
    repo.git("merge", "theirs", check=False)
    result = program("resolve", ID, "--theirs")
    assert (result.code, f"[{rule}]" in result.err) == (2, True), result
    assert program("resolve", ID, "--ours").code == 0


def test_a_merge_that_takes_a_masked_name_is_rejected_by_the_hook(program: Program, repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "theirs")
    repo.commit({f"records/{ID}.yaml": FULL.replace("陈小明", "陈*")}, "masked")
    repo.git("checkout", "-q", "main")
    repo.commit({f"records/{ID}.yaml": FULL.replace("status: lead", "status: prospect")}, "full")
    repo.git("merge", "--no-commit", "theirs")
    result = program("hook", "pre-commit")
    assert (result.code, "[masked-name]" in result.out + result.err) == (1, True), result
