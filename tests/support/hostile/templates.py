"""Templates of a received store: they reach for the machine, never end, or make pages that call home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostile.case import Case, Lay, holding, put
from hostile.places import SECRET, linked, piped, sparse

if TYPE_CHECKING:
    from pathlib import Path

_PAGE = "templates/index.html.j2"
_REPORT = ("report", "index", "--format", "html", "-o", "out")


def template(text: str | bytes) -> Lay:
    """The store's own index page."""
    return holding(_PAGE, text)


def _refused(name: str, lay: Lay, *says: str) -> Case:
    return Case(f"template: {name}", lay, code=3, arguments=_REPORT, says=("[template]", *says), absent="ran")


def _elsewhere(folder: Path) -> None:
    put(folder / "../elsewhere/index.html.j2", SECRET.encode())
    (folder / "templates").symlink_to("../elsewhere")


_OS = "cycler.__init__.__globals__.os.popen('touch ran').read()"
REACHING = {
    "a class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "a class by item": "{{ ''['__class__'] }}",
    "a class by filter": "{{ ''|attr('__class__') }}",
    "a class in a format": "{{ '{0.__class__.__init__.__globals__}'.format(site) }}",
    "the machine": "{{ " + _OS + " }}",
    "the machine by a macro": "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "the loader": "{{ self._TemplateReference__context.environment }}",
    "another file": "{% include '/etc/passwd' %}",
    "a file above": "{% include '../../elsewhere/secret' %}",
    "an import": "{% import 'os' as os %}{{ os.system('touch ran') }}",
    "python": "{% python %}open('ran', 'w'){% endpython %}",
    "raw data": "{% autoescape false %}{{ site.name }}{% endautoescape %}",
    "half a statement": "{% for x in site.customers %}",
}
ENDLESS = {
    "a range": "{% for x in range(10 ** 9) %}x{% endfor %}",
    "a range of numbers": "{{ range(1000000000)|list }}",
    "loops in loops": "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "text without end": "{{ 'a' * 10000000000 }}",
    "powers": "{{ 9 ** 9 ** 9 ** 9 }}",
    "a width": "{{ '%9999999999d' % 1 }}",
    "a macro of itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "two macros of each other": "{% macro m(n) %}{{ k(n) }}{{ k(n) }}{% endmacro %}"
    "{% macro k(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    "itself": "{% include 'index.html.j2' %}",
    "its own parent": "{% extends 'index.html.j2' %}",
    "brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "doubling": "{% set ns = namespace(a='aaaaaaaa') %}{% for x in range(60) %}"
    "{% set ns.a = ns.a + ns.a %}{% endfor %}{{ ns.a }}",
}
CALLING = {
    "a reload": '<meta http-equiv="refresh" content="0;url=https://example.com">',
    "a base": '<base href="https://example.com/">',
    "a hint": '<link rel="preconnect" href="https://example.com">',
}
CASES = (
    *(_refused(name, template(text)) for name, text in {**REACHING, **ENDLESS, **CALLING}.items()),
    _refused("bytes that are no text", template(b"\xff\xfe\x00")),
    _refused("300 kib", template("x" * 300_000)),
    _refused("three gib", sparse(_PAGE, 3 << 30)),
    _refused("a link", linked(_PAGE, "../../elsewhere/secret")),
    _refused("a pipe", piped(_PAGE)),
    _refused("a folder that is a link", _elsewhere),
    _refused("a style that ends itself", holding("templates/style.css", "</style><script>alert(1)</script>")),
    _refused("what no page is given", template("{{ config }}{{ request }}")),
)
