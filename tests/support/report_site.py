"""Two customers and the site of pages made of them, for the tests of reports."""

from __future__ import annotations

from datetime import date
from functools import partial

from crmtext.figures.due import items
from crmtext.model import Customer
from crmtext.reports import Site
from crmtext.reports.context import Context, default_period
from crmtext.reports.named.pipeline import at_a_glance
from crmtext.schema import Schema
from crmtext.settings import read
from crmtext.snapshot import Snapshot
from crmtext.text.read.load import parse

TODAY = date(2026, 11, 20)
TEAM = """\
[store]
name = "Store"
[team.lilei]
name = "李雷"
[team.liuyang]
name = "Liu"
active = false
""".encode()


SHANGHAI = """\
id: C20240501K7QM
name: 上海示例电子有限公司
short_name: 示例电子
type: company
status: prospect
owner: lilei
website: https://www.shili.example
contacts:
  - name: 张三
    phones: ["13800138000", "021-5555 0180转802"]
    emails: [zhangsan@shili.example]
opportunities:
  - {title: 一期, stage: proposal, amount: 218600, currency: CNY}
  - {title: phase two, stage: discovery, amount: 1000.50, currency: EUR}
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: first, next: {action: send the offer, due: 2026-11-13}}
  - date: 2026-11-10
    by: liuyang
    channel: visit
    summary: second
    next: {action: sent, due: 2026-11-12, done: 2026-11-11}
  - {date: 2026-11-10, by: lilei, channel: note, summary: third, next: {action: call, due: 2026-11-25}}
custom:
  停车: 东门
"""
HOSTILE = """\
id: C20240502AAAA
name: "<script>alert(1)</script>"
type: company
status: lead
owner: lilei
website: "javascript:alert(1)"
tags: ["](javascript:alert(1))", "a | b", "</script><img src=x>"]
notes: "@all see http://evil.example and www.evil.example, #12 `x` *y*\\n# head\\n| a | b |"
custom: {'"><b>': "<i>"}
"""


def site(*records: str, lang: str = "en", schema: Schema | None = None) -> Site:
    customers = tuple(Customer(parse(record.encode(), "records/x.yaml")) for record in records)
    now = Snapshot("worktree", schema or Schema.shipped(), read(TEAM), TODAY, customers, (), ())
    tasks, context = items(now, sensitive=False), Context(now, *default_period(TODAY))
    deals = partial(at_a_glance, context)
    return Site(customers, now.schema, now.settings, TODAY, lang, "3f2c9ab", tasks=tasks, pipeline=deals)
