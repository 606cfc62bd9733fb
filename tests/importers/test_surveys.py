"""Answers of surveys, opinions and complaints, one row each: to feedback and cases of the customers of the store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from import_runs import customers, git, imported, run

if TYPE_CHECKING:
    from pathlib import Path

BASE = """客户编号,客户名称,客户类型,合作状态,负责人,联系人,手机,邮箱
N1,苏州明远机械有限公司,企业,潜在客户,李雷,张三,13800000101,zhangsan@mingyuan.example
N2,上海云帆信息有限公司,企业,潜在客户,韩梅,李四,13800000102,lisi@yunfan.example
N3,王五,个人,潜在客户,韩梅,,13800000103,wangwu@home.example
"""


@pytest.fixture
def store(new: Path) -> Path:
    """A store with three customers."""
    (new.parent / "base.csv").write_text(BASE, "utf-8")
    assert imported(str(new.parent / "base.csv"))[0] == 0
    return new


def bring(store: Path, text: str, *words: str) -> tuple[int, dict[str, Any]]:
    path = store.parent / "answers.csv"
    path.write_text(text, "utf-8")
    return imported(str(path), *words)


def answers() -> dict[str, list[Any]]:
    """The feedback of each customer, as score and text."""
    return {
        one["name"]: [(item.get("score"), item.get("text", "")) for item in one["feedback"]]
        for one in customers()
        if "feedback" in one
    }


def nothing(store: Path, text: str, *words: str) -> None:
    """The same file again adds nothing."""
    before = git(store, "rev-parse", "HEAD"), git(store, "status", "--porcelain")
    code, plan = bring(store, text, *words)
    assert (code, plan["commit"], plan["counts"]["customers"]["changed"]) == (0, None, 0)
    assert (git(store, "rev-parse", "HEAD"), git(store, "status", "--porcelain")) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "客户名称,评分,意见,日期\n苏州明远机械有限公司,5,发货快,2026-05-06\n上海云帆信息有限公司,3,,2026-05-06\n",
            {"上海云帆信息有限公司": [(3, "")], "苏州明远机械有限公司": [(5, "发货快")]},
            id="by name",
        ),
        pytest.param(
            "序号,提交答卷时间,客户姓名,手机号码,满意度,建议\n1,2026/5/6 10:11:12,张三,138-0000-0101,非常满意,再快些\n"
            "2,2026/5/6 10:12:12,王五,13800000103,不太满意,\n3,2026/5/7 9:00:00,李四,13800000102,一般,贵\n",
            {"上海云帆信息有限公司": [(3, "贵")], "王五": [(2, "")], "苏州明远机械有限公司": [(5, "再快些")]},
            id="by the phone of a contact",
        ),
        pytest.param(
            'Respondent ID,Collector ID,Date Created,IP Address,Email Address,First Name,Last Name,"Overall, how '
            'satisfied are you with our company?",Any other comments?\n118,22,05/16/2026 10:00:00 AM,10.0.0.1,'
            "zhangsan@mingyuan.example,San,Zhang,Very satisfied,Nice\n119,22,05/16/2026 10:09:00 AM,10.0.0.2,"
            "lisi@yunfan.example,Si,Li,Neither satisfied nor dissatisfied,\n",
            {"上海云帆信息有限公司": [(3, "")], "苏州明远机械有限公司": [(5, "Nice")]},
            id="a survey tool",
        ),
        pytest.param(
            'Timestamp,Customer number,"On a scale of 0 to 10, how likely are you to recommend our business to a '
            'friend or colleague?",Why did you give us that score?\n2026-05-16 10:00:00,N1,10,Good\n'
            "2026-05-17 10:00:00,N2,7,\n2026-05-17 11:00:00,N3,0,Slow\n",
            {"上海云帆信息有限公司": [(4, "")], "王五": [(1, "Slow")], "苏州明远机械有限公司": [(5, "Good")]},
            id="recommendation by number",
        ),
        pytest.param(
            "客户编号,满意度评分（百分制）,客户意见,回访日期,回访人\nN1,90,不错,2026-05-06,李雷\nN2,35,,2026-05-06,韩梅\n",
            {"上海云帆信息有限公司": [(2, "")], "苏州明远机械有限公司": [(5, "不错")]},
            id="of a hundred",
        ),
        pytest.param(
            "Company,Rating,Feedback,Submitted at\n苏州明远机械有限公司,★★★★☆,ok,2026-05-06\n"
            "上海云帆信息有限公司,8/10,,2026-05-06\n",
            {"上海云帆信息有限公司": [(4, "")], "苏州明远机械有限公司": [(4, "ok")]},
            id="stars and parts",
        ),
        pytest.param(
            "Account Name,Satisfaction,Comment,Date\n苏州明远机械有限公司,Very satisfied,,2026-05-06\n"
            "上海云帆信息有限公司,Not at all satisfied,,2026-05-06\n",
            {"上海云帆信息有限公司": [(1, "")], "苏州明远机械有限公司": [(4, "")]},
            id="the words of a column decide about its scale",
        ),
    ],
)  # fmt: skip
def test_answers_become_feedback_of_kind_survey(store: Path, text: str, expected: dict[str, list[Any]]) -> None:
    code, plan = bring(store, text)
    assert (code, plan["rejected"], plan["cells"]) == (0, [], [])
    assert answers() == expected
    assert {item["kind"] for one in customers() for item in one.get("feedback", ())} == {"survey"}
    assert run("check")[0] == 0
    nothing(store, text)


def test_an_unknown_customer_is_named_with_its_fix(store: Path) -> None:
    text = (
        "客户名称,手机,评分,意见,日期\n苏州明远机械有限公司,,5,,2026-05-06\n不认识的公司,13800000101,1,差,2026-05-06\n"
        "上海云帆,13800000102,4,,2026-05-06\n"
    )
    code, plan = bring(store, text)
    assert (code, plan["commit"]) == (1, None)
    # The phone is that of another company's contact: nobody guesses.
    [row] = plan["rejected"]
    assert (row["row"], row["why"]) == (3, "no customer of the files or the store is '不认识的公司'")
    assert row["fix"].endswith("--same 3=ID")
    code, plan = bring(store, text, "--partial")
    assert (code, answers()) == (0, {"上海云帆信息有限公司": [(4, "")], "苏州明远机械有限公司": [(5, "")]})
    [id_] = [one.stem.partition("-")[0] for one in (store / "records").iterdir() if "王五" in one.read_text("utf-8")]
    code, plan = bring(store, text, "--same", f"3={id_}")
    assert (code, answers()["王五"]) == (0, [(1, "差")])
    nothing(store, text, "--same", f"3={id_}")


def test_two_people_of_one_name_answer_for_their_own_companies(store: Path) -> None:
    more = BASE.splitlines()[0] + "\nN4,杭州青禾食品有限公司,企业,潜在客户,李雷,张三,13800000109,zs@qinghe.example\n"
    (store.parent / "base.csv").write_text(BASE + more.splitlines()[1] + "\n", "utf-8")
    assert imported(str(store.parent / "base.csv"))[0] == 0
    text = "姓名,手机,满意度,填写时间\n张三,13800000101,满意,2026-05-06\n张三,13800000109,不满意,2026-05-06\n"
    assert bring(store, text)[0] == 0
    assert answers() == {"杭州青禾食品有限公司": [(2, "")], "苏州明远机械有限公司": [(4, "")]}


def test_a_scale_that_nothing_names_is_asked_for(store: Path) -> None:
    text = "客户名称,评分,意见,日期\n苏州明远机械有限公司,9,,2026-05-06\n上海云帆信息有限公司,4,,2026-05-06\n"
    code, plan = bring(store, text)
    [question] = plan["questions"]
    assert (code, question["options"]) == (
        1,
        [*(f"--value '评分:{scale}=1-5'" for scale in ("1-5", "0-10", "1-10", "0-100")), "--drop 评分"],
    )
    code, plan = bring(store, text, "--value", "评分:0-10=1-5", "--save", "survey")
    assert (code, answers()) == (0, {"上海云帆信息有限公司": [(3, "")], "苏州明远机械有限公司": [(5, "")]})
    assert '"0-10" = "1-5"' in (store / "import" / "survey.toml").read_text("utf-8")
    # The saved mapping remembers the scale.
    nothing(store, text)
    assert bring(store, text.replace(",9,", ",5,"), "--dry-run")[1]["counts"]["customers"]["changed"] == 1


def test_words_of_another_scale_are_asked_for_and_typed_back(store: Path) -> None:
    text = "客户名称,评分,意见,日期\n苏州明远机械有限公司,点赞,,2026-05-06\n"
    code, plan = bring(store, text, "--dry-run")
    [cell] = plan["rejected"]
    assert (code, cell["why"], "--value '评分:点赞=5'" in cell["fix"]) == (1, "not a score", True)
    assert bring(store, text, "--value", "评分:点赞=4")[0] == 0
    assert answers() == {"苏州明远机械有限公司": [(4, "")]}
    code, output = run("import", str(store.parent / "answers.csv"), "--value", "评分:点赞=9")
    assert (code, "'9' is no score" in output) == (2, True)


def test_several_answers_of_a_day_are_each_there_once(store: Path) -> None:
    text = (
        "客户名称,评分,意见,日期\n苏州明远机械有限公司,5,,2026-05-06\n苏州明远机械有限公司,2,,2026-05-06\n"
        "苏州明远机械有限公司,4,快,2026-05-06\n"
    )
    assert bring(store, text)[0] == 0
    assert answers() == {"苏州明远机械有限公司": [(5, ""), (2, ""), (4, "快")]}
    nothing(store, text)
    nothing(store, "\n".join([*text.splitlines()[:1], *text.splitlines()[:0:-1]]) + "\n")


def test_answers_without_a_day_take_the_one_that_is_typed(store: Path) -> None:
    text = "客户名称,评分,意见\n苏州明远机械有限公司,5,快\n"
    code, plan = bring(store, text)
    [question] = plan["questions"]
    assert (code, question["options"]) == (1, ["--default feedback.date=DATE", "--map COLUMN=feedback.date"])
    assert bring(store, text, "--default", "feedback.date=2026-05-06")[0] == 0
    assert answers() == {"苏州明远机械有限公司": [(5, "快")]}


def test_opinions_and_complaints_go_where_they_belong(store: Path) -> None:
    text = "客户名称,反馈类型,反馈内容,反馈日期,记录人\n苏州明远机械有限公司,建议,加个颜色,2026-05-06,李雷\n"
    assert bring(store, text)[0] == 0
    nothing(store, text)
    text = "客户名称,投诉内容,投诉日期\n上海云帆信息有限公司,太慢,2026-05-07\n"
    assert bring(store, text)[0] == 0
    nothing(store, text)
    text = "客户名称,投诉内容,投诉时间,处理结果,处理状态,关闭日期\n王五,包装破损,2026-05-06,已换货,已关闭,2026-05-08\n"
    assert bring(store, text)[0] == 0
    nothing(store, text)
    by_name = {one["name"]: one.get("feedback", one.get("cases")) for one in customers()}
    assert by_name == {
        "苏州明远机械有限公司": [{"date": "2026-05-06", "kind": "suggestion", "text": "加个颜色", "by": "lilei"}],
        "上海云帆信息有限公司": [{"date": "2026-05-07", "kind": "complaint", "text": "太慢"}],
        "王五": [
            {
                "opened": "2026-05-06", "kind": "complaint", "summary": "包装破损", "status": "closed",
                "closed": "2026-05-08", "resolution": "已换货",
            }
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "客户名称,客户类型,评分,备注,建档日期", "公司名称,地址,电话,评分,评价", "客户名称,行业,规模,满意度,意见,官网",
        "Company,Website,Industry,Rating,Comments",
    ],
)  # fmt: skip
def test_a_list_of_customers_with_a_score_is_no_survey(store: Path, header: str) -> None:
    row = ",".join(["杭州青禾食品有限公司", *["1"] * header.count(",")])
    _code, plan = bring(store, f"{header}\n{row}\n", "--dry-run")
    assert [file["object"] for file in plan["files"]] == ["customers"]


NAMED = """客户编号,客户名称,简称,别名,客户类型,合作状态,负责人
P1,宁波港湾冷链物流有限公司,港湾冷链,湾冷,企业,潜在客户,李雷
P2,鹭岛光电有限公司,鹭岛,,企业,潜在客户,李雷
"""


@pytest.fixture
def named(new: Path) -> Path:
    """A store with two customers that have short names, one also an alias."""
    (new.parent / "base.csv").write_text(NAMED, "utf-8")
    assert imported(str(new.parent / "base.csv"))[0] == 0
    return new


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("日期,评分,意见", "2026-05-06,5,好"),
        ("姓名,手机", "王五,13800138000"),
        ("商机名称,金额,阶段", "冷库,10000,需求确认"),
        ("跟进日期,跟进内容", "2026-05-06,谈了合同"),
    ],
    ids=["answer", "contact", "deal", "interaction"],
)
@pytest.mark.parametrize("name", ["港湾冷链", "湾冷"])
def test_a_row_names_its_customer_by_short_name_or_alias(named: Path, name: str, head: str, rest: str) -> None:
    text = f"客户名称,{head}\n{name},{rest}\n"
    code, plan = bring(named, text)
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 1, "same": 0, "gone": 0}), plan
    assert [one["name"] for one in customers()] == ["宁波港湾冷链物流有限公司", "鹭岛光电有限公司"]
    nothing(named, text)


def test_a_short_name_of_two_customers_is_nobodys(named: Path) -> None:
    run("set", "鹭岛光电有限公司", "short_name=港湾冷链")
    code, plan = bring(named, "客户名称,日期,评分\n港湾冷链,2026-05-06,5\n")
    assert (code, [one["row"] for one in plan["rejected"]]) == (1, [2])


def test_an_answer_without_score_and_text_writes_nothing(named: Path) -> None:
    text = "客户名称,日期,评分（1-5）,意见\n港湾冷链,2026-05-06,9,\n鹭岛,2026-05-06,,\n鹭岛,2026-05-07,9,贵\n"
    code, plan = bring(named, text, "--partial")
    assert (code, answers()) == (0, {"鹭岛光电有限公司": [(None, "贵")]})
    assert [(one["row"], one["why"]) for one in plan["rejected"]] == [(2, "more than 5")]
    assert [(one["row"], one["why"]) for one in plan["cells"]] == [(4, "more than 5")]
    assert plan["counts"]["left_out"] == {"no-answer": 1}


def test_the_question_for_the_scale_names_numbers_and_what_becomes_of_them(named: Path) -> None:
    text = "客户名称,日期,评分\n港湾冷链,2026-05-06,5\n鹭岛,2026-05-06,4\n鹭岛,2026-05-07,9\n"
    code, plan = bring(named, text)
    [question] = plan["questions"]
    expected = (
        "'评分' has numbers that aren't from 1 to 5 (9 in row 4): from where to where does it go? What becomes of "
        "them: 1-5: 5 → 5, 9 is rejected; 0-10: 5 → 3, 9 → 5; 1-10: 5 → 3, 9 → 5; 0-100: 5 → 1, 9 → 1"
    )
    assert (code, question["text"]) == (1, expected)
    code, plan = bring(named, text, "--value", "评分:1-5=1-5", "--partial")
    assert (code, [(one["row"], one["value"]) for one in plan["rejected"]]) == (0, [(4, "9")])
    assert answers() == {"宁波港湾冷链物流有限公司": [(5, "")], "鹭岛光电有限公司": [(4, "")]}


def test_the_file_of_rejected_rows_names_no_row_of_another_file(named: Path) -> None:
    text = "客户名称,日期,评分\n港湾冷链,2026-05-06,5\n某某公司,2026-05-06,4\n"
    assert bring(named, text, "--partial")[0] == 0
    rejected = (named / "import-rejected" / "answers.csv").read_text("utf-8-sig").splitlines()
    assert rejected[1] == (
        "某某公司,2026-05-06,4,3,no customer of the files or the store is '某某公司',"
        '"add it to the files, or write here a customer\'s name as the store has it"'
    )


def test_same_warns_if_the_row_names_another_customer(named: Path) -> None:
    [id_] = [one["id"] for one in raw() if one["name"].startswith("宁波")]
    (named.parent / "answers.csv").write_text("客户名称,日期,评分\n鹭岛光电有限公司,2026-05-06,4\n", "utf-8")
    code, output = run("import", str(named.parent / "answers.csv"), "--same", f"2={id_}")
    [other] = [one["id"] for one in raw() if one["name"].startswith("鹭岛")]
    warning = f"row 2 names 鹭岛光电有限公司 ({other}), and goes to 宁波港湾冷链物流有限公司 ({id_}) because of --same"
    assert (code, "".join(warning.split()) in "".join(output.split())) == (0, True)


def raw() -> list[dict[str, Any]]:
    """The customers with their ids."""
    listed: list[dict[str, Any]] = json.JSONDecoder().raw_decode(run("list", "--format", "json")[1])[0]["customers"]
    return listed
