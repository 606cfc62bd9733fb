"""What `crmtext due` prints in each format and language, for whom, and what it says beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import due_calendar
import icalendar
import pytest
import stores

from crmtext.index import lookup

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

EVERYBODY = """\
Overdue (5)
  11-18  2 days late  李雷             华东精密  step 1     出报告 · not by: Phone, Text message
  11-19  1 day late   韩梅             北方仪表  case       换探头
  11-19  1 day late   刘洋 (has left)  没人管    step 1     再问
  11-19  1 day late   刘洋 (has left)  没人管    deal       停滞
  11-19  1 day late   李雷             常客      follow-up  常规

Today (9)
  09:30  李雷  华东精密  step 2              寄样 · not by: Phone, Text message
  14:00  韩梅  华东精密  step 3              回电 · Phone (do not use) · not by: Phone, Text message
         韩梅  北方仪表  payment             12000 CNY
         韩梅  没人管    step 2              协助
         韩梅  问交期的  unanswered          问交期 · WeChat
         李雷  华东精密  birthday            张三 · not by: Phone, Text message, WeChat
         李雷  大客户    follow-up           月度拜访 · Visit (do not use) · not by: Visit
    带上测试报告
         韩梅  北方仪表  satisfaction visit
         韩梅  王小明    retention ends      来访登记满两年

Next 7 days (5)
  11-27  in 7 days  韩梅  华东精密  deal           一期 · not by: Phone, Text message
  11-21  in 1 day   李雷  北方仪表  case           怎么校准
  11-21  in 1 day   李雷  公海客户  step 1         发报价
  11-27  in 7 days  韩梅  北方仪表  payment        500.5 EUR
  11-21  in 1 day   韩梅  北方仪表  contract ends  年度框架 · ends on 2027-01-20

Undated (4)
  李雷  华东精密  step 4             约下次见面 · not by: Phone, Text message, WeChat
  韩梅  常客      step 1             补资料
  李雷  华东精密  budget to confirm  64 点温湿度 · not by: Phone, Text message
  韩梅  北方仪表  no next step
"""
LILEI = """\
逾期（2）
  11-18  逾期 2 天  华东精密  下一步 1  出报告 · 勿用：电话、短信
  11-19  逾期 1 天  常客      定期跟进  常规

今天（3）
  09:30  华东精密  下一步 2  寄样 · 勿用：电话、短信
         华东精密  生日      张三 · 勿用：电话、短信、微信
         大客户    定期跟进  月度拜访 · 拜访（勿用） · 勿用：拜访
    带上测试报告

未来 7 天（2）
  11-21  1 天后  北方仪表  工单      怎么校准
  11-21  1 天后  公海客户  下一步 1  发报价

无日期（2）
  华东精密  下一步 4    约下次见面 · 勿用：电话、短信、微信
  华东精密  预算待确认  64 点温湿度 · 勿用：电话、短信
"""
BOXES = """\
## 李雷（2）

**逾期（2）**
- [ ] 11-18 逾期 2 天 · 华东精密 · 下一步 1 · 出报告 · 勿用：电话、短信
- [ ] 11-19 逾期 1 天 · 常客 · 定期跟进 · 常规

## 韩梅（1）

**逾期（1）**
- [ ] 11-19 逾期 1 天 · 北方仪表 · 工单 · 换探头

## 刘洋（已离职）（2）

**逾期（2）**
- [ ] 11-19 逾期 1 天 · 没人管 · 下一步 1 · 再问
- [ ] 11-19 逾期 1 天 · 没人管 · 商机 · 停滞

还有 18 项：crmtext due
"""
VISIT = """\
## 李雷（1）

**今天（1）**
- [ ] 大客户 · 定期跟进 · 月度拜访 · 拜访（勿用） · 勿用：拜访
  带上测试报告
"""
ROWS = """\
id,name,owner,kind,due,state,action,number,time,channel,say,avoid
C20240501002,北方仪表,hanmei,case,2026-11-19,overdue,换探头,,,,,
C20240501001,华东精密,hanmei,next-step,2026-11-20,today,回电,3,14:00,phone,,phone sms
"""


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, due_calendar.store(tmp_path))


def test_the_work_of_everybody_by_state(program: stores.Program) -> None:
    assert program("due") == stores.Said(0, EVERYBODY, "")


@pytest.mark.parametrize("name", ["today", "agenda", "todo"])
def test_other_names_of_the_command_in_chinese(program: stores.Program, name: str) -> None:
    assert program("--lang", "zh", name, "--owner", "李雷") == stores.Said(0, LILEI, "")


def test_boxes_by_colleague_up_to_a_limit(program: stores.Program) -> None:
    assert program("--lang", "zh", "due", "--format", "markdown", "--limit", "5") == stores.Said(0, BOXES, "")
    given = ("--format", "markdown", "--where", "priority == 'key'", "--kind", "定期跟进")
    assert program("--lang", "zh", "due", *given) == stores.Said(0, VISIT, "")


def test_a_row_for_a_spreadsheet_for_each_item(program: stores.Program) -> None:
    result = program("due", "--owner", "hanmei", "--limit", "2", "--format", "csv")
    assert result.out.removeprefix("\ufeff").replace("\r\n", "\n") == ROWS
    assert result.err == "10 more: crmtext due --owner hanmei\n"


def test_the_id_of_each_customer_once(program: stores.Program) -> None:
    ids = program("due", "--format", "ids").out.split()
    assert [id_[-3:] for id_ in ids] == ["001", "002", "007", "013", "014", "011", "003", "006"]


def test_one_item_as_json(program: stores.Program) -> None:
    data = program("due", "--owner", "hanmei", "--kind", "下一步", "--format", "json", "--limit", "1").data
    step = {
        "id": "C20240501001",
        "name": "华东精密",
        "owner": "hanmei",
        "kind": "next-step",
        "due": "2026-11-20",
        "state": "today",
        "action": "回电",
        "number": 3,
        "time": "14:00",
        "channel": "phone",
        "avoid": ["phone", "sms"],
    }
    about = {"schema": 1, "today": "2026-11-20", "owner": "hanmei", "days": 7}
    assert data == {**about, "items": [step], "left_out": 0, "sealed": 0}
    (visit,) = program("due", "--kind", "satisfaction", "--format", "json").data["items"]
    assert (visit["action"], "number" in visit, visit["avoid"]) == (None, False, [])


def test_a_step_is_done_by_the_name_and_number_of_its_line(program: stores.Program) -> None:
    given = ("--lang", "zh", "due", "--owner", "韩梅", "--kind", "下一步")
    line = next(line for line in program(*given).out.splitlines() if "华东精密" in line)
    _time, name, _step, number, *_words = line.split()
    assert program("done", name, number).err.startswith("Marked as done on 2026-11-20 for 华东精密: 回电\n")
    assert "华东精密" not in program(*given).out


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Shanghai", datetime(2026, 11, 20, 6, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 20, 19, tzinfo=UTC)),
    ],
)
def test_a_calendar_reads_back(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], zone: str, start: datetime
) -> None:
    from crmtext.__main__ import main

    folder = due_calendar.store(tmp_path, timezone=zone)
    written = []
    for _time in range(2):
        assert main(["-C", str(folder), "due", "--owner", "hanmei", "--format", "ics"]) == 0
        written.append(capsysbinary.readouterr().out)
    events = icalendar.Calendar.from_ical(written[0]).walk("VEVENT")
    shown = [
        (str(one["SUMMARY"]), one.decoded("DTSTART"), one.decoded("DURATION", None), str(one.get("TRANSP", "")))
        for one in events
    ]
    assert shown[:3] == [
        ("北方仪表: Case · 换探头", date(2026, 11, 19), None, "TRANSPARENT"),
        ("华东精密: 回电", start, timedelta(hours=1), ""),
        ("北方仪表: Payment · 12000 CNY", date(2026, 11, 20), None, "TRANSPARENT"),
    ]
    assert (str(events[1]["DESCRIPTION"]), str(events[1]["CATEGORIES"].to_ical(), "utf-8")) == (
        "华东精密 C20240501001\nPhone (do not use) · not by: Phone, Text message",
        "Next step",
    )
    # Ten have a day, and each its own identity.
    assert (len(shown), len({str(one["UID"]) for one in events}), written[0]) == (10, 10, written[1])
    assert max(map(len, written[0].split(b"\r\n"))) <= 75


def test_the_day_is_that_of_the_time_zone(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T23:30:00+00:00")
    program = stores.Program(capsys, repo.path)
    states = {}
    for zone in ("Asia/Shanghai", "America/New_York"):
        repo.commit(dict(due_calendar.files(timezone=zone)))
        data = program("due", "--at", "HEAD", "--kind", "payment", "--format", "json").data
        states[zone] = (data["owner"], data["today"], data["items"][0]["state"] if data["items"] else "")
    # Whose commit it is has no work of this kind.
    assert states == {"Asia/Shanghai": ("lilei", "2026-11-21", ""), "America/New_York": ("lilei", "2026-11-20", "")}
    everybody = program("due", "--owner", "all", "--at", "HEAD", "--kind", "payment", "--format", "json").data
    assert [(item["due"], item["state"]) for item in everybody["items"]] == [
        ("2026-11-20", "today"),
        ("2026-11-27", "coming"),
    ]


def test_a_long_list_is_counted_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_ = "opportunities: [{title: 一期, stage: discovery}]\n"
    need = "needs: [{description: 探头, budget: {basis: to-confirm}}]\n"
    texts = [stores.record(f"{number:03}", f"客户 {number}", open_ + need, status="prospect") for number in range(25)]
    program = stores.Program(capsys, stores.made(tmp_path, *texts))
    lines = program("due", "--owner", "lilei", "--days", "9").out.splitlines()
    assert (lines[0], len(lines), lines[-2:]) == (
        "Undated (50)",
        23,
        [
            "  15 more: crmtext due --owner lilei --days 9 --kind no-next-step",
            "  15 more: crmtext due --owner lilei --days 9 --kind budget",
        ],
    )
    # A kind that is asked for is complete.
    assert len(program("due", "--kind", "budget").out.splitlines()) == 26
    assert len(program("due", "--limit", "45").out.splitlines()) == 46


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--owner", "sea"), 0, "公海 is a pool, which has no list\n"),
        (("--owner", "刘洋"), 0, "刘洋 has left; open work is under: crmtext due --owner all\n"),
        (("--where", "name == 'x'", "--days", "0"), 0, "nothing is due until 2026-11-20\n"),
        (
            ("--kind", "contracts"),
            2,
            "error: unknown kind 'contracts' [unknown-kind]\n  = did you mean 'contract'?\n",
        ),
    ],
)
def test_an_empty_list_says_why(program: stores.Program, arguments: tuple[str, ...], code: int, message: str) -> None:
    assert program("due", *arguments) == stores.Said(code, "", message)


def test_an_expression_and_a_bad_record(program: stores.Program) -> None:
    (program.folder / "records/C20240501002.yaml").write_bytes(b"id: C20240501002\n")
    result = program("due", "--where", "type == 'person'")
    assert result.out == "Today (1)\n  韩梅  王小明  retention ends  来访登记满两年\n"
    assert result.err == "1 record with errors not listed; see: crmtext check\n"


def test_own_work_and_commits_to_push(repo: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    program = stores.Program(capsys, repo.path)
    repo.commit(dict(due_calendar.files()))
    assert program("--lang", "zh", "due") == stores.Said(0, LILEI, "")
    stores.git(tmp_path, "init", "-q", "--bare", "-b", "main", "middle.git")
    repo.git("remote", "add", "origin", str(tmp_path / "middle.git"))
    repo.git("push", "-q", "-u", "origin", "main")
    repo.commit({"notes.txt": "x"})
    assert program("due", "--format", "ids").err == "1 commit not pushed: crmtext sync\n"
    assert program("due", "--format", "ids", "--at", "HEAD").err == ""


@pytest.mark.parametrize(
    ("owner", "day"),
    [("lilei", "2026-11-20"), ("hanmei", "2027-02-25"), ("liuyang", "2026-11-20"), ("all", "2026-11-20")],
)
def test_the_index_gives_the_same_list(
    repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, owner: str, day: str
) -> None:
    program = stores.Program(capsys, repo.path)
    repo.commit(dict(due_calendar.files()))
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    question = ("due", "--owner", owner, "--format", "json", "--as-of", day)
    quick = [program(*question), program(*question)]
    monkeypatch.setenv("CRMTEXT_QUICK", "off")
    assert quick == [program(*question)] * 2


@pytest.mark.parametrize("count", [30, pytest.param(400, marks=pytest.mark.long)])
def test_the_first_morning_after_an_import_reads_well(
    repo: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path, count: int
) -> None:
    program = stores.Program(capsys, repo.path)
    step = "{date: 2026-11-18, by: lilei, channel: phone, summary: 询价, next: {action: 报价, due: 2026-11-20}}"
    promise = f"interactions: [{step}]\n"
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001", "老客户", promise)})
    head = "客户名称,客户类型,合作状态,负责人,联系人\r\n"
    rows = "".join(f"第{number}精密机械有限公司,企业,潜在客户,李雷,张{number}\r\n" for number in range(count))
    (tmp_path / "客户.csv").write_bytes(("\ufeff" + head + rows).encode())
    assert program("import", str(tmp_path / "客户.csv"), "--not-same", "all").code == 0
    assert program("due") == stores.Said(0, "Today (1)\n  老客户  step 1  报价\n", "")
    # Thirty days later all of them are to be contacted; what was promised stays on top.
    lines = program("due", "--as-of", "2026-12-20").out.splitlines()
    assert (lines[:3], lines[4].split()[-1], lines[-1], len(lines)) == (
        ["Overdue (1)", "  11-20  30 days late  老客户  step 1  报价", ""],
        "follow-up",
        f"  {count - 20} more: crmtext due --as-of 2026-12-20 --kind rule",
        25,
    )
