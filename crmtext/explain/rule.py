"""The page of a rule, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.checks.pages import Page, known, said
from crmtext.i18n import _
from crmtext.terminal import cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.schema import Schema

#: What a page is wrapped to, and where its text begins.
WIDTH, MARGIN = 80, 2


def find(schema: Schema, typed: str) -> Page | None:
    """The page of the rule with this name."""
    name = typed.strip().strip("[]").casefold()
    return next((page for page in known(schema) if page.rule == name), None)


def shown(page: Page) -> Text:
    """The page for people, and as JSON."""
    parts = {
        "rule": page.rule,
        "fact": said(page.fact),
        "why": said(page.why),
        "wrong": page.wrong,
        "right": page.right,
        "instead": said(page.instead),
    }
    return Text("\n".join(_lines(parts)) + "\n", parts)


def _lines(parts: dict[str, str]) -> Iterator[str]:
    yield parts["rule"]
    yield from indented(parts["fact"])
    for name, label in (("why", _("Why")), ("wrong", _("Wrong")), ("right", _("Right")), ("instead", _("Instead"))):
        if not parts[name]:
            continue
        yield ""
        yield label
        code = name in ("wrong", "right")
        yield from (f"    {line}" for line in parts[name].splitlines()) if code else indented(parts[name])


def indented(text: str) -> Iterator[str]:
    """A text in lines of the page's width."""
    yield from (" " * MARGIN + line for line in cells.wrap(text, WIDTH - MARGIN))
