"""A digest as text, as Markdown for a group chat, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, bracketed, plural
from crmtext.terminal.width import hanging

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.history.digest import Digest
    from crmtext.history.digest_sections import Line, Section

#: Chats cut longer messages; the remaining lines are counted.
_MOST = 25


def title(digest: Digest) -> str:
    """Return the title: the period and the number of customers."""
    count = digest.customers
    customers = plural("{n} customer changed", "{n} customers changed", count) if count else _("no changes")
    return _("{since} to {until}: {customers}").format(since=digest.since, until=digest.until, customers=customers)


def text(digest: Digest) -> str:
    """Return the digest for a terminal."""
    parts = [f"{title(digest)}\n"]
    for section in digest.sections:
        if not section.lines:
            continue
        parts.append(f"\n{_heading(bracketed(section.title, section.count), section)}\n")
        parts += [f"{hanging(_line(line, str), 2)}\n" for line in section.lines]
    return "".join(parts)


def markdown(digest: Digest) -> str:
    """Return the digest for a chat: headings and lists only, no tables."""
    # Imported late: only Markdown needs it.
    from crmtext.diff.markdown import plain

    parts = [f"### {title(digest)}\n"]
    for section in digest.sections:
        if not section.lines:
            continue
        parts.append(f"\n{_heading(f'**{plain(section.title)}** ({section.count})', section)}\n\n")
        parts += [f"- {_line(line, plain)}\n" for line in section.lines[:_MOST]]
        if (left := len(section.lines) - _MOST) > 0:
            parts.append(f"- … {left}\n")
    return "".join(parts)


def _heading(title: str, section: Section) -> str:
    return " · ".join(filter(None, (title, section.total)))


def _line(line: Line, shown: Callable[[str], str]) -> str:
    if not line.id:
        return shown(line.text)
    return _("{name}: {what}").format(name=bracketed(shown(line.name), shown(line.id)), what=shown(line.text))


def document(digest: Digest) -> Mapping[str, Any]:
    """Return the digest as JSON."""
    result = {"since": digest.since, "until": digest.until, "customers": digest.customers}
    lists: dict[str, Any] = {}
    for section in digest.sections:
        lists.setdefault(section.key, []).extend(dict(fact) for fact in section.facts)
    return {**result, **lists, "transactions": dict(digest.transactions), "steps_done": digest.steps_done}
