"""Text from records escaped for Markdown, and parts of a record as Markdown lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from crmtext.i18n import _
from crmtext.values import lazy
from crmtext.wording.sections import Cell, Entry, Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS = lazy.pattern(r"([\\`*_\[\]|~$#])")
# Fast path: most values match, and a page has hundreds of them.
_PLAIN = lazy.pattern(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff ,，。、：()（）/·-]*")
_LINE_BREAK = lazy.pattern(r"\r\n?|[\n\u2028\u2029]")
_LEADING = lazy.pattern(r"^(\s*)([-+=])")
_LEADING_NUMBER = lazy.pattern(r"^(\s*\d+)([.)])")
# Forges look for mentions in the rendered text, where a backslash is gone: only a character between the sign and the
# word breaks them. E-mail addresses stay whole.
_MENTION = lazy.pattern(r"(?<![A-Za-z0-9._%+-])([@!]|\\#)(?=\w)")
# An ampersand stays as it is, as in `A & B`, unless Markdown would read it as a character: `&lt;`.
_CHARACTER = lazy.pattern(r"&(?=#?[A-Za-z0-9]+;)")
_SCHEME = lazy.pattern(r":(?=//)")
_WWW = lazy.pattern(r"\b(www)\.", re.IGNORECASE)


def escape(text: str) -> str:
    """Return the text so that Markdown shows it unchanged on one line: no mark-up, link or mention."""
    if _PLAIN.fullmatch(text) and "www" not in text:
        return text
    text = _CHARACTER.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKS.sub(r"\\\1", text)
    text = _LEADING.sub(r"\1\\\2", text)
    text = _LEADING_NUMBER.sub(r"\1\\\2", text)
    text = _MENTION.sub(r"\1&#8288;", text)
    text = _SCHEME.sub("&#58;", text)
    text = _WWW.sub(r"\1&#46;", text)
    return _LINE_BREAK.sub("<br>", text.rstrip("\r\n"))


def code(text: str) -> str:
    """Return a text, such as a command, as code on one line."""
    line = " ".join(text.split())
    # The marks around it are longer than any in it.
    marks = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    return f"{marks} {line} {marks}" if "`" in line else f"`{line}`"


def headed(label: str) -> str:
    """Return a label with its colon."""
    return _("{heading}:").format(heading=label)


def values(cells: Iterable[Cell]) -> str:
    """Return values side by side; one that names a customer links to its page."""
    return _(", ").join(_value(cell) for cell in cells)


def outline(parts: Iterable[Entry | Group], indent: str = "") -> str:
    """Return entries, or the maps in one, as nested lists with a line each."""
    return "".join(f"{line}\n" for line in _lines(tuple(parts), indent))


def _lines(parts: tuple[Entry | Group, ...], indent: str) -> Iterator[str]:
    for number, part in enumerate(parts, start=1):
        if isinstance(part, Entry):
            label = escape(part.label)
            # The lines below have their own colons.
            yield f"{indent}- **{headed(label)}** {values(part.cells)}" if part.cells else f"{indent}- **{label}**"
            yield from _lines(part.groups, indent + "  ")
        elif not part.title and len(parts) == 1:
            yield from _lines(part.entries, indent)
        else:
            yield f"{indent}- {escape(part.title) if part.title else f'{number}.'}"
            yield from _lines(part.entries, indent + "  ")


def _value(cell: Cell) -> str:
    text = escape(cell.text)
    return f"[{text}]({quote(cell.href)}.md)" if cell.tone == "customer" else text
