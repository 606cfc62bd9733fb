from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_site import HOSTILE, SHANGHAI, TODAY, site

from crmtext.i18n import language, speaking
from crmtext.problem import CrmError
from crmtext.reports import REPORTS, Site, charts, render
from crmtext.schema import Schema
from crmtext.wording import links, markdown, numbers
from crmtext.wording.sections import Cell, Entry, Group

ROOT = Path(__file__).parents[2]


def pages(*records: str, lang: str = "en", schema: Schema | None = None) -> dict[str, str]:
    return dict(render(site(*records, lang=lang, schema=schema)))


def text(page: str) -> str:
    """What of a page of HTML is read, blanks run together."""
    page = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def data(page: str) -> Any:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert match
    return json.loads(match[1])


def test_a_site_is_an_index_and_a_page_for_every_customer_in_both_formats() -> None:
    paths = [path for path, _ in render(site(SHANGHAI, HOSTILE), ["index", "customers"])]
    assert paths == [
        "index.html",
        "index.md",
        "customers/C20240501K7QM.html",
        "customers/C20240501K7QM.md",
        "customers/C20240502AAAA.html",
        "customers/C20240502AAAA.md",
    ]


def test_one_report_and_one_format_may_be_asked_for() -> None:
    assert [path for path, _ in render(site(SHANGHAI), ["customers"], ["markdown"])] == ["customers/C20240501K7QM.md"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("idnex", "did you mean 'index'?"), ("profit", f"reports: {', '.join(REPORTS)}")],
)
def test_an_unknown_report_is_told_with_the_nearest_or_with_all(name: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        render(site(), [name])
    problem = caught.value.problem
    assert (problem.message, problem.hint) == (f"unknown report '{name}'", hint)


def test_pages_are_made_one_at_a_time_in_the_sites_language_and_leave_the_callers_alone() -> None:
    rendered = render(site(SHANGHAI, HOSTILE, lang="zh"))
    _, page = next(rendered)
    assert language() == "en"
    assert '<html lang="zh-CN">' in page


def test_the_same_site_gives_the_same_bytes() -> None:
    assert list(render(site(SHANGHAI, HOSTILE))) == list(render(site(SHANGHAI, HOSTILE)))


def test_every_page_says_its_day_and_commit() -> None:
    for page in pages(SHANGHAI).values():
        assert "2026-11-20" in page
        assert "3f2c9ab" in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_languages_name_keys_and_values(lang: str) -> None:
    shown = text(pages(SHANGHAI, lang=lang)["customers/C20240501K7QM.html"])
    expected = {"en": ("Prospect", "Company", "Visit", "Opportunities"), "zh": ("意向客户", "企业", "拜访", "商机")}
    assert [word for word in expected[lang] if word not in shown] == []


def test_no_page_lets_a_hostile_value_become_markup() -> None:
    for path, page in pages(HOSTILE).items():
        if path.endswith(".html"):
            assert "<script>alert" not in page
            assert "<img" not in page
            assert "<b>" not in page.replace("</b>", "").split("<main", 1)[0]
            assert 'href="javascript:' not in page
            assert '"><i>' not in page


def test_hostile_values_are_read_as_they_were_written() -> None:
    shown = text(pages(HOSTILE)["customers/C20240502AAAA.html"])
    for value in ("<script>alert(1)</script>", "](javascript:alert(1))", "</script><img src=x>", "javascript:alert(1)"):
        assert value in shown


def test_the_tables_data_cannot_end_its_element() -> None:
    page = pages(HOSTILE)["index.html"]
    assert data(page)["rows"][0][2] == "<script>alert(1)</script>"
    assert page.count("</script>") == 2


def test_no_link_leads_elsewhere_than_to_the_web_a_mailbox_a_phone_or_the_site() -> None:
    for path, page in pages(SHANGHAI, HOSTILE).items():
        links = (
            re.findall(r'href="([^"]*)"', page) if path.endswith(".html") else re.findall(r"(?<!\\)\]\(([^)]*)\)", page)
        )
        expected = re.compile(
            r"https://www\.shili\.example|mailto:zhangsan@shili\.example|tel:[\d;=ext+]+|#\w+|[\w./]+\.(html|md)"
        )
        assert [link for link in links if not expected.fullmatch(html.unescape(link))] == []


def test_pages_allow_only_their_own_style_and_script_and_load_nothing() -> None:
    import base64
    import hashlib

    for path, page in pages(SHANGHAI).items():
        if not path.endswith(".html"):
            continue
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
        bodies = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", page, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies]
        assert policy.startswith("default-src 'none'; ")
        assert re.findall(r"sha256-([\w+/=]+)", policy) == hashes
        assert "unsafe" not in policy
        assert not re.search(r"""\s(src|style|on\w+)=|url\(|@import|<link|<iframe""", page)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a | b", r"a \| b"),
        ("*x* _y_ `z` ~s~", r"\*x\* \_y\_ \`z\` \~s\~"),
        ("[a](javascript:b)", r"\[a\](javascript:b)"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("A & B, R&D", "A & B, R&D"),
        ("&#60;b&copy;", r"&amp;\#&#8288;60;b&amp;copy;"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("one\ntwo\r\nthree\n", "one<br>two<br>three"),
        ("@all", "@&#8288;all"),
        ("请@all看", "请@&#8288;all看"),
        ("see #12", r"see \#&#8288;12"),
        ("z@example.com", "z@example.com"),
        ("http://a.example", "http&#58;//a.example"),
        ("www.a.example", "www&#46;a.example"),
        ("\\", r"\\"),
    ],
)
def test_markdown_shows_text_as_it_is(raw: str, shown: str) -> None:
    assert markdown.escape(raw) == shown


@given(st.text())
def test_markdown_cells_stay_on_one_line_and_leave_no_mark_bare(raw: str) -> None:
    escaped = markdown.escape(raw)
    bare = re.sub(r"\\[\\`*_\[\]|~$#.)+=-]", "", escaped)
    assert not re.search(r"[\n\r`*\[\]|~$]|<(?!br>)", bare)


@pytest.mark.parametrize(
    ("key", "value", "href"),
    [
        ("website", "https://a.example/b?c=d", "https://a.example/b?c=d"),
        ("website", "HTTPS://a.example", ""),
        ("website", "javascript:alert(1)", ""),
        ("website", "https://a.example\njavascript:x", ""),
        ("emails", "a.b@c.example", "mailto:a.b@c.example"),
        ("emails", "a@b.example?bcc=x", ""),
        ("phones", "138 0013 8000", "tel:13800138000"),
        ("phones", "021-5555 0180转802", "tel:02155550180;ext=802"),
        ("phones", "ask her", ""),
        ("notes", "13800138000", ""),
    ],
)
def test_only_plain_addresses_and_numbers_become_links(key: str, value: str, href: str) -> None:
    assert links.to(key, value) == href


def test_the_last_contacts_come_first_and_all_other_interactions_follow_newest_first() -> None:
    more = "\n".join(
        f"  - {{date: 2026-11-0{day}, by: lilei, channel: {channel}, summary: s{day}}}"
        for day, channel in ((2, "visit"), (3, "visit"), (4, "note"))
    )
    record = SHANGHAI.replace("custom:\n", f"{more}\ncustom:\n")
    for path in ("customers/C20240501K7QM.html", "customers/C20240501K7QM.md"):
        latest, others = text(pages(record)[path]).split("Last contacts")[1].split("Other interactions")
        assert re.findall(r"second|s3|s2|third|first|s4", latest) == ["second", "s3", "s2"]
        assert re.findall(r"second|s3|s2|third|first|s4", others) == ["third", "s4", "first"]


def test_open_next_steps_come_first_and_say_how_late_they_are() -> None:
    page = pages(SHANGHAI)["customers/C20240501K7QM.md"]
    steps = page.split("## Next steps\n\n")[1].split("\n\n")[0].splitlines()
    assert steps == [
        "- [ ] send the offer · 李雷 · due 2026-11-13 · **7 days late**",
        "- [ ] call · 李雷 · due 2026-11-25",
        "- [x] sent · Liu (has left) · due 2026-11-12 · done 2026-11-11",
    ]


def test_work_phones_stand_before_mobiles_which_are_marked_internal() -> None:
    page = pages(SHANGHAI)["customers/C20240501K7QM.md"]
    assert page.index("021-5555 0180转802") < page.index("13800138000 (mobile, internal)")


def test_a_key_that_a_team_adds_to_its_schema_appears_under_its_label() -> None:
    contract = Schema.shipped().data
    parking = {
        "type": "string",
        "title": "Parking",
        "x-title-zh": "停车",
        "enum": ["east"],
        "x-enum-labels": {"east": {"en": "East gate", "zh": "东门"}},
    }
    visits = {
        "type": "array",
        "title": "Plant visits",
        "items": {"type": "object", "properties": {"day": {"type": "string", "title": "Day"}}},
    }
    schema = Schema({**contract, "properties": {**contract["properties"], "parking": parking, "visits": visits}}, b"")
    rendered = pages(SHANGHAI + "parking: east\nvisits:\n  - {day: 2026-11-02, guide: Ann}\n", schema=schema)
    shown = text(rendered["customers/C20240501K7QM.html"])
    assert "Parking East gate" in shown
    assert "Plant visits Day 2026-11-02 guide Ann" in shown
    assert "- **Parking:** East gate" in rendered["customers/C20240501K7QM.md"]


def test_every_value_of_a_record_is_on_its_page() -> None:
    shown = text(pages(SHANGHAI)["customers/C20240501K7QM.html"])
    for value in ("停车 东门", "¥218,600", "€1,000.50", "zhangsan@shili.example", "示例电子", "send the offer"):
        assert value in shown


def test_sums_never_mix_currencies() -> None:
    assert data(pages(SHANGHAI)["index.html"])["rows"][0][11] == "¥218,600 + €1,000.50"


def test_the_index_counts_every_status_of_the_schema_and_lists_what_is_due() -> None:
    page = pages(SHANGHAI, HOSTILE)["index.md"]
    assert "| Owner | Lead | Prospect | Active | Paused | Lost | Total |" in page
    assert "| [李雷](people/lilei.md) | 1 | 1 | – | – | – | 2 |" in page
    due = "| {} | {} | [示例电子](customers/C20240501K7QM.md) | {} | 李雷 |  |\n"
    overdue, _today, coming = re.split("## Today|## Next 7 days", page.split("## Overdue")[1])
    assert due.format("2026-11-13", "7 days late", "send the offer") in overdue
    assert due.format("2026-11-25", "in 5 days", "call") in coming


DEALS = """\
id: C20240503BBBB
name: 乙公司
type: company
status: active
owner: lilei
opportunities:
  - {title: 一期, stage: won, amount: 1000, closed: 2026-09-30}
  - {title: 二期, stage: lost, amount: 500, closed: 2026-11-19}
  - {title: 三期, stage: proposal, amount: 1000, probability: 60, expected_close: 2026-11-20}
  - {title: 四期, stage: proposal, amount: 800, probability: 50, expected_close: 2026-11-19}
  - {title: 五期, stage: discovery}
"""


def test_the_index_shows_open_deals_by_stage_and_closed_ones_by_month() -> None:
    page = pages(DEALS)["index.md"]
    assert "| Proposal | 2 | ¥1,800 | ¥600 |\n" in page
    assert "| **Total** | **3** | **¥1,800** | **¥600** |\n" in page
    assert "1 item without an amount is in no sum\n" in page
    months = page.partition("## Won and lost by month")[2].partition("## ")[0]
    assert [line for line in months.splitlines() if "| 1 " in line or "**" in line] == [
        "| 2026-09 | 1 | 0 | ¥1,000 |",
        "| 2026-11 (so far) | 0 | 1 | ¥0 |",
        "| **Total** | **1** | **1** | **¥1,000** |",
    ]
    assert [id_ in pages(DEALS)["index.html"] for id_ in ('id="by_stage"', 'id="closed_by_month"')] == [True, True]


def test_the_index_of_a_store_without_deals_has_no_place_for_them() -> None:
    assert not any(part in text for text in pages(HOSTILE).values() for part in ("by stage", "by month", "pipeline"))


def test_a_store_without_customers_has_an_index_too() -> None:
    assert "0 customers" in text(pages()["index.html"])


def test_records_that_were_left_out_are_told() -> None:
    whole = site(SHANGHAI)
    left = Site(whole.customers, whole.schema, whole.settings, TODAY, "en", "", 2)
    assert "2 records have errors and are not included" in text(dict(render(left, ["index"]))["index.html"])


def test_only_the_first_rows_stand_in_the_page_and_all_in_its_data() -> None:
    records = [f"{{id: C20240501{n:04}, name: N{n}, type: company, status: lead, owner: lilei}}" for n in range(250)]
    page = pages(*records)["index.html"]
    assert (page.count('<tr role="row"><td'), len(data(page)["rows"])) == (200, 250)


def test_an_id_never_leads_out_of_the_folder() -> None:
    rendered = dict(
        render(site("{id: ../../x, name: N, type: company, status: lead, owner: lilei}"), ["index", "customers"])
    )
    assert sorted(rendered) == ["customers/..%2F..%2Fx.html", "customers/..%2F..%2Fx.md", "index.html", "index.md"]
    assert 'href="customers/..%252F..%252Fx.html"' in rendered["index.html"]


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 1000), max_size=8))
def test_the_parts_of_a_stacked_bar_fill_it_and_keep_their_order(counts: dict[str, int]) -> None:
    parts = charts.stacked(counts, sum(counts.values()))
    assert [part.key for part in parts] == [key for key, count in counts.items() if count]
    assert not parts or abs(sum(part.width for part in parts) - charts.WIDTH) < len(parts) * 0.1


def test_weeks_begin_on_monday_and_end_with_todays() -> None:
    days = [date(2026, 11, 15), date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 21), date(2020, 1, 1)]
    assert charts.per_week(days, TODAY, 2) == (("2026-11-09", 1), ("2026-11-16", 2))


def test_months_run_over_the_turn_of_the_year() -> None:
    days = [date(2025, 12, 31), date(2026, 1, 1)]
    assert charts.per_month(days, date(2026, 1, 2), 2) == (("2025-12", 1), ("2026-01", 1))


def test_a_number_is_followed_by_the_unit_that_the_schema_names() -> None:
    record = SHANGHAI.replace("amount: 218600,", "amount: 218600, probability: 55,")
    assert "Probability 55%" in text(pages(record)["customers/C20240501K7QM.html"])
    assert "- **Probability:** 55%" in pages(record)["customers/C20240501K7QM.md"]
    assert [numbers.number(*given) for given in ((1250,), (12.5, "%"), (3, "kg"), (3, None))] == [
        "1,250",
        "12.5%",
        "3 kg",
        "3",
    ]


def test_in_markdown_a_label_has_its_colon_only_where_a_value_stands_behind_it() -> None:
    least = Entry("min", "预算下限", (Cell("¥20万"),))
    part = Entry("budget", "预算", groups=(Group((least,)),))
    assert markdown.outline([part]) == "- **预算**\n  - **预算下限:** ¥20万\n"
    with speaking("zh"):
        assert markdown.outline([part]) == "- **预算**\n  - **预算下限：** ¥20万\n"


def test_templates_have_the_variables_that_the_docs_name() -> None:
    tables = [
        dict(
            re.findall(
                r"^\| (?:`(\w+)`|all|全部) \| (`[^|]*) \|$", (ROOT / "docs" / name).read_text("utf-8"), re.MULTILINE
            )
        )
        for name in ("reports.md", "reports.zh-CN.md")
    ]
    named = [{template: re.findall(r"`(\w+)`", text) for template, text in table.items()} for table in tables]
    assert named[0] == named[1]
    assert [*named[0]] == ["", "index", "person", "customer"]
    of_site = [f"site.{name}" for name in named[0][""] if name not in ("site", "style")]
    for template in ("index", "person", "customer"):
        wanted = [*of_site, "style", *named[0][template]]
        own = "".join(f"{{% if {name} is not defined %}}{name} {{% endif %}}" for name in wanted)
        whole = replace(site(SHANGHAI), templates={f"{template}.html.j2": f"<p>{own}</p>"})
        report = {"index": "index", "person": "people", "customer": "customers"}[template]
        assert {page.split("\n")[-1] for _path, page in render(whole, [report], ["html"])} == {"<p></p>"}
