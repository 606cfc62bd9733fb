"""A digest as text, as Markdown that a group chat shows, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, bracketed, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.history.digest import Digest, Line

#: A chat cuts longer messages; the rest is counted.
_MOST = 25


def title(found: Digest) -> str:
    """What the digest is of."""
    count = found.customers
    said = plural("{n} customer changed", "{n} customers changed", count) if count else _("no changes")
    return _("{since} to {until}: {customers}").format(since=found.since, until=found.until, customers=said)


def text(found: Digest) -> str:
    """For a terminal."""
    parts = [f"{title(found)}\n"]
    for section in found.sections:
        parts.append(f"\n{bracketed(section.title, section.count)}\n")
        parts += [f"  {_line(each, str)}\n" for each in section.lines]
    return "".join(parts)


def markdown(found: Digest) -> str:
    """For a chat: headings and lists only, no tables."""
    # Who does not ask for Markdown does not wait for what makes pages of it.
    from crmtext.diff.markdown import plain

    parts = [f"### {title(found)}\n"]
    for section in found.sections:
        parts.append(f"\n**{plain(section.title)}** ({section.count})\n\n")
        parts += [f"- {_line(each, plain)}\n" for each in section.lines[:_MOST]]
        if (left := len(section.lines) - _MOST) > 0:
            parts.append(f"- … {left}\n")
    return "".join(parts)


def _line(line: Line, shown: Callable[[str], str]) -> str:
    if not line.id:
        return shown(line.said)
    return _("{name}: {what}").format(name=bracketed(shown(line.name), shown(line.id)), what=shown(line.said))


def document(found: Digest) -> Mapping[str, Any]:
    """As JSON."""
    sections = {section.key: [dict(each) for each in section.facts] for section in found.sections}
    return {"since": found.since, "until": found.until, "customers": found.customers, **sections}
