"""Rules of the schema: which keys a record has, what they hold, and what follows from what."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "missing-key": """\
A record has the keys that nothing works without.

Why: Without id, name, type, status and owner a customer can be neither found nor looked after.

Wrong:
    interactions:
      - date: 2024-05-01
        summary: 确认需求

Right:
    interactions:
      - {date: 2024-05-01, by: lilei, channel: phone, summary: 确认需求}

Instead: Add the key. `crmtext explain KEY` shows what it holds.
""",
        "unknown-key": """\
A record uses the keys of the schema.

Why: A mistyped key is found by nobody: not by lists, not by reports, not by colleagues.

Wrong:
    合作状态: prospect

Right:
    status: prospect

Instead: Correct the key. What has no key of its own yet goes under `custom:`; what all need, your team adds to the
schema.
""",
        "unknown-value": """\
A value of a fixed list is written as the schema has it.

Why: Labels differ by language and taste; the value is the same for everyone, so lists and reports can count it.

Wrong:
    status: 意向客户

Right:
    status: prospect

Instead: Write the value. On the command line the Chinese label is understood as well.
""",
        "wrong-type": """\
A value has the kind that its key asks for: text, number, date, list or block.

Why: Amounts are added up, lists are gone through; a word in their place would break both.

Wrong:
    tags: vip

Right:
    tags: [vip]

Instead: Write it as the hint says. `crmtext explain KEY` shows an example.
""",
        "wrong-form": """\
Ids, codes and the like have their fixed form.

Wrong:
    uscc: 91320505ma6webua6l

Right:
    uscc: 91320505MA6WEBUA6L

Instead: Compare it with where it comes from; the hint says the form.
""",
        "number-as-text": """\
Phone numbers, postcodes and other numbers that nobody adds up stand in quotes.

Why: Read as a number, 010010 loses its zero, and a long one its last digits.

Wrong:
    contacts:
      - {name: 张三, phones: [13800138000]}

Right:
    contacts:
      - {name: 张三, phones: ["13800138000"]}

Instead: Put quotes round it.
""",
        "empty-value": """\
A key that is there has a value.

Why: An empty key looks as if somebody had asked and got no answer.

Wrong:
    industry:

Right:
    industry: C39

Instead: Write the value, or leave the key out: optional keys need not be there.
""",
        "out-of-range": """\
A number lies within its limits.

Wrong:
    feedback: [{date: 2024-05-01, kind: survey, score: 0}]

Right:
    feedback: [{date: 2024-05-01, kind: survey, score: 4}]

Instead: The hint says from where to where.
""",
        "item-twice": """\
A list of different things names each once.

Wrong:
    tags: [vip, 冷链, vip]

Right:
    tags: [vip, 冷链]

Instead: Delete one of the two.
""",
        "date-format": """\
A date is written as year, month and day: 2024-05-01.

Why: One way of writing sorts rightly and is read the same everywhere; 5/1 is May in one country and January in
another.

Wrong:
    verified: {date: 2024年5月1日, by: lilei}

Right:
    verified: {date: 2024-05-01, by: lilei}

Instead: Write the day. On the command line 5月1日, 昨天 or +3d are understood as well.
""",
        "date-time-format": """\
A moment is written with its offset: 2024-05-01T09:30:00+08:00.

Why: Half past nine is another moment in another country.

Instead: Add the offset, +08:00 in China.
""",
        "email-format": """\
An e-mail address looks like name@example.com.

Wrong:
    emails: [zhangsan@example]

Right:
    emails: [zhangsan@example.com]

Instead: Write one address for each item.
""",
        "uri-format": """\
A web address is written whole.

Instead: Begin with https:// as the browser shows it.
""",
        "active-without-since": """\
An active customer has the day when the cooperation began.

Why: Years of cooperation, anniversaries and contracts are counted from that day.

Wrong:
    status: active
    cooperation: {products: [振动传感器]}

Right:
    status: active
    cooperation: {since: 2024-05-01, products: [振动传感器]}

Instead: Add `since:` under `cooperation:`.
""",
        "satisfaction-while-not-active": """\
Satisfaction is kept only while the customer is active.

Why: A score of years ago would count as today's.

Wrong:
    status: paused
    cooperation: {satisfaction: {score: 5}, paused_reason: 年检停产}

Right:
    status: paused
    cooperation: {paused_reason: 年检停产}
    feedback: [{date: 2024-05-01, kind: survey, score: 5}]

Instead: Move it to `feedback:` as `kind: survey`.
""",
        "budget-amount-while-to-confirm": """\
A budget that is still to be confirmed has no amounts.

Why: An amount that nobody named would be taken for the customer's own.

Wrong:
    needs: [{kind: purchase, description: 传感器, budget: {basis: to-confirm, min: 50000}}]

Right:
    needs: [{kind: purchase, description: 传感器, budget: {basis: to-confirm}}]

Instead: Delete `min` and `max`; or write `basis: stated` if the customer said it, `estimated` if you did.
""",
        "opportunity-closed-date": """\
An opportunity that is won or lost has the day when it was closed.

Why: What was won in a month or a quarter is counted by that day.

Wrong:
    opportunities: [{title: 一期, stage: won}]

Right:
    opportunities: [{title: 一期, stage: won, closed: 2024-05-01}]

Instead: Add `closed:` with the day.
""",
        "case-closed-date": """\
A closed case has the day when it was closed.

Why: How long customers wait for us is counted by that day.

Wrong:
    cases: [{opened: 2024-05-01, kind: repair, summary: 探头松动, status: closed}]

Right:
    cases: [{opened: 2024-05-01, kind: repair, summary: 探头松动, status: closed, closed: 2024-05-03}]

Instead: Add `closed:` with the day.
""",
        "person-block-of-non-person": """\
Only a customer of type person has a block `person`.

Why: The people of a company are its contacts; their private data does not belong here.

Wrong:
    type: company
    person: {gender: male}

Right:
    type: person
    person: {gender: male}

Instead: Write people under `contacts:`, or correct the type.
""",
        "company-block-of-person": """\
A customer of type person has no block `company`.

Wrong:
    type: person
    company: {size: small}

Right:
    type: person
    person: {company: 示例工作室}

Instead: Write where the person works as `company` under `person:`, or correct the type.
""",
    }
)
