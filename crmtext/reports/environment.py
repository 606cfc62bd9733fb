"""The only place that imports Jinja: two environments that escape every value from a record by default."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crmtext.figures.tables_text import grid_as_markdown
from crmtext.i18n import _, plural
from crmtext.reports.figure_table import as_html
from crmtext.reports.site import SUFFIXES, Site
from crmtext.templating.team_templates import STYLE
from crmtext.wording import markdown, numbers
from crmtext.wording.links import stem
from crmtext.wording.sections import table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    #: Takes a cost from what templates have left.
    Spend = Callable[[int], None]
    Functions = Mapping[str, Callable[..., Any]]

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Inline:
    """A script or style sheet within the page, and the hash that allows it."""

    text: str
    hash: str


def inline(text: str) -> Inline:
    """Return the inline element of a text."""
    text = text.strip()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inline(Markup(text), f"sha256-{digest}")  # noqa: S704 - a file of ours, or proven to hold no mark-up


def data_block(data: object) -> str:
    """Return JSON for a `<script type="application/json">` that cannot end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - made safe above


class Pages:
    """The templates of one format, prepared for one site.

    A store's own templates run in a sandbox; if only some templates are `used`, then only with one of those. More
    functions for templates are made from one that charges for their work.
    """

    def __init__(
        self, form: str, site: Site, used: Collection[str] = (), functions: Callable[[Spend], Functions] | None = None
    ) -> None:
        self._suffix = SUFFIXES[form]
        self._site = site
        self._own = any(not used or name.partition(".")[0] in used for name in site.templates)
        self._functions = functions
        self._script = inline(_shipped("app.js")) if form == "html" else None
        filters: dict[str, Callable[..., Any]] = {"ago": numbers.ago, "json": data_block, "table": table}
        filters |= {"figures": _safe(_html if form == "html" else _figures), "code": _safe(markdown.code)}
        filters |= {"said": _safe(markdown.values), "outline": _safe(markdown.outline), "headed": markdown.headed}
        filters["until"] = partial(numbers.until, today=site.today)
        self._environment = (self._sandbox if self._own else self._plain)(form, filters)

    def page(self, name: str, view: Mapping[str, object]) -> str:
        """Return the text of a page: the named template with the site and the view's variables."""
        template = f"{name}.{self._suffix}.j2"
        if not self._own:
            return self._environment.get_template(template).render(site=self._site, **view)
        from crmtext.templating import guard

        return guard.page(
            self._environment, template, {"site": self._site, **view}, self._script.hash if self._script else ""
        )

    def _plain(self, form: str, filters: Mapping[str, Callable[..., Any]]) -> Environment:
        # A sandbox checks every attribute access and takes twice as long; our own templates need none.
        environment = Environment(loader=FileSystemLoader(TEMPLATES), **_manners(form))  # noqa: S701 - among the manners
        environment.globals.update(self._globals(form, lambda _cost: None))
        environment.filters.update(filters)
        return environment

    def _sandbox(self, form: str, filters: Mapping[str, Callable[..., Any]]) -> Environment:
        from crmtext.templating.sandbox import Sandbox, loader

        manners = _manners(form)
        sandbox = Sandbox(
            customers=len(self._site.customers),
            write=manners.pop("finalize"),
            loader=loader(TEMPLATES, self._site.templates),
            **manners,
        )
        sandbox.allow(self._globals(form, sandbox.budget.spend), filters)
        return sandbox

    def _globals(self, form: str, spend: Spend) -> dict[str, Any]:
        variables: dict[str, Any] = {"_": _, "plural": plural, "suffix": self._suffix, "stem": stem}
        if self._functions:
            variables.update(self._functions(spend))
        if form == "html":
            own = self._site.templates.get(STYLE, "")
            variables.update(style=inline(_shipped(STYLE) + own), script=self._script)
        return variables


def _html(part: Any, linked: bool = False) -> str:
    """A table or list of a named report as HTML."""
    return as_html(part, linked=linked)


def _figures(part: Any, linked: bool = False) -> str:
    """A table or list of a named report as Markdown."""
    return grid_as_markdown(part, (lambda id_: f"customers/{quote(stem(id_))}.md") if linked else None)


def _shipped(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _safe(maker: Callable[..., str]) -> Callable[..., str]:
    """Return the function with its Markdown marked as safe, so that it is not escaped again."""
    return lambda *given: Markup(maker(*given))  # noqa: S704 - it escapes what it is given


def _manners(form: str) -> dict[str, Any]:
    return {
        # Always on: by file name, Jinja would see `.j2` and not escape.
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
        "finalize": _markdown if form == "markdown" else None,
    }


def _markdown(value: object) -> object:
    """Return a value escaped for Markdown; the result of a macro is escaped already."""
    if type(value) is Markup:
        return value
    return Markup(markdown.escape(str(value)))  # noqa: S704 - just escaped
