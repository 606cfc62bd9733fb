"""Exports of other systems, from the file to whole customers, through the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import import_runs
import pytest
from import_runs import imported, run

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = ("--default", "status=lead", "--default", "owner=lilei")
CARDS = """BEGIN:VCARD
VERSION:3.0
N:何;静;;;
FN:何静
ORG:湖滨儿童基金会;项目部
TITLE:秘书长
TEL;TYPE=CELL:13800004401
TEL;TYPE=WORK:010-88004401
EMAIL:hejing@hubin.example
X-WECHAT:hejing-hb
GENDER:F
NOTE:常驻北京
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Reed;Tom;;;
FN:Tom Reed
ORG:Alder Tools Ltd
TEL;TYPE=CELL:+44 20 7946 0123
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:;欧阳文;;;
FN:欧阳文
TEL;TYPE=CELL:13900004402
END:VCARD
"""
OUTLOOK = """First Name,Middle Name,Last Name,Company,Job Title,E-mail Address,Business Phone,Mobile Phone,Gender
Ann,,Hall,Birch University,Registrar,ann@birch.example,,+44 20 7946 0199,Unspecified
Bob,,Ford,Cedar Ltd,Buyer,bob@cedar.example,,,Male
"""


def customers(new: Path, name: str, text: str, *words: str) -> list[dict[str, Any]]:
    """Whole customers after an import, without what the program makes itself."""
    path = new.parent / name
    path.write_text(text, "utf-8")
    code, output = run("import", str(path), *words)
    assert code == 0, output
    return import_runs.customers()


def test_cards_become_companies_institutions_and_persons(new: Path) -> None:
    assert customers(new, "people.vcf", CARDS, *PEOPLE) == [
        {
            "name": "Alder Tools Ltd", "type": "company", "status": "lead", "owner": "lilei",
            "contacts": [{"name": "Tom Reed", "phones": ["+44 20 7946 0123"]}],
        },
        {"name": "欧阳文", "type": "person", "status": "lead", "owner": "lilei", "phones": ["13900004402"]},
        {
            "name": "湖滨儿童基金会", "type": "institution", "status": "lead", "owner": "lilei",
            "contacts": [
                {
                    "name": "何静", "gender": "female", "title": "秘书长", "department": "项目部",
                    "phones": ["13800004401", "010-88004401"], "emails": ["hejing@hubin.example"],
                    "wechat": "hejing-hb", "notes": "常驻北京",
                },
            ],
        },
    ]  # fmt: skip


def test_outlook_people_with_an_unspecified_gender(new: Path) -> None:
    assert customers(new, "contacts.csv", OUTLOOK, *PEOPLE) == [
        {
            "name": "Birch University", "type": "institution", "status": "lead", "owner": "lilei",
            "contacts": [
                {
                    "name": "Ann Hall", "title": "Registrar", "phones": ["+44 20 7946 0199"],
                    "emails": ["ann@birch.example"],
                },
            ],
        },
        {
            "name": "Cedar Ltd", "type": "company", "status": "lead", "owner": "lilei",
            "contacts": [{"name": "Bob Ford", "gender": "male", "title": "Buyer", "emails": ["bob@cedar.example"]}],
        },
    ]  # fmt: skip


HUBSPOT = {
    "hubspot-companies.csv": """Record ID,Company name,Create Date,Company Domain Name,Website URL,Lifecycle Stage
71,Elm Motors Ltd,2026-03-04 09:00,elm.example,www.elm.example,Customer
72,Fir Lamps Ltd,2026-03-05 09:00,fir.example,,Other
""",
    "hubspot-contacts.csv": """Record ID,First Name,Email,Phone Number,Mobile Phone Number,Original Source,\
Associated Company IDs
81,Ann Reed,ann@elm.example,+44 20 7946 0801,+44 7700 900801,Paid Search,71
82,Bob Hall,bob@elm.example,,,Offline Sources,71
""",
}


def test_hubspot_websites_phones_and_sources(new: Path) -> None:
    for name, text in HUBSPOT.items():
        (new.parent / name).write_text(text, "utf-8")
    paths = [str(new.parent / name) for name in HUBSPOT]
    code, output = run("import", *paths, "--dry-run")
    assert (code, "--default status=lead" in output, "--default cooperation.since=DATE" in output) == (1, True, True)
    assert "'Create Date' is written to sources[0].date" in output
    options = ("--default", "status=lead", "--default", "cooperation.since=@'Create Date'", "--default", "owner=lilei")
    listed = customers(new, "hubspot-notes.csv", "Record ID,Activity date,Note body\n", *paths, *options)
    assert listed == [
        {
            "name": "Elm Motors Ltd", "type": "company", "status": "active", "owner": "lilei",
            "sources": [{"channel": "advertisement", "date": "2026-03-04"}], "website": "www.elm.example",
            "contacts": [
                {
                    "name": "Ann Reed", "phones": ["+44 7700 900801", "+44 20 7946 0801"],
                    "emails": ["ann@elm.example"], "external_ids": {"hubspot": "81"},
                },
                {"name": "Bob Hall", "emails": ["bob@elm.example"], "external_ids": {"hubspot": "82"}},
            ],
            "cooperation": {"since": "2026-03-04"}, "external_ids": {"hubspot": "71"},
        },
        {
            "name": "Fir Lamps Ltd", "type": "company", "status": "lead", "owner": "lilei",
            "sources": [{"channel": "other", "date": "2026-03-05", "detail": "hubspot"}], "website": "fir.example",
            "external_ids": {"hubspot": "72"},
        },
    ]  # fmt: skip


def test_groups_of_google_itself_are_no_tags(new: Path) -> None:
    text = """First Name,Last Name,Organization Name,Labels,E-mail 1 - Value
Ann,Reed,Gum Tyres Ltd,Trade fair ::: * myContacts ::: * friends,ann@gum.example
"""
    [customer] = customers(new, "contacts.csv", text, *PEOPLE)
    assert customer["tags"] == ["Trade fair", "friends"]


def test_an_address_of_pipedrive_that_ends_in_the_country(new: Path) -> None:
    text = """Organization - Name,Organization - Address,Organization - Owner,Organization - ID
甲木公司,"苏州市, CN",李雷,5
乙木公司,江苏省南京市玄武区珠江路 1 号，中国,李雷,6
"""
    listed = customers(new, "organizations.csv", text, *PEOPLE)
    assert [one["addresses"] for one in listed] == [
        [
            {
                "kind": "office", "country": "CN", "province": "江苏省", "city": "南京市", "district": "玄武区",
                "street": "珠江路 1 号",
            }
        ],
        [{"kind": "office", "country": "CN", "city": "苏州市"}],
    ]  # fmt: skip


def test_a_sheet_dates_its_follow_ups_by_the_day_on_which_it_was_made(new: Path) -> None:
    text = """客户跟进表,,,,
制表人：李雷,,日期：2026年3月8日,,
客户名称,负责人,预算,最近沟通内容,下次跟进时间
甲木公司,李雷,面议,"谈了价格
要两份样品",2099-01-05
乙木公司,李雷,,,下周
丙木公司,李雷,,,2026-02-01
"""
    listed = customers(new, "客户.csv", text, *PEOPLE)
    assert [{key: one[key] for key in ("needs", "interactions") if key in one} for one in listed] == [
        {
            "interactions": [
                {
                    "date": "2026-02-01", "by": "lilei", "channel": "note", "summary": "跟进",
                    "next": {"action": "跟进", "due": "2026-02-01"},
                }
            ]
        },
        {
            "interactions": [
                {
                    "date": "2026-03-08", "by": "lilei", "channel": "note", "summary": "跟进",
                    "details": "下次跟进时间：下周",
                }
            ]
        },
        {
            "needs": [{"description": "面议", "budget": {"basis": "to-confirm", "text": "面议"}}],
            "interactions": [
                {
                    "date": "2026-03-08", "by": "lilei", "channel": "note", "summary": "谈了价格",
                    "details": "要两份样品",
                    "next": {"action": "跟进", "due": "2099-01-05"},
                }
            ],
        },
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "header", "rows"),
    [
        (
            "Lead.csv",
            "Id,FirstName,LastName,Company,LeadSource,IsConverted,OwnerId",
            ["1,Ann,Reed,Ash Ltd,Trade Show,false,lilei", "2,Bob,Hall,Box Ltd,Employee Referral,false,lilei"],
        ),
        (
            "Leads_001.csv",
            "Record Id,Lead Owner,First Name,Last Name,Company,Lead Source",
            ["zcrm_1,李雷,Ann,Reed,Ash Ltd,贸易展览", "zcrm_2,李雷,Bob,Hall,Box Ltd,External Referral"],
        ),
        (
            "客户.csv",
            "客户编号,客户名称,负责人,客户状态,客户来源,生命状态",
            ["K1,Ash Ltd,李雷,潜在客户,展会,正常", "K2,Box Ltd,李雷,潜在客户,老客户介绍,正常"],
        ),
    ],
)
def test_sources_of_leads_have_the_channels_of_the_schema(new: Path, name: str, header: str, rows: list[str]) -> None:
    listed = customers(new, name, "\n".join((header, *rows, "")), "--default", "type=company")
    assert [(one["name"], one["sources"]) for one in listed] == [
        ("Ash Ltd", [{"channel": "exhibition"}]),
        ("Box Ltd", [{"channel": "referral"}]),
    ]


def test_a_plan_of_files_that_hold_no_customers_names_no_system(new: Path) -> None:
    path = new.parent / "x.csv"
    path.write_text("1,2\n3,4\n", "utf-8")
    code, output = run("import", str(path))
    assert (code, output.startswith("no saved mapping (sheet-")) == (0, True)


ACTIVITIES = {
    "hubspot-companies.csv": """Record ID,Company name,Company owner,Lifecycle Stage
71,Elm Motors Ltd,Li Lei,Lead
""",
    "hubspot-emails.csv": """Record ID,Email subject,Activity date,Email body,Email direction,Associated Company IDs
31,Offer 12,2026-02-04 10:00,"<div>Dear Ann,<br><br>see attachment</div>",EMAIL,71
32,Re: Offer 12,2026-02-05 10:00,Thanks,INCOMING_EMAIL,71
""",
    "hubspot-meetings.csv": """Record ID,Meeting name,Meeting start time,Meeting description,Meeting outcome,\
Associated Company IDs
21,Kick-off,2026-02-03 10:00,Agenda,Completed,71
""",
    "hubspot-tasks.csv": """Record ID,Task Title,Due date,Task Status,Task Type,Notes,Create Date,Associated Company IDs
41,Send samples,2099-12-24 10:00,Not started,To-do,two pieces,2026-02-06 10:00,71
42,Ring Ann,2026-02-07 10:00,Completed,Call,,2026-02-06 10:00,71
""",
    "hubspot-tickets.csv": """Ticket ID,Ticket name,Ticket status,Create Date,Close date,Priority,Ticket description,\
Associated Company IDs
51,Pump leaks,Waiting on contact,2026-02-08 10:00,,High,Since Monday,71
""",
}


def test_hubspot_activities_and_tickets(new: Path) -> None:
    for name, text in ACTIVITIES.items():
        (new.parent / name).write_text(text, "utf-8")
    rest = [str(new.parent / name) for name in ACTIVITIES]
    options = ("--default", "owner=lilei", "--default", "cases.kind=repair")
    [customer] = customers(new, "hubspot-notes.csv", "Record ID,Activity date,Note body\n", *rest, *options)
    about = ("date", "channel", "summary", "details", "direction", "outcome", "next")
    assert [{key: talk[key] for key in about if key in talk} for talk in customer["interactions"]] == [
        {"date": "2026-02-03", "channel": "visit", "summary": "Kick-off", "details": "Agenda"},
        {
            "date": "2026-02-04", "channel": "email", "summary": "Offer 12",
            "details": "Dear Ann,\nsee attachment", "direction": "out",
        },
        {
            "date": "2026-02-05", "channel": "email", "summary": "Re: Offer 12", "details": "Thanks",
            "direction": "in", "next": {"action": "Send samples", "due": "2099-12-24"},
        },
        {"date": "2026-02-07", "channel": "phone", "summary": "Ring Ann"},
    ]  # fmt: skip
    assert customer["cases"] == [
        {
            "opened": "2026-02-08", "kind": "repair", "summary": "Pump leaks", "status": "pending", "priority": "key",
            "external_ids": {"hubspot": "51"},
        }
    ]  # fmt: skip
    assert customer["notes"] == "Pump leaks: Since Monday\nSend samples: two pieces"


def test_one_of_several_labels_of_pipedrive_is_the_status(new: Path) -> None:
    text = """Organization - Name,Organization - Labels,Organization - Owner
Fig Ltd,"VIP, Cold lead",李雷
"""
    [customer] = customers(new, "organizations.csv", text)
    assert customer["status"] == "lead"
    code, output = run("import", str(new.parent / "organizations.csv"), "--dry-run")
    assert (code, "VIP, Cold lead → lead (the other labels are left out)" in " ".join(output.split())) == (0, True)


def test_a_narrow_account_file_is_salesforces(new: Path) -> None:
    text = """Id,IsDeleted,Name,Type,AccountSource,CreatedDate
001A000000000001,false,Fig Ltd,Prospect,Trade Show,2026-01-05T01:00:00.000Z
001A000000000002,true,Gone Ltd,Prospect,,2026-01-05T01:00:00.000Z
"""
    [customer] = customers(new, "Account.csv", text, "--default", "owner=lilei")
    assert (customer["status"], customer["sources"]) == ("lead", [{"channel": "exhibition", "date": "2026-01-05"}])


def test_rows_of_a_sheet_that_is_left_out_are_not_counted(new: Path) -> None:
    (new.parent / "totals.csv").write_text("金额,数量\n1,2\n合计,2\n", "utf-8")
    (new.parent / "客户.csv").write_text("序号,客户名称\n1,甲木公司\n合计,\n", "utf-8")
    paths = [str(new.parent / name) for name in ("totals.csv", "客户.csv")]
    code, plan = import_runs.imported(*paths, *PEOPLE)
    assert (code, plan["counts"]["rows"]) == (
        0, {"read": 2, "used": 1, "left_out": 1, "rejected": 0, "waiting": 0},
    )  # fmt: skip


DEALS = """Id,Name,AccountId,StageName,CloseDate,Amount,OwnerId
006A,Pumps,001A,Prospecting,2026-01-01,12000,lilei
006B,Valves,001A,Prospecting,2026-01-01,"$9,000",lilei
006C,Pipes,001A,Prospecting,2026-01-01,"¥8,000",lilei
006D,Audit,001A,Prospecting,2026-01-01,,lilei
"""
ACCOUNTS = "Id,IsDeleted,Name,Type,BillingCity,AccountSource,OwnerId\n001A,false,Ash Ltd,Prospect,York,Web,lilei\n"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("Account.csv", "Id,IsDeleted,Name,Type,OwnerId\n1,false,Acme Ltd,Customer,5\n", "customers"),
        ("export.csv", "Id,IsDeleted,Name,Type,OwnerId\n1,false,Acme Ltd,Customer,5\n", "customers"),
        ("Opportunity.csv", "Id,Name,OwnerId,Type,AccountId\n1,Sensors,5,New,2\n", "opportunities"),
        ("User.csv", "Id,Name,Email\n5,Li Lei,lilei@example.com\n", "users"),
    ],
    ids=lambda part: part if part.isidentifier() else "",
)
def test_a_typed_profile_reads_sheets_without_telling_columns(new: Path, name: str, text: str, kind: str) -> None:
    (new.parent / name).write_text(text, "utf-8")
    _code, plan = imported(str(new.parent / name), "--from", "salesforce", "--dry-run")
    assert [one["object"] for one in plan["files"]] == [kind]


@pytest.mark.parametrize(
    ("words", "currencies", "code"),
    [
        ((), [None, "USD", None, None], "CNY"),
        (("--default", "opportunities.currency=USD"), ["USD", "USD", "CNY", None], "USD"),
    ],
)
def test_the_plan_says_in_which_currency_amounts_are(
    new: Path, words: tuple[str, ...], currencies: list[str | None], code: str
) -> None:
    for name, text in (("Account.csv", ACCOUNTS), ("Opportunity.csv", DEALS)):
        (new.parent / name).write_text(text, "utf-8")
    files = [str(new.parent / name) for name in ("Account.csv", "Opportunity.csv")]
    exit_code, output = run("import", *files, "--from", "salesforce", *words)
    assert exit_code == 0, output
    (one,) = import_runs.customers()
    assert [deal.get("currency") for deal in one["opportunities"]] == currencies
    assert (
        " ".join(output.split())
        .partition("Opportunity.csv row 2: ")[2]
        .startswith(
            f"'Amount' has no currency and is taken as {code}; to change it: --default opportunities.currency=CODE"
        )
    )


def test_numbers_that_check_will_warn_of_are_named(new: Path) -> None:
    path = new.parent / "客户.csv"
    path.write_text(
        "客户名称,负责人,联系人,联系人手机,国家\n"
        "甲木公司,李雷,何静,1390000220,\n"
        "乙木公司,李雷,张三,+1 555-010-0110,\n"
        "丙木公司,李雷,李四,13900002201,\n"
        "丁木公司,李雷,王五,089 123456,德国\n",
        "utf-8",
    )
    code, output = run("import", str(path), *PEOPLE, "--default", "type=company", language="zh")
    assert code == 0, output
    assert "客户.csv 第 2、3 行：“联系人手机”不像电话号码，按原样导入" in output
    checked = [line for line in run("check")[1].splitlines() if "[phone-form]" in line]
    assert len(checked) == 2


def test_what_is_no_address_is_named_so_and_wide_signs_are_rewritten(new: Path) -> None:
    path = new.parent / "客户.csv"
    path.write_text(
        "客户名称,负责人,合作状态,签约日期,联系人,联系人邮箱\n"
        "甲木公司,李雷,合作中,2024-05-01,Bo Levy,b.levy@ash&t.example; bo@ash.example\n"
        "乙木公司,李雷,潜在客户,,陈刚,cg＠yi.example\n",
        "utf-8",
    )
    code, plan = import_runs.imported(str(path), "--default", "type=company")
    assert code == 0, plan
    assert plan["cells"] == [
        {
            "file": 0, "row": 2, "column": "联系人邮箱", "value": "b.levy@ash&t.example; bo@ash.example",
            "why": "not an e-mail address", "fix": "enter it as name@example.com",
        },
    ]  # fmt: skip
    assert plan["rewritten"] == [
        {
            "file": 0, "row": 3, "column": "联系人邮箱", "from": "cg＠yi.example", "to": "cg@yi.example",
            "why": "full-width signs made narrow",
        },
    ]  # fmt: skip
    one, other = import_runs.customers()
    assert (one["contacts"], other["contacts"], other["cooperation"]) == (
        [{"name": "陈刚", "emails": ["cg@yi.example"]}],
        [{"name": "Bo Levy", "emails": ["bo@ash.example"]}],
        {"since": "2024-05-01"},
    )


def test_what_will_be_sealed_is_no_mapped_column_and_has_its_label(new: Path) -> None:
    path = new.parent / "客户.csv"
    path.write_text("客户名称,负责人,身份证号\n甲木公司,李雷,11010519491231002X\n", "utf-8")
    code, output = run("import", str(path), *PEOPLE, "--default", "type=company", language="zh")
    assert code == 0, output
    assert [line.strip() for line in output.splitlines() if "身份证" in line] == [
        "“身份证号（证件号码）”有 1 个值未导入：只能加密保存"
    ]
    cards = new.parent / "people.vcf"
    cards.write_text("BEGIN:VCARD\nVERSION:3.0\nN:;欧阳文;;;\nFN:欧阳文\nBDAY:1990-05-01\nEND:VCARD\n", "utf-8")
    code, output = run("import", str(cards), *PEOPLE, language="zh")
    assert "“BDAY（出生日期）”" in output


def test_a_colleague_of_customers_in_the_store_is_asked_for_once(new: Path) -> None:
    path = new.parent / "customers.csv"
    path.write_text("Customer ID,Customer,Status,Owner\n7,Ash Ltd,Lead,Jane Doe\n", "utf-8")
    code, output = run("import", str(path), "--people", "Jane Doe=hanmei")
    assert code == 0, output
    code, plan = import_runs.imported(str(path))
    assert (code, plan["questions"], plan["counts"]["customers"]["same"]) == (0, [], 1)
    assert "'Jane Doe' isn't on the team list: 1 row of a customer of the store" in run("import", str(path))[1]
    path.write_text(f"{path.read_text('utf-8')}8,Box Ltd,Lead,Jane Doe\n", "utf-8")
    code, output = run("import", str(path))
    assert (code, "    1 row: 3 Box Ltd\n" in output) == (1, True)


@pytest.mark.parametrize(
    ("before", "after", "contacts"),
    [
        (
            "陈刚（采购）,13900002201",
            "陈刚,13900002201",
            [{"name": "陈刚（采购）", "title": "采购", "phones": ["13900002201"]}],
        ),
        ("陈刚,13900002201", "陈刚 (采购),13900002201", [{"name": "陈刚", "title": "采购", "phones": ["13900002201"]}]),
        (
            "陈刚（采购）,13900002201",
            "陈刚,13900002202",
            [{"name": "陈刚（采购）", "phones": ["13900002201"]}, {"name": "陈刚", "phones": ["13900002202"]}],
        ),
        (
            "陈刚（采购）,13900002201",
            "陈刚（销售）,13900002201",
            [{"name": "陈刚（采购）", "phones": ["13900002201"]}, {"name": "陈刚（销售）", "phones": ["13900002201"]}],
        ),
    ],
)
def test_words_in_brackets_after_a_name_make_no_second_person(
    new: Path, before: str, after: str, contacts: list[dict[str, Any]]
) -> None:
    path = new.parent / "客户.csv"
    for row in (before, after):
        path.write_text(f"客户名称,联系人,联系人手机\n甲木公司,{row}\n", "utf-8")
        code, output = run("import", str(path), *PEOPLE, "--default", "type=company", language="zh")
        assert code == 0, output
    (one,) = import_runs.customers()
    assert one["contacts"] == contacts
    assert ("是同一位联系人" in output) == (len(contacts) == 1)
