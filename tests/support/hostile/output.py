"""What valid records put into pages, tables and terminals: marks of HTML, Markdown, CSV and of forges."""

from __future__ import annotations

from hostile.case import BAD, HEAD, Case, holding

_HTML = ("report", "--format", "html", "-o", "out")
_MARKDOWN = ("report", "--format", "markdown", "-o", "out")


def _named(name: str) -> str:
    return HEAD.replace("上海示例电子有限公司", f'"{name}"')


def _case(about: str, name: str, arguments: tuple[str, ...], *never: str, notes: str = "") -> Case:
    text = _named(name) + (f"notes: {notes}\n" if notes else "")
    reads = "out/**/*.*" if arguments[0] == "report" else ""
    return Case(about, holding(BAD, text), code=0, arguments=arguments, never=never, reads=reads)


_SCRIPT = "<script>alert(1)</script>"
_IMAGE = "<img src=x onerror=alert(1)>"
CASES = (
    _case("a script in a name", _SCRIPT, _HTML, _SCRIPT),
    _case("a script in a note", "甲", _HTML, _SCRIPT, notes=f'"{_SCRIPT}"'),
    _case("a picture in a name", _IMAGE, _HTML, _IMAGE),
    _case("an end of the data", "</script><script>alert(1)//", _HTML, "</script><script>alert"),
    _case("a comment that opens", "<!--<script>", _HTML, "<!--<script>"),
    _case("a quote that closes", "' onmouseover='alert(1)", _HTML, "=' onmouseover='"),
    _case("an attribute that closes", '\\" onmouseover=\\"alert(1)', _HTML, '" onmouseover="'),
    _case("a template in a name", "{{ 7 * 7 }}{% raw %}", _HTML, "\n49"),
    _case("a link that runs, in a note", "甲", _HTML, 'href="javascript:', notes='"javascript:alert(1)"'),
    _case("a page of a page", "</title></head><body>", _HTML, "</title></head><body><"),
    _case("html in markdown", _SCRIPT, _MARKDOWN, _SCRIPT),
    _case("a picture in markdown", "![x](https://example.com/x.png)", _MARKDOWN, "![x](https"),
    _case("a link in markdown", "[x](javascript:alert(1))", _MARKDOWN, "[x](javascript"),
    _case("a cell that ends", "a | b | **c**", _MARKDOWN, "a | b | **c**"),
    _case("a heading in a note", "甲", _MARKDOWN, "\n# forged", notes='"x\\n# forged\\n"'),
    _case("a formula for csv", "=cmd|'/c calc'!A0", ("list", "--format", "csv"), ",=cmd", "\n=cmd", '"=cmd'),
    _case("a formula with a plus", "+1+cmd", ("list", "--format", "csv"), ",+1+cmd", '"+1+cmd'),
    _case("a formula with an at", "@SUM(A1)", ("list", "--format", "csv"), ",@SUM", '"@SUM'),
    _case("a formula with a minus", "-2+3+cmd", ("list", "--format", "csv"), ",-2+3", '"-2+3'),
    _case("a line of a forge", "::error::forged", ("check", "--format", "github"), "\n::error::forged"),
    _case("markup of the terminal", "[red]x[/red][link=http://x]y[/link]", ("show", "C20240501AAAA"), "\x1b]8"),
    _case("markup of the terminal, in a list", "[bold]x[/nothing]", ("list",)),
)
