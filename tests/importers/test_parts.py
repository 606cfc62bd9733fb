"""Files that hold a part of the source: rejected rows, fewer columns, a few rows. What they lack isn't gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from import_runs import customers, imported, run

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "客户编号,客户名称,客户类型,合作状态,负责人,电话,行业,标签"
ONE = "苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001001,机械,展会"
OTHER = "苏州明远机械有限公司,企业,潜在客户,李雷,1.38E+10,机械,老客户"


def _write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def test_the_fixed_row_fills_what_its_customer_lacks(new: Path) -> None:
    header = HEADER.removeprefix("客户编号,")
    file = _write(new.parent / "客户.csv", header, ONE, OTHER)
    code, plan = imported(file, "--save", "erp")
    assert (code, len(plan["cells"])) == (0, 1)
    [before] = customers()
    assert (before["phones"], before["tags"]) == (["0512-68001001"], ["展会", "老客户"])
    aside = new / "import-rejected" / "客户.csv"
    fixed = aside.read_text("utf-8-sig").replace("1.38E+10", "13800000102").replace("机械,老客户", "设备,老客户")
    aside.write_text(fixed, "utf-8")
    for path in ("import-rejected/客户.csv", _write(new.parent / "一行.csv", header, OTHER.replace("1.38E+10", "-"))):
        code, plan = imported(path, "--from", "erp")
        assert (code, plan["conflicts"], plan["gone"]) == (0, [], [])
        assert customers() == [{**before, "phones": ["0512-68001001", "13800000102"]}]
    # Both rows are all of the customer: what they lack is gone.
    file = _write(new.parent / "客户.csv", header, ONE, OTHER.replace("1.38E+10", "13800000103"))
    code, plan = imported(file, "--from", "erp")
    assert (code, [one["phones"] for one in customers()]) == (0, [["0512-68001001", "13800000103"]])


def _weekly(new: Path, customer: str, contact: str, *words: str) -> tuple[int, list[str], list[str | None]]:
    folder = new.parent / "export"
    folder.mkdir(exist_ok=True)
    _write(folder / "客户.csv", HEADER, customer, "K3,杭州青禾食品有限公司,企业,潜在客户,韩梅,0571-68001003,食品,")
    _write(folder / "联系人.csv", "客户编号,客户名称,姓名,手机", contact, "K1,苏州明远机械有限公司,王五,13800000105")
    code, plan = imported(str(folder), *words)
    return code, [one["why"] for one in plan["rejected"]], [one["field"] for one in plan["gone"]]


def test_a_rejected_row_takes_nothing_away(new: Path) -> None:
    right = f"K1,{ONE}"
    contact = "K1,苏州明远机械有限公司,李四,13800000102"
    assert _weekly(new, right, contact, "--save", "erp") == (0, [], [])
    before = customers()
    more = ("--from", "erp", "--partial", "--with-deletions")
    wrong = right.replace("苏州明远机械有限公司", "")
    code, rejected, gone = _weekly(new, wrong, contact, *more)
    assert (code, rejected, gone, customers()) == (0, ["the customer has no name"], [], before)
    code, rejected, gone = _weekly(new, right, contact.replace("13800000102", "13800000102,,x"), *more)
    assert (code, len(rejected), gone, customers()) == (0, 1, [], before)


def test_a_file_of_some_contacts_makes_no_contact_gone(new: Path) -> None:
    assert _weekly(new, f"K1,{ONE}", "K1,苏州明远机械有限公司,李四,13800000102", "--save", "erp")[0] == 0
    before = customers()
    file = _write(new.parent / "联系人.csv", "客户编号,客户名称,姓名,手机", "K1,苏州明远机械有限公司,王五,13800000105")
    code, output = run("import", file, "--from", "erp")
    assert (code, "Imported earlier" in output, customers()) == (0, False, before)


def test_a_missing_column_takes_no_number_away(new: Path) -> None:
    header = "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Lifecycle Stage,Associated Company"
    row = "701,Uwe,Jäger,uwe@hafen.example,+49 40 5557 1105,+49 170 555 1105,Lead,Hafen Küche GmbH"
    file = _write(new.parent / "contacts.csv", header, row)
    words = ("--from", "hubspot", "--default", "owner=lilei", "--default", "status=lead")
    assert imported(file, *words)[0] == 0
    before = customers()
    assert [one["phones"] for one in before[0]["contacts"]] == [["+49 170 555 1105", "+49 40 5557 1105"]]
    fewer = header.replace("Mobile Phone Number,", ""), row.replace("+49 170 555 1105,", "")
    _write(new.parent / "contacts.csv", *fewer)
    code, plan = imported(file, *words)
    assert (code, plan["commit"], customers()) == (0, None, before)
    # A number that goes in all columns goes.
    _write(new.parent / "contacts.csv", header, row.replace("+49 170 555 1105,", ","))
    code, plan = imported(file, *words)
    assert (code, [one["phones"] for one in customers()[0]["contacts"]]) == (0, [["+49 40 5557 1105"]])
