"""The door to Jinja: two sandboxed environments in which whatever comes from a record is escaped unasked."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.reports import markdown, words
from crmtext.reports.sections import table
from crmtext.reports.site import SUFFIXES, Site, stem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.sandbox import SandboxedEnvironment

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Inline:
    """A script or style sheet that stands in the page, and the hash by which the page allows it."""

    text: str
    hash: str


def inline(name: str) -> Inline:
    """The inline part of that file name."""
    from markupsafe import Markup

    text = (TEMPLATES / name).read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inline(Markup(text), f"sha256-{digest}")  # noqa: S704 - a file of ours


def data_block(data: object) -> str:
    """JSON for a `<script type="application/json">`, in which nothing can end the element."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - made safe above


def environment(form: str) -> SandboxedEnvironment:
    """The environment for one of the two formats; `_` and `plural` speak the language in use."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    made = SandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        # Always on: choosing by file name would go by `.j2` and leave the pages raw.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_markdown if form == "markdown" else None,
    )
    made.globals.update(_=_, plural=plural, suffix=SUFFIXES[form], stem=stem)
    made.filters.update({"ago": words.ago, "json": data_block, "table": table})
    if form == "html":
        made.globals.update(style=inline("style.css"), script=inline("app.js"))
    return made


def page(made: SandboxedEnvironment, name: str, site: Site, view: Mapping[str, object]) -> str:
    """The text of a page: the template of that name, with the site and the view's own names."""
    made.filters["until"] = partial(words.until, today=site.today)
    return made.get_template(f"{name}.{made.globals['suffix']}.j2").render(site=site, **view)


def _markdown(value: object) -> object:
    """An expression's value as Markdown; what a macro made has been through here already."""
    from markupsafe import Markup

    return value if isinstance(value, Markup) else Markup(markdown.escape(str(value)))  # noqa: S704 - just escaped
