"""A store's own templates take the place of ours, and can do no harm."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from report_site import HOSTILE, SHANGHAI, site

from crmtext.problem import CrmError, Exit, Place
from crmtext.reports import render
from crmtext.reports.environment import TEMPLATES
from crmtext.templating import team_templates

if TYPE_CHECKING:
    from pathlib import Path

MARKDOWN = "customer.md.j2"
HTML = "customer.html.j2"


def pages(name: str, template: str, *records: str, **more: str) -> dict[str, str]:
    site_ = replace(site(*(records or (SHANGHAI,))), templates={name: template, **more})
    form = "markdown" if name.endswith(".md.j2") else "html"
    return dict(render(site_, ["customers" if "customer" in name else "index"], [form]))


def page(name: str, template: str, *records: str, **more: str) -> str:
    return next(iter(pages(name, template, *records, **more).values()))


def refused(name: str, template: str) -> tuple[str, Place, Exit]:
    with pytest.raises(CrmError) as caught:
        pages(name, template)
    error = caught.value
    assert (error.problem.rule, error.exit_code) == ("template", Exit.CANNOT)
    return error.problem.message.removeprefix("invalid template: "), error.problem.place, error.exit_code


def test_a_template_takes_the_place_of_ours() -> None:
    template = (
        "# {{ card.customer.name }}\n{% for step in card.steps %}{{ loop.index }}. {{ step.action }}\n{% endfor %}"
    )
    assert page(MARKDOWN, template) == "# 上海示例电子有限公司\n1. send the offer\n2. call\n3. sent\n"


def test_a_template_may_add_to_ours() -> None:
    template = '{% extends "crmtext/customer.html.j2" %}{% block title %}ACME {{ super() }}{% endblock %}'
    assert "<title>ACME 上海示例电子有限公司</title>" in page(HTML, template)


def test_a_part_is_replaced_in_all_pages() -> None:
    html = page("base.html.j2", "<title>{% block title %}{% endblock %}</title>{% block body %}{% endblock %}")
    assert re.search(r"\n<title>Store · 2026-11-20</title>\n*<header", html)


def test_our_own_templates_give_the_same_pages_in_the_sandbox() -> None:
    own = {file.name: file.read_text("utf-8") for file in TEMPLATES.glob("*.j2")}
    for record in (SHANGHAI, HOSTILE):
        plain = dict(render(site(record)))
        fenced = dict(render(replace(site(record), templates=own)))
        assert {path: text.partition("\n")[2] if ".html" in path else text for path, text in fenced.items()} == plain


def test_a_style_sheet_comes_after_ours_and_the_page_allows_it() -> None:
    html = page("style.css", "h1 { color: #0a0 }")
    assert re.search(r"h1 \{ color: #0a0 \}</style>", html)


def test_values_are_escaped_in_every_format() -> None:
    assert "<script>alert" not in page(HTML, "{{ card.customer.name }}", HOSTILE)
    assert page(MARKDOWN, "{{ card.customer.data.tags[1] }}", HOSTILE) == r"a \| b"


@pytest.mark.parametrize(
    ("template", "made"),
    [
        (
            "{% set n = namespace(a=[]) %}{% for x in card.steps %}{% set n.a = n.a+[x] %}{% endfor %}{{ n.a|count }}",
            "3",
        ),
        ("{% set steps, people = card.steps, card.people %}{{ steps|length }} {{ people|length }}", "3 1"),
        ('{% set parts = {"steps": card.steps} %}{{ parts.steps|length }}', "3"),
        ("{% for one in [card] %}{{ one.customer.id }}{% endfor %}", "C20240501K7QM"),
        ("{{ card.customer.name[:2] }} {{ (card.steps|list)[1:]|length }} {{ 'abc'[::-1][0] }}", "上海 2 c"),
        ('{{ "海" in card.customer.name }} {{ 1 < 2 <= 2 }} {{ "x" not in ["x"] }}', "True True False"),
        ("{{ 3 is in [1, 3] }} {{ 'a' is lower }} {{ [1, 2, 3]|select('gt', 1)|list|length }}", "True True 2"),
        ("{{ (site.today - site.today).days }} {{ 7 // 2 - 1 }} {{ 7 / 2 }} {{ 2.345|round(2) }}", r"0 2 3\.5 2\.35"),
        ("{{ ' a,b '.strip().split(',')|join('+') }} {{ [3, 1, 2]|sort|join }} {{ [1, 2]|sum }}", "a+b 123 3"),
        ('{{ "{a} and {b}".format(a=1, b="x") }} {{ plural("{n} day", "{n} days", 2) }}', "1 and x 2 days"),
        ("{{ card.steps|map(attribute='action')|first|truncate(4) }} {{ '12'|int + 1 }}", "s... 13"),
        ('{{ card.steps[0].index|default("none") }} {{ card.steps[0].count is defined }}', "none False"),
    ],
)  # fmt: skip
def test_a_template_may_put_things_together(template: str, made: str) -> None:
    assert page(MARKDOWN, template) == made


def test_what_a_template_needs_is_there() -> None:
    template = """\
{% set ns = namespace(total=0) %}
{% for one in card.customer.data.opportunities if one.stage != "lost" %}
{% set ns.total = ns.total + one.amount %}
{{ "%s" ~ loop.index }}: {{ one.title|upper }} {{ one.currency|lower|default("-") }}
{% endfor %}
{{ ns.total }} {{ _("due {date}").format(date=site.today) }} {{ plural("{n} day ago", "{n} days ago", 2) }}
{{ card.tags|join(", ") }}{{ card.steps|map(attribute="action")|sort|join("; ") }}
{{ site.today.strftime("%Y") }} {{ site.customers|length }} {{ range(3)|sum }} {{ {"a": 1}.get("a") }}
"""
    assert page(MARKDOWN, template).splitlines() == [
        "%s1: 一期 cny",
        "%s2: PHASE TWO eur",
        r"219600\.5 due 2026-11-20 2 days ago",
        "call; send the offer; sent",
        "2026 1 3 1",
    ]


REACHING = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ site|attr('__class__') }}",
    "{{ [site]|map(attribute='__class__')|list|join }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(site) }}",
    "{{ '{a[0]}'.format(a=[1]) }}",
    "{{ ('{' ~ '0.settings}').format(site) }}",
    "{{ plural('{n.__class__}', '{n.__class__}', site) }}",
    "{{ plural('{n.real}', '{n.real}', 1) }}",
    "{{ _.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum() }}",
    "{{ site.schema.read(b'') }}",
    "{{ card.customer.document.problem('x', 'y') }}",
    "{{ style.text.replace('a', 'b') }}",
    "{{ site }}",
    "{{ card.customer.data }}",
    "{% set site.today = 1 %}",
    "{% autoescape false %}{{ card.customer.name }}{% endautoescape %}",
    "{{ card.customer.name|safe }}",
    "{{ namespace.__init__ }}",
]
#: A text of 655,360 characters.
LONG = "{% set n = namespace(x='aaaaaaaaaa') %}{% for i in range(16) %}{% set n.x = n.x + n.x %}{% endfor %}"
ENDLESS = [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{{ range(99999)|sum }}{% endfor %}",
    "{% for a in range(99999) %}" + "x" * 9999 + "{% endfor %}",
    "{% for a in range(9) recursive %}{{ loop(range(99999)) }}{% endfor %}",
    "{{ range(99999999) }}",
    "{{ 'x' * 999999999 }}",
    "{{ [1] * 999999999 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 'x'|center(999999999) }}",
    "{{ 'x'.ljust(999999999) }}",
    "{{ 'x'|indent(999999999) }}",
    "{{ ['x']|batch(999999999) }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}{{ " + "m(" * 40 + "'xxxx'" + ")" * 40 + " }}",
    "{% set x = 'xxxxxxxx' %}" + "{% set x = x ~ x %}" * 40 + "{{ x|length }}",
    "{% set x = 'xxxxxxxx' %}" + "{% set x = x + x %}" * 40 + "{{ x|length }}",
    "{% set x = [1] %}" + "{% set x = x + x %}" * 40,
    "{% set x = [1] %}" + "{% set x = [x, x] %}" * 40 + "{{ x == x }}",
    "{% set x = [1] %}" + "{% set x = {'a': x, 'b': x} %}" * 40 + "{{ x == x }}",
    "{% set n = namespace(x='xxxx') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% set n = namespace(x=99) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}",
    "{% set x %}xxxxxxxx{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40,
    '{% include "customer.md.j2" %}',
    '{% extends "customer.md.j2" %}',
    "{{ " + "(" * 5000 + ")" * 5000 + " }}",
    "{{ " + "-" * 50000 + "1 }}",
    "{{ [" * 5000,
    "{{ " + "9" * 99999 + " }}",
    # Each of these calls or operators makes, walks or compares more than it is written with.
    "{{ 1|round(99999999, 'ceil') }}",
    LONG + "{{ n.x|int(0, 16) }}",
    LONG + "{% for i in range(9999) %}{% set y = n.x[1:] %}{% endfor %}",
    LONG + "{% for i in range(9999) %}{% set y = n.x[::-1] %}{% endfor %}",
    LONG + "{% for i in range(9999) %}{% set y = n.x + 'x' %}{% endfor %}",
    *(
        LONG + "{% for i in range(9999) %}{% set y = n.x|" + name + " %}{% endfor %}"
        for name in (
            "title",
            "capitalize",
            "lower",
            "upper",
            "escape",
            "trim",
            "truncate(9)",
            "urlencode",
            "string",
            "list",
            "list|count",
            "sort",
            "unique|list",
            "max",
            "min",
            "json",
        )
    ),
    *(
        LONG + "{% for i in range(9999) %}{% set y = n.x." + call + " %}{% endfor %}"
        for call in (
            "upper()",
            "lower()",
            "strip()",
            "lstrip()",
            "rstrip()",
            "split()",
            "split('a')",
            "splitlines()",
            "startswith(n.x)",
            "endswith(n.x)",
        )
    ),
    *(
        LONG + "{% for i in range(9999) %}{% set y = " + asked + " %}{% endfor %}"
        for asked in (
            "n.x == n.x",
            "n.x < n.x",
            "n.x in n.x",
            "n.x not in n.x",
            "[n.x] == [n.x]",
            "n.x is eq n.x",
            "n.x is in n.x",
            "n.x is lower",
            "n.x is upper",
            "n.x ~ i",
            "_(n.x ~ i)",
            "loop.changed(n.x)",
            "stem(n.x)",
            "{n.x: 1}",
            "'x' in range(99999)",
            "[n.x]|select('eq', n.x)|list",
            "[n.x]|map('upper')|list",
            "[n.x]|join",
            "range(9)|join(n.x)",
        )
    ),
    LONG + "{{ n.x.strip('x' ~ n.x) }}",
    LONG + "{{ n.x|trim('x' ~ n.x) }}",
    LONG + "{{ site.today.strftime(n.x) }}",
    LONG + "{{ ('{a}' ~ n.x).format(a=n.x) }}{{ ('{a}' * 9).format(a=n.x) }}",
    LONG + "{% set n.f = '{a}' %}{% for i in range(15) %}{% set n.f = n.f + n.f %}{% endfor %}{{ n.f.format(a=n.x) }}",
    LONG
    + "{% set n.f = '{n}' %}{% for i in range(15) %}{% set n.f = n.f + n.f %}{% endfor %}{{ plural(n.f, n.f, 1) }}",
    LONG + "{% set n.l = [] %}{% for i in range(999) %}{% set n.l = n.l + [n.x] %}{% endfor %}{{ n.l|join }}",
    LONG + "{% set n.l = [] %}{% for i in range(999) %}{% set n.l = n.l + [n.x] %}{% endfor %}{{ n.l|json }}",
    LONG + "{% set n.l = [] %}{% for i in range(999) %}{% set n.l = n.l + [n.x.split('a')] %}{% endfor %}",
    "{% for i in range(9999) %}{{ ['" + "a" * 9999 + "', 'b']|join('" + "c" * 9999 + "') }}{% endfor %}",
    "{% set l = range(9999)|list %}{% for i in range(9999) %}{% set y = l[1:] %}{% endfor %}",
    "{% set l = range(9999)|list %}{% for i in range(9999) %}{% set y = l.count(1) %}{% endfor %}",
    "{% set l = range(9999)|list %}{% for i in range(9999) %}{% set y = loop.cycle(*l) %}{% endfor %}",
    "{% set l = [[1]] + [[2]] %}{{ l|sum(start=[]) }}",
    "{% set n = namespace(x=1, p='x' ~ '.x' * 1) %}{% set n.x = n %}{{ [n]|map(attribute='x' ~ '.x' * 99)|list }}",
    "{% for i in range(99999) %}{% include 'x' ~ i ignore missing %}{% endfor %}",
    "{% include ['a', 'b'] %}",
    "{% for i in range(99999) %}{% set y = card.sections|outline %}{% endfor %}",
    "{% for i in range(99999) %}{% set y = [" + "i," * 999 + "] %}{% endfor %}",
    "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
    "{% if 0 %}" + "{% elif 0 %}" * 9000 + "{% endif %}",
    "{{ [" + "1," * 60_000 + "] }}",
    "{{ 1" + "~1" * 60_000 + " }}",
    "{{ a" + ".b" * 50_000 + " }}",
]
OUTSIDE = [
    '{% include "../crmtext.toml" %}',
    '{% include "/etc/passwd" %}',
    '{% include "crmtext/../../card.py" %}',
    '{% import "crmtext/app.py" as x %}',
    '{% extends "crmtext/../environment.py" %}',
]


def titled(templates: list[str]) -> list[object]:
    return [pytest.param(template, id=template[:40] or "empty") for template in templates]


@pytest.mark.parametrize("template", titled([*REACHING, *OUTSIDE]))
def test_nothing_else_is_reached(template: str) -> None:
    message, place, _code = refused(MARKDOWN, template)
    assert place.path == "templates/customer.md.j2"
    assert message


@pytest.mark.parametrize("template", titled(ENDLESS))
def test_every_page_comes_to_an_end(template: str) -> None:
    refused(MARKDOWN, template)


@pytest.mark.parametrize(
    ("template", "said", "line"),
    [
        ("a\n{{ nothing() }}\n", "'nothing' is undefined", 2),
        ("{{ card.nothing() }}", "'crmtext.reports.card.Card object' has no attribute 'nothing'", 1),
        ("a\n{{ nothing }}\n", "'nothing' is undefined", 2),
        ("a\n\n{% if %}\n", "Expected an expression, got 'end of statement block'", 3),
        ("\n{{ card.nothing }}\n", "'crmtext.reports.card.Card object' has no attribute 'nothing'", 2),
        ("{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n{{ m() }}", "division by zero", 2),
    ],
)
def test_a_mistake_is_told_with_its_line(template: str, said: str, line: int) -> None:
    assert refused(MARKDOWN, template)[:2] == (said, Place("templates/customer.md.j2", line))


@pytest.mark.parametrize(
    "tag",
    [
        '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
        '<META HTTP-EQUIV=refresh CONTENT="0">',
        "<meta/http-equiv=refresh>",
        '<meta name="x" content="y" http-equiv="refresh">',
        '<link rel="dns-prefetch" href="//evil.example">',
        '<base href="http://evil.example/">',
        "<link",
    ],
)
def test_a_page_asks_for_nothing_behind_the_readers_back(tag: str) -> None:
    assert refused(HTML, f"<!doctype html><title>x</title>{tag}")[0] == f"{tag} is not allowed in a page"


def test_a_page_of_a_stores_own_template_runs_no_script_of_its_own() -> None:
    html = page(HTML, "<!doctype html><html><head><script>alert(1)</script>")
    assert html.startswith('<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="')
    policy = html.partition('content="')[2].partition('"')[0]
    closed = r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/=]+'; base-uri 'none'; form-.*"
    assert re.fullmatch(closed, policy)


def written(root: Path, **texts: str) -> Path:
    folder = root / "store" / "templates"
    folder.mkdir(parents=True)
    for name, content in texts.items():
        (folder / name.replace("__", ".")).write_text(content, "utf-8")
    return root / "store"


def test_templates_are_found_by_name_in_the_store(tmp_path: Path) -> None:
    assert team_templates.read(tmp_path) == {}
    root = written(tmp_path, index__md__j2="a", style__css="b", part__j2="c", app__js="no", README__md="no")
    assert dict(team_templates.read(root)) == {"index.md.j2": "a", "part.j2": "c", "style.css": "b"}


@pytest.mark.parametrize(
    ("name", "target"), [("index.md.j2", "../../secret"), ("index.md.j2", "../crmtext.toml"), ("index.md.j2", "gone")]
)
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, name: str, target: str) -> None:
    root = written(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (root / "crmtext.toml").write_text("")
    (root / "templates" / name).symlink_to(target)
    with pytest.raises(CrmError) as caught:
        team_templates.read(root)
    assert caught.value.problem.message == f"templates/{name} is not a file inside the store"


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = written(tmp_path, index__md__j2="x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "templates").symlink_to(elsewhere / "templates")
    with pytest.raises(CrmError) as caught:
        team_templates.read(tmp_path / "other")
    assert caught.value.problem.rule == "template"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("index.md.j2", b"\xff", "templates/index.md.j2 is not UTF-8"),
        ("index.md.j2", b"x" * 200_000, "templates/index.md.j2 is larger than 131072 bytes"),
        ("style.css", b"</STYLE><script>", "markup is not allowed in a style sheet"),
    ],
)
def test_what_is_no_template_is_told(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    root = written(tmp_path)
    (root / "templates" / name).write_bytes(content)
    with pytest.raises(CrmError) as caught:
        team_templates.read(root)
    assert (caught.value.problem.message, caught.value.problem.place) == (said, Place(f"templates/{name}"))
