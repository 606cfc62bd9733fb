"""A comparison as Markdown: the comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.diff.notable import notable
from crmtext.diff.text import count_line, headline, lines, unreadable_line, value, words
from crmtext.i18n import _, plural
from crmtext.values import lazy
from crmtext.wording.labels import labelled, person
from crmtext.wording.markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.diff.customers import Comparison, Difference
    from crmtext.diff.words import ChangeText, Words

_MOST_NOTES = 20
#: Further customers are folded.
_OPEN = 8
#: GitHub allows 65,536 characters; the rest is for the text around the comment.
_MOST = 60_000
#: Text that forges turn into links even without mark-up: mentions, issues, commits.
_LINKS = lazy.pattern(r"@(?!&#8288;)|\bGH-(?=\d)|\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{6}(?=[0-9a-f]{1,58}\b)")
_MARKS = {"added": "➕", "removed": "➖"}


def markdown(comparison: Comparison) -> str:
    """Return the comparison: a count line, what is worth a look, then each customer."""
    say = words(comparison)
    head = [f"### {count_line(comparison)}", ""]
    if line := unreadable_line(comparison):
        head += [f"⚠️ {plain(line)}", ""]
    if notes := notable(comparison, say):
        rows = [f"- {_('{name}: {what}').format(name=plain(name), what=plain(what))}" for name, what in notes]
        more = [f"- … {len(rows) - _MOST_NOTES}"] if len(rows) > _MOST_NOTES else []
        head += [f"**{_('Worth a look')}**", "", *rows[:_MOST_NOTES], *more, ""]
    parts = ["\n".join(_customer(difference, say)) for difference in comparison.differences]
    above = "\n".join(head) + "\n"
    return above + _fitted(parts, _MOST - len(above)) if parts else above


def plain(text: str) -> str:
    """Return text from a record that Markdown shows as it is: no mark-up, mention or link."""
    return _LINKS.sub(lambda match: f"{match[0]}&#8288;", escape(text))


def _fitted(parts: list[str], room: int) -> str:
    """Return as many customers as there is room for, the later ones folded."""
    taken: list[str] = []
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            break
        taken.append(part)
    left = len(parts) - len(taken)
    text = "\n\n".join(taken[:_OPEN])
    if folded := taken[_OPEN:]:
        more_folded = plural("{n} more customer", "{n} more customers", len(folded))
        text += f"\n\n<details><summary>{more_folded}</summary>\n\n" + "\n\n".join(folded) + "\n\n</details>"
    if left:
        more = plural("{n} more customer not shown", "{n} more customers not shown", left)
        text += f"\n\n_{more}: crmtext diff_"
    return text.strip("\n") + "\n" if text else ""


def _customer(difference: Difference, say: Words) -> Iterator[str]:
    owner = person(say.settings, str(difference.data.get("owner", "")))
    title = [f"**{plain(difference.name)}**", plain(difference.id), plain(owner), headline(difference)]
    yield "#### " + " · ".join(filter(None, title))
    if difference.old_path:
        yield "\n" + _("moved: {old} → {new}").format(old=plain(difference.old_path), new=plain(difference.path))
    changes = tuple(lines(difference, say))
    if rows := [change for change in changes if change.kind == "changed"]:
        yield from ("", f"| | {_('before')} | {_('after')} |", "|---|---|---|")
        yield from (_row(change) for change in rows)
    if others := [change for change in changes if change.kind != "changed"]:
        yield ""
        for change in others:
            yield from _entry(change)


def _row(change: ChangeText) -> str:
    if change.secret:
        return f"| {plain(change.label)} | | {value(change)} |"
    return f"| {plain(change.label)} | {plain(change.before)} | **{plain(change.after)}** |"


def _entry(change: ChangeText) -> Iterator[str]:
    shown = plain(value(change))
    struck = f"~~{shown}~~" if change.kind == "removed" else shown
    yield f"- {_MARKS.get(change.kind, '↕')} **{plain(change.label)}** {struck}"
    if change.below and change.kind == "added":
        yield "  <br>" + " · ".join(labelled(plain(label), plain(text)) for label, text in change.below)
