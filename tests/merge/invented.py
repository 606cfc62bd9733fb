"""Invented records of a given seed, and the styles they are written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notation import Bit, Style, bit

if TYPE_CHECKING:
    from random import Random

#: The keys that tell items apart, as the shipped schema has them.
KEYS = {
    "contacts": ("name",),
    "interactions": ("date", "by", "channel", "summary"),
    "transactions": ("order_no",),
    "transactions[].items": ("product",),
}
PEOPLE = ("张三", "李海燕", "沈佳", "王志远", "赵一鸣", "钱海涛", "孙倩", "周立")
COLLEAGUES = ("lilei", "hanmei", "wangfang", "zhaomin")
SAID = (
    "客户确认需求",
    "报价已发, 等回复",
    "约了下周现场勘点",
    "样机装好",
    "希望总价降 5%",
    "没接电话",
    "发了案例两份: A 和 B",
)
TAGS = ("SMT", "vip", "温湿度", "三家比价", "老客户", "展会")
FILES = {
    "as init writes it": Style(),
    "lists not indented": Style(list_step=0),
    "line ends of Windows": Style(newline="\r\n"),
    "byte order mark": Style(mark="\ufeff"),
    "no last line break": Style(closed=False),
    "items on one line": Style(one_line_items=True),
    "blank lines between items": Style(gaps=True),
    "all in quotes": Style(quotes=True, list_step=0),
}


@dataclass(frozen=True)
class Layout:
    """How the base of a pair is written and ordered."""

    style: Style
    newest_first: bool = False
    numbered: bool = False
    sentinel: bool = False
    brackets: bool = True
    comments: bool = False


def layout(random: Random) -> Layout:
    """One of the ways that people keep such files."""
    return Layout(
        random.choice(list(FILES.values())),
        newest_first=random.random() < 0.15,
        numbered=random.random() < 0.15,
        sentinel=random.random() < 0.15,
        brackets=random.random() < 0.7,
        comments=random.random() < 0.5,
    )


def record(random: Random, how: Layout) -> Bit:
    """A customer."""
    customer = bit(
        {
            "id": "C20240501K7QM",
            "name": "上海示例电子有限公司",
            "type": "company",
            "status": "lead",
            "owner": "lilei",
            "priority": "high",
            "website": "https://shili.example",
            "tags": random.sample(TAGS, random.randint(2, 4)),
            "company": {"size": "medium", "employees": random.randint(10, 900), "stage": "growth"},
            "contacts": [contact(random, name) for name in random.sample(PEOPLE, random.randint(2, 4))],
            "transactions": [_transaction(random, number) for number in range(random.randint(1, 3))],
            "interactions": _interactions(random, how),
            "billing": {"title": "上海示例电子有限公司", "amount": 1.5, "kind": "special"},
            "notes": "第一行\n第二行\n",
        }
    )
    customer.value["tags"].flow = how.brackets
    if random.random() < 0.5:
        # So that the list that grows stands at the end of the file.
        customer.value["interactions"] = customer.value.pop("interactions")
    if how.comments:
        _annotate(random, customer)
    if how.sentinel:
        customer.value["interactions"].value[-1].above.append("# 最新的在最后")
    return customer


def contact(random: Random, name: str) -> dict[str, object]:
    """A person there."""
    entry: dict[str, object] = {"name": name, "title": random.choice(("采购经理", "技术总监", "设备工程师"))}
    entry["phones"] = [f"138001380{random.randint(10, 99)}"]
    if random.random() < 0.5:
        entry["department"] = random.choice(("供应链部", "制造工程"))
    return entry


def interaction(random: Random, day: str, number: int, *, numbered: bool = False) -> dict[str, object]:
    """A dated entry; the number makes its words its own."""
    entry: dict[str, object] = {"id": f"i{number}"} if numbered else {}
    entry |= {"date": day, "by": random.choice(COLLEAGUES), "channel": random.choice(("phone", "visit", "wechat"))}
    entry["summary"] = f"{random.choice(SAID)} {number}"
    if random.random() < 0.3:
        entry["details"] = f"细节 {number}\n还有一行\n"
    if random.random() < 0.5:
        entry["next"] = {"action": f"回访 {number}", "due": "2026-12-01"}
    return entry


def _interactions(random: Random, how: Layout) -> list[dict[str, object]]:
    days = sorted(f"2026-{random.randint(1, 10):02}-{random.randint(1, 28):02}" for _ in range(random.randint(2, 8)))
    entries = [interaction(random, day, number, numbered=how.numbered) for number, day in enumerate(days)]
    return entries[::-1] if how.newest_first else entries


def _transaction(random: Random, number: int) -> dict[str, object]:
    products = random.sample(("TH-200", "EG-30", "平台年费", "校准"), 2)
    items = [{"product": product, "quantity": 2} for product in products]
    return {"order_no": f"SO-{number:03}", "items": items, "external_ids": {"k3": f"T-{number}"}}


def _annotate(random: Random, record: Bit) -> None:
    for key in random.sample(list(record.value)[3:], 3):
        record.value[key].above.append(f"# 关于 {key}")
    for key in random.sample(("status", "owner", "priority"), 1):
        record.value[key].beside = f"# {key} 见邮件"
    random.choice(record.value["contacts"].value).above.append("# 关键人")
    record.above.append("# 展会老线索")
