"""HTML of notes as plain text: paragraphs and lists stay, scripts and styles go."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from crmtext.values import lazy

_TAG = lazy.pattern(
    r"</?(?:p|br|div|span|ul|ol|li|b|i|u|s|strong|em|a|table|tbody|thead|tr|td|th|h[1-6]|html|head|body|script|style|img"
    r"|font|blockquote|hr|pre|code|label|section|o:p)(?:\s[^<>]*)?/?>|<!--|<!DOCTYPE",
    re.IGNORECASE,
)
_ENTITY = lazy.pattern(r"&(?:nbsp|amp|lt|gt|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_BLOCKS = frozenset({
    "p", "div", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "hr",
})  # fmt: skip
_SKIPPED = frozenset({"script", "style", "head", "title"})


class _Reader(HTMLParser):
    """Collects the text of a document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's name
        """Start a line for a block or an item of a list."""
        if tag in _SKIPPED:
            self._skipped += 1
        elif tag == "br" or tag in _BLOCKS:
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End the line of a block."""
        if tag in _SKIPPED:
            self._skipped = max(self._skipped - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Take the text between tags; a line break in it is a blank."""
        if not self._skipped:
            self.parts.append(re.sub(r"\s+", " ", data))


def is_html(text: str) -> bool:
    """Whether a text has tags or entities of HTML."""
    return ("<" in text and _TAG.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def to_text(text: str) -> str:
    """Return the text of HTML, one line for each paragraph and item of a list."""
    if not _TAG.search(text):
        return html.unescape(text).replace("\xa0", " ").strip()
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for line in lines if line and line != "-")
