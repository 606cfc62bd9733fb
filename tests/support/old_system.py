"""A system that the team leaves, little by little: what it holds changes, and it is exported again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: The saved mapping of its exports.
MAPPING = """source = "erp"

[[sheet]]
is = "customers"
when = { file = "客户*" }
id = "客户编号"
[sheet.columns]
"客户名称" = "name"
"客户类型" = "type"
"合作状态" = "status"
"负责人" = "owner"
"电话" = "phones"
"行业" = "industry"
"标签" = "tags"

[[sheet]]
is = "contacts"
when = { file = "联系人*" }
id = "联系人编号"
of = [{ column = "客户编号", by = "id" }]
[sheet.columns]
"姓名" = "contacts.name"
"职位" = "contacts.title"
"手机" = "contacts.phones"

[[sheet]]
is = "opportunities"
when = { file = "商机*" }
id = "商机编号"
of = [{ column = "客户编号", by = "id" }]
[sheet.columns]
"商机名称" = "opportunities.title"
"商机阶段" = "opportunities.stage"
"商机金额" = "opportunities.amount"
"""
HEADERS = {
    "客户": "客户编号,客户名称,客户类型,合作状态,负责人,电话,行业,标签",
    "联系人": "联系人编号,客户编号,姓名,职位,手机",
    "商机": "商机编号,客户编号,商机名称,商机阶段,商机金额",
}
#: A list without ids, whose customers are known by their names.
LIST = "客户名称,客户类型,合作状态,负责人,电话,行业,标签"
_TOWNS = ("苏州明远", "上海云帆", "杭州青禾", "成都锦绣", "广州南岭", "西安秦川", "武汉楚天", "青岛海澜", "长沙岳麓")
_TRADES = ("机械", "信息", "食品", "纺织", "物流", "仪器", "建材", "贸易", "医药")


@dataclass
class OldSystem:
    """Its customers by their numbers there, with contacts and deals; each new value is another `来源N号`."""

    count: int = 0
    customers: dict[str, dict[str, str]] = field(default_factory=dict)
    #: The customers of a list without ids, by names that stay.
    listed: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Contacts and deals, with the numbers of their customers.
    contacts: dict[str, dict[str, str]] = field(default_factory=dict)
    deals: dict[str, dict[str, str]] = field(default_factory=dict)

    def value(self) -> str:
        """A value that was never there before."""
        self.count += 1
        return f"来源{self.count}号"

    def phone(self) -> str:
        """A phone number that was never there before."""
        self.count += 1
        return f"1380000{self.count:04}"

    def add(self) -> None:
        """Add a customer with a contact and a deal."""
        number = 1 + max((int(key[1:]) for key in self.customers), default=self.count)
        self.count = max(self.count, number)
        town, trade = _TOWNS[number % len(_TOWNS)], _TRADES[number % len(_TRADES)]
        self.customers[f"K{number}"] = {
            "客户名称": f"{town}{trade}{self.value()}有限公司", "客户类型": "企业", "合作状态": "潜在客户",
            "负责人": "李雷", "电话": self.phone(), "行业": self.value(), "标签": f"{self.value()}、{self.value()}",
        }  # fmt: skip
        self.add_contact(f"K{number}")
        self.add_deal(f"K{number}")

    def add_to_list(self) -> None:
        """Add a customer to the list without ids; its phone number stays."""
        self.count += 1
        number = len(self.listed)
        self.listed[f"大连{'甲乙丙丁戊己庚辛'[number % 8] * 2}{_TRADES[number % len(_TRADES)]}股份公司"] = {
            "客户类型": "企业", "合作状态": "潜在客户", "负责人": "韩梅", "电话": f"1390000{self.count:04}",
            "行业": self.value(), "标签": self.value(),
        }  # fmt: skip

    def change_list(self, place: int) -> None:
        """Change the trade of a customer of the list."""
        [*self.listed.values()][place % len(self.listed)]["行业"] = self.value()

    def add_contact(self, customer: str) -> None:
        """Add a contact to a customer."""
        row = {"客户编号": customer, "姓名": self.value(), "职位": self.value(), "手机": self.phone()}
        self.contacts[f"P{self.count}"] = row

    def add_deal(self, customer: str) -> None:
        """Add a deal to a customer."""
        row = {"客户编号": customer, "商机名称": self.value(), "商机阶段": "初步接洽", "商机金额": str(self.count)}
        self.deals[f"D{self.count}"] = row

    def change(self, key: str, header: str) -> None:
        """Change a value of a customer, or of its first contact or deal."""
        for rows in (self.customers, self.contacts, self.deals):
            for row in rows.values():
                if (
                    header in row
                    and (rows is not self.customers or row is rows[key])
                    and row.get("客户编号", key) == key
                ):
                    row[header] = self._changed(row[header], header)
                    return

    def _changed(self, value: str, header: str) -> str:
        others = {"负责人": ("李雷", "韩梅"), "商机阶段": ("初步接洽", "报价")}.get(header)
        if others:
            return others[value == others[0]]
        if header in ("电话", "手机"):
            return self.phone()
        if header == "商机金额":
            self.count += 1
            return str(self.count)
        if header == "标签":
            return f"{value.partition('、')[0]}、{self.value()}"
        return value.partition("来源")[0] + self.value() if header == "客户名称" else self.value()

    def drop(self, key: str) -> None:
        """Delete a customer with all that belongs to it."""
        del self.customers[key]
        for rows in (self.contacts, self.deals):
            for own in [own for own, row in rows.items() if row["客户编号"] == key]:
                del rows[own]

    def drop_item(self, key: str) -> None:
        """Delete the last contact or deal of a customer."""
        mine = [(rows, own) for rows in (self.contacts, self.deals) for own in rows if rows[own]["客户编号"] == key]
        for rows, own in mine[-1:]:
            del rows[own]

    def export(self, folder: Path, keys: Iterable[str]) -> None:
        """Write the files of an export of these customers."""
        wanted = {*keys}
        for name, rows in (("客户", self.customers), ("联系人", self.contacts), ("商机", self.deals)):
            chosen = {own: row for own, row in rows.items() if row.get("客户编号", own) in wanted}
            _write(folder / f"{name}.csv", HEADERS[name], chosen)

    def export_list(self, file: Path) -> None:
        """Write the list without ids."""
        _write(file, LIST, self.listed)


def _write(file: Path, header: str, rows: Mapping[str, Mapping[str, str]]) -> None:
    columns = header.split(",")[1:]
    lines = [header, *(",".join([own, *(row[column] for column in columns)]) for own, row in rows.items())]
    file.write_text("\n".join(lines) + "\n", "utf-8")
