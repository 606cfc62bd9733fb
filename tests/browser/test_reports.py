"""The pages as a user sees them, in a real browser."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING
from unicodedata import category, name
from urllib.parse import parse_qs, urlsplit

import figure_tables
import parts
import pytest
from named_reports import context, store
from report_site import HOSTILE, SHANGHAI, site

from crmtext.i18n import speaking
from crmtext.reports import Site, named_pages, render
from crmtext.reports.named import NAMED
from crmtext.values.folding import searchable, simplified_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Reports that have a funnel, columns and bars; a heat map; and lines.
EXAMINED = ("pipeline", "classification", "workload")
LOST = "id: C20240503BBBB\nname: 阿里 long GmbH\ntype: company\nstatus: lost\nowner: liuyang\ntags: [冷链]\n"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    # Left behind by the driver's event loop, not by a page.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path, SHANGHAI, HOSTILE, LOST)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may say nothing on its console and ask for nothing but files."""
    opened = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    assert said == []
    assert [url for url in asked if not url.startswith("file:")] == []
    opened.close()


def written(folder: Path, *records: str, lang: str = "en") -> Path:
    for path, text in render(site(*records, lang=lang), formats=["html"]):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def many(count: int) -> list[str]:
    owners = ("lilei", "liuyang")
    return [
        f"{{id: C2024{n:08}, name: 客户{n}号, type: company, status: lead, owner: {owners[n % 2]}}}"
        for n in range(count)
    ]


def names(page: Page) -> list[str]:
    return page.locator("#rows tr:not([hidden]) .name a").all_inner_texts()


def kept(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).fragment)


def wider_than_the_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_rows_drawn_by_the_script_equal_those_in_the_page(browser: Browser, folder: Path, page: Page) -> None:
    still = browser.new_context(java_script_enabled=False).new_page()
    still.goto((folder / "index.html").as_uri())
    page.goto((folder / "index.html").as_uri())
    drawn = page.locator("#rows tr").evaluate_all("all => all.map(row => row.outerHTML)")
    assert len(drawn) == 3
    assert [row for row in drawn if row not in still.content()] == []


def test_without_a_script_the_rows_are_there_and_a_note(browser: Browser, folder: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((folder / "index.html").as_uri())
    assert len(names(page)) == 3
    assert page.locator("noscript p").is_visible()
    assert page.locator("#tools").is_hidden()


SEARCHES = [
    ("上海", ["上海示例电子有限公司"]),
    ("示例 张三", ["上海示例电子有限公司"]),
    ("13800138000", ["上海示例电子有限公司"]),
    ("LONG ｇｍｂｈ", ["阿里 long GmbH"]),
    ("冷链", ["阿里 long GmbH"]),
    ("李雷", ["上海示例电子有限公司", "<script>alert(1)</script>"]),
    ("zhangsan", ["上海示例电子有限公司"]),
    ("shsldz", ["上海示例电子有限公司"]),
    ("電子", ["上海示例电子有限公司"]),
    ("021 5555-0180", ["上海示例电子有限公司"]),
    ("+86 138 0013 8000", ["上海示例电子有限公司"]),
    ("8000", ["上海示例电子有限公司"]),
    ("second", ["上海示例电子有限公司"]),
    ("evil.example", ["<script>alert(1)</script>"]),
    ("lead lilei", ["<script>alert(1)</script>"]),
    ("nobody", []),
]


def test_search_reads_names_sounds_phones_and_texts_in_any_form(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    shown = {}
    for typed, _wanted in SEARCHES:
        page.locator("#query").fill(typed)
        shown[typed] = names(page)
        assert page.locator("#shown").inner_text() == f"{len(shown[typed])} of 3 customers"
        assert page.locator("#overview").is_hidden()
    assert shown == dict(SEARCHES)


FOLDED = (
    "Ｍüller Straße ÅÖ",
    "上海 示例  电子",
    "乾隆·電子「測試」",
    "ﬁ ½ ㎏ ẞ İ ı ŉ ſ",
    "a\u0308b\u030a É",
    "\tx\u00a0y\x1fz ",
)


def test_the_page_folds_what_is_typed_as_the_command_does(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    pairs = "".join(one + other for one, other in simplified_pairs().items())
    signs = [chr(code) for code in (*range(1, 0xD800), *range(0xE000, 0x11000), *range(0x20000, 0x20100))]
    # Browser and program may know different versions of Unicode, and Cherokee has its lower case elsewhere.
    known = [sign for sign in signs if category(sign) != "Cn" and not name(sign, "").startswith("CHEROKEE")]
    texts = [*FOLDED, *(f"a{sign}a" for sign in known)]
    made = page.evaluate(
        "([pairs, texts], fold = folding(pairs)) => texts.map((text) => [false, true].map((wide) => fold(text, wide)))",
        [pairs, texts],
    )
    wanted = [[searchable([text])[0], searchable([text], wide=True)[0]] for text in texts]
    assert [pair for pair in zip(texts, made, wanted, strict=True) if pair[1] != pair[2]] == []


def test_filters_and_order_are_kept_in_the_address(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    page.locator("#owner").select_option("lilei")
    page.locator("#table th[data-key=name] button").click()
    page.locator("#table th[data-key=name] button").click()
    shown = names(page)
    assert shown == ["上海示例电子有限公司", "<script>alert(1)</script>"]
    assert kept(page) == {"owner": ["lilei"], "sort": ["name"], "dir": ["desc"]}
    page.reload()
    assert names(page) == shown
    assert page.locator("#owner").input_value() == "lilei"
    assert page.locator("th[data-key=name]").get_attribute("aria-sort") == "descending"


def test_columns_sort_by_the_keyboard_and_what_is_empty_comes_last(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    for direction in ("ascending", "descending"):
        page.locator("th[data-key=due] button").focus()
        page.keyboard.press("Enter")
        assert page.locator("th[data-key=due]").get_attribute("aria-sort") == direction
        assert names(page)[0] == "上海示例电子有限公司"


def test_chinese_names_sort_by_their_sound_and_numbers_by_their_size(tmp_path: Path, page: Page) -> None:
    wanted = ["2号", "10号", "阿里", "北京", "上海"]
    records = [
        f"{{id: C20240501{n:04}, name: {name}, type: company, status: lead, owner: lilei}}"
        for n, name in enumerate(sorted(wanted))
    ]
    page.goto((written(tmp_path, *records) / "index.html").as_uri())
    page.locator("th[data-key=name] button").click()
    assert names(page) == wanted


def test_a_tile_has_the_number_of_its_list_and_a_status_shows_its_customers(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    numbers = {key: page.locator(f"#{key} .count").inner_text() for key in ("overdue", "today", "coming", "cases")}
    assert numbers == {"overdue": "1", "today": "0", "coming": "1", "cases": "0"}
    assert page.locator(".tile:not(.status) b").all_inner_texts() == [*numbers.values()]
    assert page.locator("#overdue .action").all_inner_texts() == ["send the offer"]
    page.locator(".tile.status.tone-lost").click()
    assert names(page) == ["阿里 long GmbH"]
    assert kept(page) == {"status": ["lost"]}
    page.locator("#reset").click()
    assert len(names(page)) == 3
    assert kept(page) == {}


def test_a_long_list_is_opened_in_full_with_lines_like_those_in_the_page(tmp_path: Path, page: Page) -> None:
    step = "interactions: [{{date: 2026-11-01, by: lilei, channel: phone, summary: x, next: {{action: act {0}, {1}}}}}]"
    avoid = "preferences: {do_not_contact: [phone]}"
    records = [
        f"{{id: C20240501{n:04}, name: N{n}, type: company, status: lead, owner: lilei, {avoid}, "
        + step.format(n, "due: 2026-11-02, channel: phone" if n else "due: 2025-11-02")
        + "}"
        for n in range(12)
    ]
    page.goto((written(tmp_path, *records) / "index.html").as_uri())
    lines = page.locator("#overdue li")
    assert (lines.count(), page.locator("#overdue .count").inner_text()) == (10, "12")
    shape = "all => all.map(line => line.outerHTML.replace(/\\d+/g, '0'))"
    page.locator("#overdue button").click()
    assert lines.count() == 12
    assert set(lines.evaluate_all(shape)[10:]) == {lines.evaluate_all(shape)[9]}
    assert page.locator("#overdue button").is_hidden()


def test_a_row_leads_to_the_customers_page_and_back(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    page.locator("#rows a").first.click()
    assert page.locator("h1").inner_text() == "上海示例电子有限公司"
    page.locator(".eyebrow a").click()
    assert page.url == (folder / "index.html").as_uri()


def test_nothing_hostile_runs_or_is_clickable(folder: Path, page: Page) -> None:
    page.goto((folder / "customers/C20240502AAAA.html").as_uri())
    assert page.locator("h1").inner_text() == "<script>alert(1)</script>"
    assert page.locator("main a").count() == 0
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_page_is_wider_than_its_window(browser: Browser, tmp_path: Path, lang: str) -> None:
    folder = written(tmp_path, SHANGHAI, HOSTILE, LOST.replace("阿里 long GmbH", "长" * 80 + "x" * 90), lang=lang)
    page = browser.new_page()
    wide = []
    for path in folder.rglob("*.html"):
        page.goto(path.as_uri())
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            wide += [(path.name, width)] if wider_than_the_window(page) else []
    page.close()
    assert wide == []


CONTRAST = """all => all.map(element => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pair = [light(getComputedStyle(element).color), light(getComputedStyle(document.body).backgroundColor)];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_the_page(browser: Browser, folder: Path, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for path in ("index.html", "people/lilei.html", "customers/C20240501K7QM.html"):
        page.goto((folder / path).as_uri())
        told = page.locator("h1, a, .meta, .also, .late, .soon, .chip, .tag, .count, dt, .tile b")
        assert min(told.evaluate_all(CONTRAST)) >= 4.5
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 26)"
    context.close()
    assert dark == (scheme == "dark")


def test_print_has_every_row_that_is_filtered_for(tmp_path: Path, page: Page) -> None:
    for path, text in render(site(*many(500)), ["index"], ["html"]):
        (tmp_path / path).write_text(text, "utf-8")
    page.goto((tmp_path / "index.html").as_uri() + "#owner=lilei")
    assert len(names(page)) == 200
    page.pdf()
    assert len(names(page)) == 250


def test_print_is_dark_on_white_and_has_no_tools(browser: Browser, folder: Path) -> None:
    page = browser.new_context(color_scheme="dark").new_page()
    page.emulate_media(media="print")
    page.goto((folder / "index.html").as_uri())
    shown = {name: page.locator(name).first.is_visible() for name in ("#tools", ".skip", "#table", "svg", "footer")}
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.context.close()
    assert shown == {"#tools": False, ".skip": False, "#table": True, "svg": True, "footer": True}
    assert paper == "rgb(255, 255, 255)"


def test_every_chart_says_its_figures_in_words_and_in_a_table(folder: Path, page: Page) -> None:
    for path in ("index.html", "customers/C20240501K7QM.html"):
        page.goto((folder / path).as_uri())
        for chart in page.locator("svg[role=img]").all():
            assert chart.get_attribute("aria-label")
            assert re.search(r": \d+", chart.locator("desc").first.text_content() or "")
        for chart in page.locator("figure").all():
            said = (chart.locator("desc").text_content() or "").replace(", ", " ").replace(":", "")
            cells = chart.locator("td").all_text_contents()
            # The charts of figures stand above the table that they are drawn from.
            assert cells == said.split() or (not cells and chart.locator("xpath=ancestor::section[1]//td").count())


AXE = parts.node("axe-core/axe.min.js")


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_to_object_to(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    assert AXE
    whole = (parts.ROOT / "records/华东/C202303158HTN-huadong-jingmi.yaml").read_text("utf-8")
    folder = written(tmp_path, whole, SHANGHAI, HOSTILE, LOST)
    # The policy of the pages would keep the examiner out as well.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    found = []
    (folder / "all.html").write_text(figure_tables.page(), "utf-8")
    for path in (
        "all.html",
        "index.html",
        "people/hanmei.html",
        "customers/C202303158HTN.html",
        "customers/C20240503BBBB.html",
    ):
        page.goto((folder / path).as_uri())
        page.evaluate(AXE.read_text("utf-8"))
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        done = page.evaluate("axe.run()")
        found += [(path, each["id"], node["html"]) for each in done["violations"] for node in each["nodes"]]
        assert len(done["passes"]) > 20
    context.close()
    assert found == []


def written_reports(folder: Path) -> list[str]:
    asked = context(store())
    snapshot = asked.snapshot
    own = Site(asked.customers, snapshot.schema, snapshot.settings, snapshot.today, "zh")
    wanted = named_pages.Wanted(tuple(NAMED), ("html",), asked, own, linked=False, to_json=str)
    names = []
    with speaking("zh"):
        for name, text in named_pages.files(wanted, []):
            (folder / name).write_text(str(text), "utf-8")
            names.append(name)
    return names


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_reports_fit_ask_for_nothing_and_pass_axe(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    assert AXE
    opened = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 900})
    page = opened.new_page()
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    wide, problems, charts = [], [], set()
    written_names = written_reports(tmp_path)
    for file in written_names:
        page.goto((tmp_path / file).as_uri())
        wide += [file] if wider_than_the_window(page) else []
        charts |= {*page.locator("figure.drawing").evaluate_all("all => all.map(one => one.className)")}
        if file.removesuffix(".html") in EXAMINED:
            page.evaluate(AXE.read_text("utf-8"))
            done = page.evaluate("axe.run()")
            problems += [(file, one["id"], node["html"]) for one in done["violations"] for node in one["nodes"]]
    opened.close()
    assert (wide, problems, messages, [url for url in requests if not url.startswith("file:")]) == ([], [], [], [])
    assert {f"drawing kind-{kind}" for kind in ("bars", "columns", "funnel", "heat", "lines", "stacked")} <= charts
    assert len(written_names) == len(NAMED)


def test_charts_of_a_named_report_need_no_script_and_fit_a_phone(browser: Browser, tmp_path: Path, page: Page) -> None:
    (tmp_path / "all.html").write_text(figure_tables.page("zh"), "utf-8")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto((tmp_path / "all.html").as_uri())
    assert not wider_than_the_window(page)
    assert page.locator(".drawing svg").count() == 7
    # What is written in a chart stays in it, and is large enough to read.
    outside = """all => all.filter(text => {
        const box = text.getBoundingClientRect(), around = text.closest("svg").getBoundingClientRect();
        return box.left < around.left - 2 || box.right > around.right + 2 || box.height < 8;
    }).map(text => text.textContent)"""
    assert page.locator(".drawing text").evaluate_all(outside) == []


def test_ten_thousand_customers_are_drawn_bit_by_bit_and_all_searched(tmp_path: Path, page: Page) -> None:
    for path, text in render(site(*many(10_000)), ["index"], ["html"]):
        (tmp_path / path).write_text(text, "utf-8")
    page.goto((tmp_path / "index.html").as_uri())
    assert len(names(page)) == 200
    page.locator("#more").click()
    assert len(names(page)) == 400
    page.locator("#query").fill("客户9999号")
    assert names(page) == ["客户9999号"]
    page.locator("#query").fill("")
    page.locator("#owner").select_option("liuyang")
    assert page.locator("#shown").inner_text() == "5000 of 10000 customers"
