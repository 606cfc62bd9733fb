"""One customer shown: the card in both languages against golden files, its JSON, and records with errors.

After a change of the card: `pytest tests/reports/test_show.py --golden-update`, and read the difference.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.answer import Text
from crmtext.cli.framework.render import document, to_json
from crmtext.i18n import speaking
from crmtext.problem import CrmError, Exit
from crmtext.record.input import find_record
from crmtext.reports.show import show
from crmtext.settings import read
from crmtext.store import Store

if TYPE_CHECKING:
    from repos import Repo

if sys.platform != "win32":
    from terminals import Terminal

at_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
GOLDEN = Path(__file__).parents[1] / "golden"
RECORD = stores.record(
    "001",
    "上海示例电子有限公司",
    """    title: 采购经理
    phones: ["13800138000"]
    primary: true
  - name: Jürgen Groß
    emails: [jg@shili.example]
    left: 2026-08-01
needs:
  - kind: purchase
    description: 温湿度联网监测, 首期 64 点
    budget: {basis: stated, min: 180000, max: 240000}
    status: open
opportunities:
  - {title: 一期, stage: negotiation, amount: 218600, probability: 70}
preferences:
  channel: wechat
notes: |
  报价习惯先问三家。
  对交期比对价格敏感。
custom: {审厂客户: 某德系汽车 Tier 1}
interactions:
  - date: 2026-10-12
    by: hanmei
    channel: phone
    contact: 张三
    summary: 客户确认需求细节
    details: |
      首期 64 点。
      审厂整改期限 12 月。
    next: {action: 发送方案初稿, due: 2026-10-20, done: 2026-10-15}
  - date: 2026-11-10
    by: lilei
    channel: visit
    summary: 试跑数据评审
    outcome: positive
    next: {action: 出正式报价, due: 2026-11-16}
  - date: 2026-11-18
    by: lilei
    channel: wechat
    direction: in
    summary: 希望总价降 5%
    next: {action: 批首年校准赠送, due: 2026-11-23, by: hanmei}
""",
    status="prospect",
    short_name="示例电子",
    priority="key",
    tags="[SMT, 三家比价]",
)
SNAPSHOT = stores.snapshot(
    RECORD,
    stores.record("002", "华东精密"),
    **{"records/wrong.yaml": stores.record("003", "没写完的客户", status="nonsense"), "records/C9.yaml": "name: [\n"},
)


def held(name: str, text: str, golden_update: bool) -> None:
    file = GOLDEN / name
    if golden_update:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_is_as_the_golden_file_has_it(language: str, golden_update: bool) -> None:
    with speaking(language):
        held(f"card.{language}.txt", show(SNAPSHOT, "示例电子").text, golden_update)


def test_the_document_is_the_record_with_its_path_and_figures(golden_update: bool) -> None:
    shown = show(SNAPSHOT, "示例电子")
    text = to_json(document(shown))
    held("card.json", text, golden_update)
    data = json.loads(text)
    assert (list(data), data["schema"], data["path"]) == (
        ["schema", "customer", "path", "computed"],
        1,
        "records/C20240501001.yaml",
    )


def test_the_steps_are_numbered_by_their_day() -> None:
    lines = [line.strip() for line in show(SNAPSHOT, "示例电子").text.splitlines()]
    assert [line for line in lines if re.match(r"!? ?[1-3]\.", line)] == [
        "! 1. 2026-11-16 (4 days late)  出正式报价 · 李雷",
        "2. 2026-11-23 (in 3 days)  批首年校准赠送 · 韩梅",
    ]


FULL = stores.record(
    "005",
    "苏州完整资料有限公司",
    """preferences:
  interests: [羽毛球]
  do_not_contact: [sms, visit]
  contact_time: 上午 10 点以后
  channel: wechat
classification: {value: high}
industry: C39
needs:
  - {description: 甲, budget: {basis: estimated, max: 50000}}
  - {description: 乙, budget: {basis: to-confirm, text: 面议}}
  - {description: 丙, status: met}
opportunities:
  - {title: 一期, stage: won, amount: 386000, closed: 2026-06-10, products: [振动传感器 VB-10]}
  - {title: 二期, stage: proposal, amount: 468000, probability: 55, expected_close: 2026-11-13, owner: hanmei,
     products: [振动传感器 VB-10, 边缘网关 EG-30, 监测平台年费], next_step: 方案书 + 分期付款}
cooperation:
  since: 2026-06-11
  contracts: [{number: HT-1, title: 年度框架协议, to: 2027-06-10}, {number: HT-2, title: 续签, amount: 350000}]
transactions:
  - {date: 2026-06-15, amount: 46500.5, order_no: SO-1, payment_due: 2026-11-27,
     items: [{product: 振动传感器 VB-10, quantity: 4, price: 3800}, {product: 年度校准, quantity: 1}]}
  - {date: 2026-08-15, amount: 38000, paid: 2026-08-30}
addresses: [{kind: registered, province: 江苏省, city: 苏州市, district: 虎丘区, region_code: "320505"}]
interactions:
"""
    + "".join(f"  - {{date: 2026-11-0{day}, by: lilei, channel: phone, summary: 第{day}次}}\n" for day in range(1, 6)),
    priority="low",
    status="active",
)


def test_what_a_follow_up_rule_says_stands_below_what_is_due() -> None:
    rules = '[[followup.rules]]\nname = "月度拜访"\nevery_days = 10\nchannel = "phone"\nsay = """带报告\n问进度"""\n'
    snapshot = replace(stores.snapshot(FULL), settings=read(rules.encode()))
    assert (
        "! 2026-11-15 (5 days late)  follow-up · 月度拜访 · lilei\n    带报告\n    问进度\n"
        in show(snapshot, "完整资料").text
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("everything", [False, True], ids=["short", "all"])
def test_a_full_card_begins_with_what_is_needed_first(language: str, everything: bool, golden_update: bool) -> None:
    with speaking(language):
        text = show(stores.snapshot(FULL), "完整资料", everything=everything).text
        held(f"card-{'all' if everything else 'full'}.{language}.txt", text, golden_update)


@at_a_terminal
def test_a_card_longer_than_the_screen_goes_through_the_pager_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.made(tmp_path, FULL)
    monkeypatch.setenv("PAGER", "sed s/^/paged:/")
    monkeypatch.setenv("TERM", "xterm")
    for lines, paged in (("10", True), ("100", False)):
        monkeypatch.setenv("LINES", lines)
        monkeypatch.setenv("COLUMNS", "80")
        terminal = Terminal(tmp_path, ("show", "005", "--lang", "en")).start()
        output = terminal.until("第3次")
        assert terminal.end() == 0
        assert ("paged:苏州完整资料有限公司" in output) is paged


@at_a_terminal
def test_the_pager_that_a_repository_names_is_never_run(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stores.made(repo.path, FULL)
    repo.git("config", "core.pager", f"touch {tmp_path}/ran; cat")
    for name, value in {"PAGER": "cat", "TERM": "xterm", "LINES": "10", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal(repo.path, ("show", "005")).start()
    terminal.until("第3次")
    assert (terminal.end(), (tmp_path / "ran").exists()) == (0, False)


def test_as_yaml_it_is_the_file_byte_for_byte() -> None:
    assert show(SNAPSHOT, "示例电子", raw=True) == Text(RECORD)


@pytest.mark.parametrize("typed", ["C20240501003", "没写完", "c20240501003"])
def test_a_record_with_errors_is_named_instead_of_denied(typed: str) -> None:
    with pytest.raises(CrmError) as caught:
        show(SNAPSHOT, typed)
    problem = caught.value.problem
    assert (problem.message, problem.hint, caught.value.exit_code) == (
        "records/wrong.yaml has errors and cannot be shown as a card",
        "to see the errors: crmtext check records/wrong.yaml; to see the text: --format yaml",
        Exit.FOUND,
    )
    assert show(SNAPSHOT, typed, raw=True).text.startswith("id: C20240501003\n")


def test_a_record_that_does_not_parse_is_shown_as_it_is() -> None:
    assert show(SNAPSHOT, "C9", raw=True) == Text("name: [\n")


CONFLICT = stores.record("004", "无锡在途公司", "<<<<<<< ours\nnotes: 甲\n=======\nnotes: 乙\n>>>>>>> theirs\n")


@pytest.mark.parametrize("typed", ["C20240501004", "在途"])
def test_a_record_in_conflict_is_said_to_be_with_the_command_that_decides(typed: str) -> None:
    snapshot = stores.snapshot(RECORD, CONFLICT)
    with pytest.raises(CrmError) as caught:
        show(snapshot, typed)
    problem = caught.value.problem
    assert (problem.rule, problem.message, problem.hint, caught.value.exit_code) == (
        "conflict-marker",
        "无锡在途公司 is in conflict: two of you changed it",
        "see both sides and choose: crmtext resolve C20240501004",
        Exit.FOUND,
    )
    assert show(snapshot, typed, raw=True) == Text(CONFLICT)


@pytest.mark.parametrize("line", ["name: 坏记录公司", 'short_name: "坏记录"', "name: 坏记录\r"])
def test_a_record_that_does_not_parse_is_found_by_the_line_that_names_it(line: str) -> None:
    snapshot = stores.snapshot(RECORD, **{"records/C20240501009.yaml": f"id: C20240501009\n{line}\nnotes: [\n"})
    with pytest.raises(CrmError, match="has errors and cannot be shown"):
        show(snapshot, "坏记录")


def test_who_is_not_there_is_not_there() -> None:
    with pytest.raises(CrmError) as caught:
        show(SNAPSHOT, "没有这家")
    assert caught.value.problem.rule == "no-customer"


REFERS = "relations:\n  - {id: C20240501002, kind: partner}\n"


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"records/C20240501002.yaml": stores.record("002", "苏州另一家")}, "苏州另一家 (C20240501002)"),
        ({"records/C20240501002-suzhou.yaml": stores.record("002", "苏州另一家")}, "苏州另一家 (C20240501002)"),
        ({"records/elsewhere.yaml": stores.record("002", "苏州另一家")}, "苏州另一家 (C20240501002)"),
        ({"records/C20240501002.yaml": "id: C20240501002\nname: 缺字段\n"}, "C20240501002"),
        ({"records/C20240501002.yaml": stores.record("003", "叫别的号")}, "C20240501002"),
        ({}, "C20240501002"),
    ],
)
def test_by_id_only_the_record_and_those_it_refers_to_are_read(
    tmp_path: Path, other: dict[str, str], line: str
) -> None:
    root = stores.made(tmp_path, stores.record("001", more=REFERS))
    for path, text in other.items():
        (root / path).write_text(text, "utf-8")
    store = Store(root)
    card = show(find_record.around(store, "C20240501001"), "C20240501001")
    assert card == show(store.worktree(), "C20240501001")
    assert line in card.text


def test_by_id_other_records_are_not_even_opened(tmp_path: Path) -> None:
    root = stores.made(tmp_path, stores.record("001", more=REFERS), stores.record("002"), stores.record("003"))
    paths = [customer.path for customer in find_record.around(Store(root), "C20240501001").customers]
    assert paths == [stores.path("001"), stores.path("002")]


@pytest.mark.parametrize(("channel", "direction"), [("phone", "呼入"), ("wechat", "客户主动")])
def test_a_call_has_its_own_words_for_who_called(channel: str, direction: str) -> None:
    log = f"interactions: [{{date: 2026-11-10, by: lilei, channel: {channel}, direction: in, summary: 询价}}]\n"
    with speaking("zh"):
        assert f" · {direction} · " in show(stores.snapshot(stores.record("002", "华东精密", log)), "华东精密").text
