"""The page of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.checks.pages import Page, known
from crmtext.i18n import LANGUAGES, _
from crmtext.terminal.width import display_width, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.schema import Schema

#: The width of a page, and the indentation of its text.
WIDTH, MARGIN = 80, 2


def find(schema: Schema, typed: str) -> Page | None:
    """Return the page of the rule with this name; None if there is none."""
    name = typed.strip().strip("[]").casefold()
    return next((page for page in known(schema) if page.rule == name), None)


def shown(page: Page) -> Text:
    """Return the page as text and JSON."""
    return Text("\n".join(_lines(page)) + "\n", page._asdict())


def _lines(page: Page) -> Iterator[str]:
    yield page.rule
    yield from indented(page.fact)
    for label, text, lines in (
        (_("Why"), page.why, indented),
        (_("Wrong"), page.wrong, _example),
        (_("Right"), page.right, _example),
        (_("Fix"), page.fix, indented),
    ):
        if text:
            yield from ("", label, *lines(text))


def _example(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines())


def indented(text: str) -> Iterator[str]:
    """Yield the text as indented lines of the page's width."""
    yield from (" " * MARGIN + line for line in wrap(text, WIDTH - MARGIN))


def rows(heading: str, entries: Sequence[tuple[str, Mapping[str, str], str]]) -> Iterator[str]:
    """Yield a heading and its rows: name, labels in both languages, and a remark in brackets."""
    if not entries:
        return
    yield from ("", heading)
    lines = [(name, *(labels.get(language, "") for language in LANGUAGES), f"({more})" * bool(more))
             for name, labels, more in entries]  # fmt: skip
    widths = [max(map(display_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "    " + "  ".join(map(pad, line, widths)).rstrip()
