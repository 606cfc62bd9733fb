"""Named reports as files: every format has the same figures, and a team's own templates are reports, too."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import json
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import stores

from crmtext.figures.tables_cells import Cell, Head
from crmtext.reports import describe, figure_table, functions, own, view, workbook
from crmtext.reports.named import NAMED, named
from crmtext.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

AS_OF = ("--as-of", "2026-11-30")
SOLD = """\
transactions:
  - {date: 2026-11-01, amount: 1000.5, payment_due: 2026-11-20}
  - {date: 2026-11-02, amount: 20, currency: USD, order_no: "=2+3"}
"""
#: A template that uses each function and each chart.
OWN = """\
{% import "crmtext/charts.html.j2" as charts with context %}
<h1>{{ report.label }} {{ report.since }}</h1>
{% set deals = stats(by="owner", measure="customers, revenue") %}
{% for row in deals.rows %}<p>{% for cell in row %}{{ cell.text }};{% endfor %}</p>{% endfor %}
{{ charts.bars(deals) }}{{ charts.heat_map(stats(by="status,owner")) }}
{{ charts.stacked_bars(stats(by="owner,status")) }}
{{ charts.lines(stats(measure="revenue", period="month")) }}{{ charts.funnel(stats(by=["status"])) }}
{{ charts.spark([1, none, 3], "trend") }}
{% for one in customers(where="status == 'lead'", sort="name") %}
<i>{{ one.name }}{{ one.computed.next_due or "" }}</i>{% endfor %}
{% for one in due(kind="payment", days=30) %}<b>{{ one.day }} {{ one.name }}</b>{% endfor %}
"""


@pytest.fixture
def folder(repo: Repo) -> Path:
    records = {
        stores.path("001"): stores.record("001", "上海示例电子") + SOLD,
        stores.path("002"): stores.record("002", "华东", owner="hanmei"),
    }
    repo.commit({"crmtext.toml": stores.TEAM, **records})
    return repo.path


@pytest.fixture
def program(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> stores.Program:
    monkeypatch.chdir(folder)
    return stores.Program(capsys, folder)


def template(folder: Path, name: str, text: str) -> None:
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / name).write_text(text, "utf-8")


def tables(page: str) -> list[list[str]]:
    """The cells of the rows of all tables of a page."""
    rows = re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)
    return [[html.unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall("<td.*?</td>", row)] for row in rows]


def of_csv(path: Path) -> list[list[str]]:
    return [*csv.reader(io.StringIO(path.read_text("utf-8-sig")))]


def test_each_format_has_the_same_figures(folder: Path, program: stores.Program) -> None:
    formats = ("html", "markdown", "csv", "json", "xlsx")
    result = program("report", "应收", *(word for form in formats for word in ("--format", form)), *AS_OF)
    assert (result.code, result.out) == (0, "Wrote 8 files\nopen reports/receivables.html\n")
    out = folder / "reports"
    document = json.loads(program("report", "receivables", "--format", "json", *AS_OF).out)
    assert json.loads((out / "receivables.json").read_text("utf-8")) == document
    assert document | {"tables": {}, "lists": {}} == {
        "schema": 1,
        "report": "receivables",
        "today": "2026-11-30",
        "commit": document["commit"],
        "since": "2025-12-01",
        "until": "2026-11-30",
        "owner": None,
        "where": None,
        "notes": [],
        "tables": {},
        "lists": {},
        "left_out": 0,
    }
    values = [(*row["group"].values(), row["values"]["receivable"]) for row in document["tables"]["by_age"]["rows"]]
    assert values == [("lilei", "0-30", {"CNY": 1000.5, "USD": 20})]
    assert of_csv(out / "receivables-by_age.csv") == [
        ["owner", "age", "receivable_CNY", "receivable_USD", "without_due"],
        ["lilei", "0-30", "1000.5", "20", "1"],
    ]
    assert ["C20240501001", "上海示例电子", "lilei", "'=2+3", "2026-11-02", "", "20", "", ""] in of_csv(
        out / "receivables-open.csv"
    )
    rows = tables((out / "receivables.html").read_text("utf-8"))
    assert ["李雷", "0-30", "¥1,000.50", "$20", "1"] in rows
    assert "| 李雷 | 0-30 | ¥1,000.50 | \\$20 | 1 |" in (out / "receivables.md").read_text("utf-8")
    # Workbooks have the words of the page, and a total.
    book = openpyxl.load_workbook(out / "receivables.xlsx")
    by_age = next(one for one in book.worksheets if one["B2"].value == "0-30" and one["C2"].value == 1000.5)
    assert [[cell.value for cell in row] for row in by_age.iter_rows(min_row=2)] == [
        ["李雷", "0-30", 1000.5, 20, 1],
        ["Total", None, 1000.5, 20, 1],
    ]
    assert [name for name in book.sheetnames if len(name) > 31] == []
    # The same commit and day give the same bytes, of workbooks, too.
    first = stores.files(out)
    program("report", "应收", *(word for form in formats for word in ("--format", form)), *AS_OF)
    assert stores.files(out) == first


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("records", [0, 1])
def test_every_report_of_a_small_store_is_written(
    repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, records: int, language: str
) -> None:
    repo.commit({"crmtext.toml": stores.TEAM, **({stores.path("001"): stores.record("001", "东")} if records else {})})
    monkeypatch.chdir(repo.path)
    program = stores.Program(capsys, repo.path)
    every = [word for form in ("html", "markdown", "csv", "json", "xlsx") for word in ("--format", form)]
    result = program("--lang", language, "report", *NAMED, *every)
    assert (result.code, result.err) == (0, "")
    missing = [name for name in NAMED if not (repo.path / "reports" / f"{name}.xlsx").exists()]
    assert missing == []


def test_a_report_is_limited_to_an_owner_and_an_expression(program: stores.Program) -> None:
    def owners(*arguments: str) -> list[str]:
        document = json.loads(program("report", "receivables", "--format", "json", *AS_OF, *arguments).out)
        return [row["group"]["owner"] for row in document["tables"]["by_age"]["rows"]]

    assert owners("--owner", "李雷") == ["lilei"]
    assert owners("--owner", "hanmei") == []
    assert owners("--where", "name == '华东'") == []


def test_a_check_says_whether_files_are_out_of_date(folder: Path, program: stores.Program) -> None:
    program("report", "receivables", "--format", "csv", *AS_OF)
    checked = ("report", "receivables", "--format", "csv", "--check")
    assert program(*checked, *AS_OF).code == 0
    result = program(*checked, "--as-of", "2026-12-30")
    command = "crmtext report receivables --format csv --as-of 2026-12-30"
    assert (result.code, result.out, result.err) == (
        1,
        "receivables-ages.csv\nreceivables-by_age.csv\nreceivables-open.csv\n",
        f"the reports are out of date; run: {command}\n",
    )
    assert not (folder / "reports" / "receivables.html").exists()


def test_compared_with_a_day_each_table_has_both_values(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-12-01T12:00:00+08:00")
    repo.git("commit", "-q", "--amend", "--no-edit")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-12-10T12:00:00+08:00")
    repo.commit({stores.path("003"): stores.record("003", "北") + SOLD})
    compared = ("--as-of", "2026-12-15", "--compare", "2026-12-09")
    document = json.loads(program("report", "receivables", "--format", "json", *compared).out)
    table = document["tables"]["by_age"]
    assert document["compare"]["date"] == table["compare"]["date"] == "2026-12-09"
    assert [(row["group"]["age"], row["values"]["receivable"], row["before"]) for row in table["rows"]] == [
        ("0-30", {"CNY": 2001}, {"receivable": {"CNY": 1000.5}, "without_due": 0}),
        ("31-60", {"USD": 40}, {"receivable": {"USD": 20}, "without_due": 1}),
    ]
    assert document["compare"] | {"commit": ""} == {
        "date": "2026-12-09",
        "commit": "",
        "since": "2026-01-01",
        "until": "2026-12-09",
    }
    assert program("report", "receivables", *compared).code == 0
    page = (repo.path / "reports" / "receivables.html").read_text("utf-8")
    assert ["李雷", "31-60", "¥0", "$40 (+$20)", "2 (+1)"] in tables(page)
    assert "2026-01-01 – 2026-12-15 · as of 2026-12-15" in page
    assert "compared with 2026-01-01 – 2026-12-09</p>" in page
    program("report", "receivables", *compared, "--until", "2026-12-05", "--format", "markdown")
    assert "compared with 2026-12-09\n" in (repo.path / "reports" / "receivables.md").read_text("utf-8")
    # Before the first commit, nothing is known.
    result = program("report", "receivables", "--as-of", "2026-12-15", "--compare", "2026-11-01")
    assert (result.code, "no commits before 2026-11-01" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["profit"], "unknown report 'profit'"),
        (["recievables"], "did you mean 'receivables'?"),
        (["receivables", "--owner", "nobody"], "nobody"),
        (["receivables", "--where", "statis == 'lead'"], "statis"),
        (["receivables", "--since", "soon"], "'soon' is not a date"),
        (["receivables", "--since", "2026-11-02", "--until", "2026-11-01"], "--since 2026-11-02 is after 2026-11-01"),
        (["receivables", "--compare", "2026-11-30"], "--compare 2026-11-30 is not before 2026-11-30"),
        (["--where", "status == 'lead'"], "--where can't be used with: crmtext report"),
        (["index", "--since", "2026-11-01"], "--since can't be used with: crmtext report index"),
        (["--format", "csv"], "--format csv is for a named report"),
        (["weekly", "--format", "csv"], "report weekly is printed"),
        (["weekly", "--where", "status == 'lead'"], "--where can't be used with: crmtext report weekly"),
        (["index", "--context"], "--context is for one named report"),
        (["mine", "--format", "csv"], "the report 'mine' has only: html"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_cannot_be_answered_are_errors(
    folder: Path, program: stores.Program, arguments: list[str], message: str
) -> None:
    template(folder, "mine.html.j2", "x")
    result = program("report", *arguments, *AS_OF)
    assert (result.code, message in result.err, (folder / "reports").exists()) == (2, True, False), result.err


def test_a_template_in_the_store_is_a_report(folder: Path, program: stores.Program) -> None:
    template(folder, "mine.html.j2", OWN)
    template(folder, "_part.html.j2", "not a report")
    assert program("report", "--list").out.splitlines()[-1].split() == ["mine", "mine"]
    assert program("report", "mine", *AS_OF).out == "Wrote 1 page\nopen reports/mine.html\n"
    page = (folder / "reports" / "mine.html").read_text("utf-8")
    assert "<h1>mine 2025-12-01</h1>" in page
    assert "<p>李雷;1;¥1,000.50;$20;</p>" in page
    assert re.findall("<i>(.*?)</i>", page) == ["上海示例电子", "华东"]
    assert "<b>2026-11-20 上海示例电子</b>" in page
    assert page.count("<svg") == 7
    assert all(f"kind-{kind}" in page for kind in ("bars", "heat", "stacked", "lines", "funnel", "sparkline"))


def test_a_wrong_template_names_its_line_and_stops_no_other_report(folder: Path, program: stores.Program) -> None:
    template(folder, "wrong.md.j2", "one\n{{ stats(by='ownr').rows }}\n")
    template(folder, "mine.md.j2", "{{ report.name }}\n")
    result = program("report", "wrong", "mine", "receivables", "--format", "markdown")
    assert (result.code, result.out) == (3, "Wrote 2 pages\nopen reports/mine.md\n")
    assert result.err.startswith("templates/wrong.md.j2:2: error: invalid template: ")
    assert "'owner'" in result.err
    template(folder, "wrong.md.j2", "{{ stats(x=1) }}\n")
    assert program("report", "wrong").err == (
        "templates/wrong.md.j2:1: error: invalid template: stats() has no argument 'x' [template]\n"
        "  = fix or remove it\n"
    )
    assert [*stores.files(folder / "reports")] == ["mine.md", "receivables.md"]
    assert program("report").code == 3
    assert {"index.html", "receivables.html"} <= {*stores.files(folder / "reports")}


@pytest.mark.parametrize(
    "text",
    [
        "{% for n in range(100000) %}{{ stats(by='id', period='day', where='age != ' ~ n).rows|length }}{% endfor %}",
        "{% for n in range(100000) %}{{ stats(by='status').rows|length }}{% endfor %}",
        "{{ stats(period='day').rows|length }}{{ stats(period='day', where='age != 1').rows|length }}",
        "{% for n in range(100000) %}{{ customers()|length }}{% endfor %}",
        "{% for n in range(100000) %}{{ draw(none) }}{% endfor %}",
        "{{ stats.__globals__ }}",
        "{{ stats.__self__ }}",
        "{{ customers()[0]._compute }}",
        "{{ customers()[0].get.__func__ }}",
        "{{ stats(by='status').heads[0]._replace }}",
        "{{ (stats|attr('__code__')) }}",
        "{{ customers(where='''().__class__''') }}",
        "{{ site.past('x') }}",
        "{{ report.parts.__class__ }}",
        "{{ customers(where=\"person.birth_date < '1990-01-01'\")|length }}",
        "{{ customers(sort='person.birth_date')|length }}",
    ],
)
def test_functions_in_templates_reach_nothing_and_end(folder: Path, program: stores.Program, text: str) -> None:
    template(folder, "mine.md.j2", text)
    result = program("report", "mine")
    assert (result.code, result.err.startswith("templates/mine.md.j2:1: error: ")) == (3, True), result
    assert not (folder / "reports" / "mine.md").exists()


def test_customers_in_templates_have_no_sensitive_fields(folder: Path, program: stores.Program) -> None:
    (folder / stores.path("001")).write_text(
        stores.record("001", "张三", type="person") + "person: {birth_date: 1980-05-01, gender: male}\n", "utf-8"
    )
    loop = "{% for one in customers() if one.person %}{{ one.person.gender }} {{ one.person.birth_date }};{% endfor %}"
    template(folder, "mine.md.j2", loop)
    assert program("report", "mine").code == 0
    assert (folder / "reports" / "mine.md").read_text("utf-8") == "male None;"


def test_context_lists_every_name_of_the_view(program: stores.Program) -> None:
    document = json.loads(program("report", "receivables", "--context", "--format", "json").out)
    names = {one["name"] for one in document["names"]}
    fields = {f"report.{one.name}" for one in dataclasses.fields(view.ReportView)}
    assert fields | {f"part.{one.name}" for one in dataclasses.fields(view.Part)} <= names
    assert {"stats", "customers", "due", "draw", "sparkline"} == {
        name.partition("(")[0] for name in functions.DESCRIBED
    }
    assert describe.describe.__doc__
    assert [one["about"] for one in document["names"] if one["name"] == "report.parts[0]"] == [
        "ages: age, receivable_CNY, receivable_USD, without_due"
    ]


def test_the_index_links_to_the_reports_beside_it(folder: Path, program: stores.Program) -> None:
    def links() -> set[str]:
        page = (folder / "reports" / "index.html").read_text("utf-8")
        return {*re.findall(r'href="(\w+)\.html"', page)} - {"index"}

    program("report", "index")
    assert links() == set()
    program("report", "receivables")
    program("report", "index")
    assert links() == {"receivables"}
    program("report")
    assert links() == {*NAMED}


def test_names_labels_and_synonyms_find_a_report() -> None:
    assert [named(typed) for typed in ("receivables", "Receivables", "应收", "账龄", "profit", "")] == [
        *["receivables"] * 4,
        *["", ""],
    ]


def test_parts_of_templates_are_no_reports() -> None:
    templates = {
        "mine.html.j2": '{% include "part.html.j2" %}{% extends "crmtext/base.html.j2" %}',
        **dict.fromkeys(("part.html.j2", "_x.md.j2", "index.html.j2", "style.css", "weekly.md.j2", "a.b.html.j2"), ""),
    }
    assert own.names(templates) == ("mine",)
    both: dict[str, Any] = {"mine.md.j2": "", "mine.html.j2": ""}
    assert own.formats("mine", both) == ("html", "markdown")


@pytest.mark.parametrize(("day", "since"), [("9999-12-31", "9999-01-01"), ("0001-01-05", "0001-01-01")])
def test_reports_reach_both_ends_of_the_calendar(program: stores.Program, day: str, since: str) -> None:
    for name in NAMED:
        result = program("report", name, "--format", "json", "--as-of", day)
        assert (name, result.code, json.loads(result.out)["since"]) == (name, 0, since)


def test_fields_that_a_team_marks_are_in_no_printed_report(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = json.loads(json.dumps(Schema.shipped().data))
    root = schema["properties"]
    for key, name in (("opportunities", "title"), ("cases", "product")):
        root[key]["items"]["properties"][name]["x-sensitive"] = True
    root["transactions"]["items"]["properties"]["items"]["items"]["properties"]["product"]["x-sensitive"] = True
    root["credit"]["properties"]["limit"]["x-sensitive"] = True
    lines = """\
credit: {limit: 4711}
opportunities:
  - {title: 秘密一, stage: proposal, amount: 5, expected_close: 2026-12-20}
  - {title: 秘密二, stage: won, amount: 5, closed: 2026-12-09}
cases: [{opened: 2026-11-01, kind: complaint, status: open, summary: x, product: 秘密三, score: 1}]
transactions: [{date: 2026-11-01, amount: 9000, rating: 1, items: [{product: 秘密四}]}]
"""
    record = {stores.path("009"): stores.record("009", "北") + lines}
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-10-01T12:00:00+08:00")
    repo.commit({"schema/customer.schema.json": json.dumps(schema), **record})
    day = ("--as-of", "2026-12-10")
    for command in (
        *(("report", name, "--format", "json", *day) for name in ("cases", "satisfaction", "receivables", "weekly")),
        ("report", "weekly", *day),
        ("review", "--weekly", *day),
        ("stats", "--by", "product", "--measure", "customers,revenue,cases_opened", *day),
    ):
        result = program(*command)
        assert (command, result.code, result.err) == (command, 0, "")
        assert (command, re.findall("秘密.|4711", result.out)) == (command, [])


def test_columns_of_pages_have_classes_for_narrow_screens_and_print() -> None:
    heads = (
        *(Head("id", "ID", fixed=True), Head("name", "Customer"), Head("owner", "Owner"), Head("note", "Note")),
        *(Head("dates", "Expected"), Head("sum", "Amount", right=True)),
    )
    texts = ("C1", "上海示例电子", "李雷", "waits for the budget", "2026-11-30 → 2027-02-25", "¥4,342 (+¥783)")
    part = view.Part("p", "P", True, "", (), heads, [tuple(map(Cell, texts))], (), (), False)
    assert re.findall("<t[hd][ >].*?</t[hd]>", figure_table.as_html(part)) == [
        '<th scope="col" class="short id">ID</th>',
        '<th scope="col" class="short">Customer</th>',
        '<th scope="col" class="short">Owner</th>',
        '<th scope="col">Note</th>',
        '<th scope="col" class="short">Expected</th>',
        '<th scope="col" class="number">Amount</th>',
        '<td class="short id">C1</td>',
        '<td class="short">上海示例电子</td>',
        '<td class="short">李雷</td>',
        "<td>waits for the budget</td>",
        '<td class="short">2026-11-30 → 2027-02-25</td>',
        '<td class="number"><span>¥4,342</span> <span>(+¥783)</span></td>',
    ]


def test_titles_of_sheets_end_with_a_word() -> None:
    taken: set[str] = set()
    titles = [
        workbook.sheet_title(label, taken) for label in ["Revenue and payments by month of the year"] * 2 + ["A/B"]
    ]
    assert titles == ["Revenue and payments by month", "Revenue and payments by~2", "A_B"]
