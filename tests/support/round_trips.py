"""Exports for other systems and back: what comes back is what went out, but for the values that the export lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import import_runs

from crmtext.systems import run
from crmtext.systems.rows import Source

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

COMPANY = """\
id: C20240501ABC
name: 苏州青禾自动化设备有限公司
type: company
status: active
owner: hanmei
industry: 专用设备
sources: [{channel: exhibition, date: 2024-05-01}]
phones: ["0512-5555 0101"]
website: https://qinghe.example
company: {employees: 120, founded: 2010-05-06}
addresses:
  - {kind: office, country: CN, province: 江苏省, city: 苏州市, street: 星湖街 1 号, postcode: "015000"}
contacts:
  - {name: 欧阳娜, title: 采购经理, phones: ["0512-5555 0102", "13800138001"], emails: [ouyang@qinghe.example],
     opted_out: [email]}
  - {name: Anna Larch, title: CTO, role: decision-maker, emails: [anna@qinghe.example],
     opted_out: [email, phone, sms]}
tags: [vip, 自动化]
interactions:
  - {date: 2024-06-01, by: lilei, channel: phone, direction: in, contact: 欧阳娜, summary: 询价,
     details: "=1+1\\n+86 第二行", outcome: neutral}
  - {date: 2024-06-05, by: hanmei, channel: visit, contact: Anna Larch, summary: 看现场,
     next: {action: 发方案, due: 2024-06-20, by: hanmei}}
  - {date: 2024-06-06, by: hanmei, channel: note, summary: "-5 度以下也能用", details: 内部测试}
  - {date: 2024-06-07, by: hanmei, channel: email, summary: 发出资料,
     next: {action: 回访, due: 2024-06-09, done: 2024-06-08}}
opportunities:
  - {title: 一期产线, stage: proposal, owner: lilei, amount: 120000.5, currency: CNY, probability: 50,
     expected_close: 2026-12-25, next_step: 报价}
  - {title: 样机, stage: won, owner: hanmei, amount: 5000, currency: EUR, closed: 2024-07-01, products: [样机]}
cases:
  - {opened: 2024-08-01, kind: complaint, summary: 屏幕闪烁, status: closed, priority: key, owner: lilei,
     closed: 2024-08-03, resolution: 更换屏幕}
cooperation: {since: 2024-07-01}
notes: |-
  =2+2
  第二行
transactions:
  - {date: 2024-07-01, amount: 5000, currency: EUR}
  - {date: 2024-09-01, amount: 50, currency: EUR}
needs: [{kind: purchase, description: 二期产线, budget: {min: 100000, max: 200000}, status: open}]
feedback: [{date: 2024-09-02, kind: praise, text: 响应快, by: lilei}]
preferences: {language: zh, do_not_contact: [sms, wechat]}
consents: [{date: 2024-05-01, basis: consent, contact: 欧阳娜, purposes: [报价], channels: [email]}]
"""
PERSON = """\
id: C20240502ABC
name: 陈小雨
type: person
status: prospect
owner: lilei
sources: [{channel: referral, date: 2024-05-02}]
phones: ["13800138002"]
emails: [xiaoyu@mail.example]
person: {title: 设计师, occupation: 自由职业}
preferences: {do_not_contact: [sms, email]}
interactions:
  - {date: 2024-06-02, by: lilei, channel: phone, direction: out, summary: 介绍产品}
  - {date: 2024-06-04, by: lilei, channel: online-meeting, summary: 线上演示}
opportunities:
  - {title: 个人版, stage: negotiation, owner: lilei, amount: 300, currency: CNY, expected_close: 2026-12-01}
"""
INSTITUTION = """\
id: C20240503ABC
name: 青禾市第二医院
short_name: 二院
type: institution
status: lead
owner: lilei
external_ids: {SYSTEM: "77001", 旧系统: X1}
contacts:
  - {name: Dr. Ada Fir, external_ids: {SYSTEM: "88001"}, primary: true}
  - {name: 周杰, emails: [zhou@hospital.example], birthday: 1990-05-01}
interactions:
  - {date: 2024-06-03, by: lilei, channel: wechat, contact: 周杰, summary: 加了微信}
preferences: {do_not_contact: [email]}
custom: {床位: 300}
"""


def sources(monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """The customers of the exports that follow, with the values that were written."""
    seen: list[Source] = []

    def noted(record: Any, *more: Any) -> Source:
        seen.append(Source(record, *more))
        return seen[-1]

    monkeypatch.setattr(run, "Source", noted)
    return seen


def exported(folder: Path, monkeypatch: pytest.MonkeyPatch, system: str, *records: str) -> tuple[str, Path]:
    """Export the records to a system: what the command says, and the folder."""
    store = import_runs.new_store(folder / "from")
    for number, record in enumerate(records):
        (store / f"records/{number}.yaml").write_text(record.replace("SYSTEM", system), "utf-8")
    monkeypatch.chdir(store)
    code, output = import_runs.run("export", "--to", system, "-o", f"../{system}/")
    assert code == 0, output
    return output, folder / system


def written(source: Source) -> dict[str, Any]:
    """The record without the values that no file holds, and without ids of other systems."""
    kept: dict[str, Any] = _kept(source.record, (), source.taken)
    return without_ids(kept)


def without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_ids(one) for key, one in value.items() if key != "external_ids"}
    return [without_ids(one) for one in value] if isinstance(value, list) else value


def _kept(value: Any, place: tuple[str | int, ...], taken: set[tuple[str | int, ...]]) -> Any:
    if place in taken:
        return value
    if isinstance(value, dict):
        parts = {key: _kept(one, (*place, key), taken) for key, one in value.items()}
        return {key: one for key, one in parts.items() if one not in (None, {}, [])}
    if isinstance(value, list):
        entries = (_kept(one, (*place, number), taken) for number, one in enumerate(value))
        return [one for one in entries if one not in (None, {}, [])]
    return None
