"""A digest as text, as Markdown for a group chat, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, bracketed, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.history.digest import Digest, Line

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
        parts.append(f"\n{bracketed(section.title, section.count)}\n")
        parts += [f"  {_line(line, str)}\n" for line in section.lines]
    return "".join(parts)


def markdown(digest: Digest) -> str:
    """Return the digest for a chat: headings and lists only, no tables."""
    # Imported late: only Markdown needs it.
    from crmtext.diff.markdown import plain

    parts = [f"### {title(digest)}\n"]
    for section in digest.sections:
        parts.append(f"\n**{plain(section.title)}** ({section.count})\n\n")
        parts += [f"- {_line(line, plain)}\n" for line in section.lines[:_MOST]]
        if (left := len(section.lines) - _MOST) > 0:
            parts.append(f"- … {left}\n")
    return "".join(parts)


def _line(line: Line, shown: Callable[[str], str]) -> str:
    if not line.id:
        return shown(line.text)
    return _("{name}: {what}").format(name=bracketed(shown(line.name), shown(line.id)), what=shown(line.text))


def document(digest: Digest) -> Mapping[str, Any]:
    """Return the digest as JSON."""
    sections = {section.key: [dict(fact) for fact in section.facts] for section in digest.sections}
    return {"since": digest.since, "until": digest.until, "customers": digest.customers, **sections}
