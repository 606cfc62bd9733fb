"""A comparison as Markdown: the comment under a pull request."""

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

#: More customers than this are folded away.
_OPEN = 8
#: GitHub takes 65,536 characters; what is around the comment needs some of them.
_MOST = 60_000
#: What forges make a link of in rendered text, though no mark-up is near: a mailbox, an issue, a commit.
_LINKS = lazy.pattern(r"@(?!&#8288;)|\bGH-(?=\d)|\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{6}(?=[0-9a-f]{1,58}\b)")
_MARKS = {"added": "➕", "removed": "➖"}


def markdown(comparison: Comparison) -> str:
    """The comparison: a count line, what deserves a look, then each customer."""
    say = words(comparison)
    head = [f"### {count_line(comparison)}", ""]
    if line := unreadable_line(comparison):
        head += [f"⚠️ {plain(line)}", ""]
    if found := notable(comparison, say):
        told = [f"- {_('{name}: {what}').format(name=plain(who), what=plain(what))}" for who, what in found]
        head += [f"**{_('Worth a look')}**", "", *told[:20], *_rest(told[20:]), ""]
    parts = ["\n".join(_customer(each, say)) for each in comparison.differences]
    above = "\n".join(head) + "\n"
    return above + _fitted(parts, _MOST - len(above)) if parts else above


def plain(text: str) -> str:
    """Text from a record that shows as it is: no mark-up, no mention and no link comes of it."""
    return _LINKS.sub(lambda found: f"{found[0]}&#8288;", escape(text))


def _rest(lines: list[str]) -> list[str]:
    return [f"- … {len(lines)}"] if lines else []


def _fitted(parts: list[str], room: int) -> str:
    """The customers, the later ones folded away, as many as there is room for."""
    taken: list[str] = []
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            break
        taken.append(part)
    left = len(parts) - len(taken)
    text = "\n\n".join(taken[:_OPEN])
    if folded := taken[_OPEN:]:
        said = plural("{n} more customer", "{n} more customers", len(folded))
        text += f"\n\n<details><summary>{said}</summary>\n\n" + "\n\n".join(folded) + "\n\n</details>"
    if left:
        more = plural("{n} more customer not shown", "{n} more customers not shown", left)
        text += f"\n\n_{more}: crmtext diff_"
    return text.strip("\n") + "\n" if text else ""


def _customer(each: Difference, say: Words) -> Iterator[str]:
    owner = person(say.settings, str(each.data.get("owner", "")))
    said = [f"**{plain(each.name)}**", plain(each.id), plain(owner), headline(each)]
    yield "#### " + " · ".join(filter(None, said))
    if each.old_path:
        yield "\n" + _("moved: {old} → {new}").format(old=plain(each.old_path), new=plain(each.path))
    told = tuple(lines(each, say))
    if rows := [one for one in told if one.kind == "changed"]:
        yield from ("", f"| | {_('before')} | {_('after')} |", "|---|---|---|")
        yield from (_row(one) for one in rows)
    if others := [one for one in told if one.kind != "changed"]:
        yield ""
        for one in others:
            yield from _entry(one)


def _row(said: ChangeText) -> str:
    if said.secret:
        return f"| {plain(said.label)} | | {value(said)} |"
    return f"| {plain(said.label)} | {plain(said.before)} | **{plain(said.after)}** |"


def _entry(said: ChangeText) -> Iterator[str]:
    shown = plain(value(said))
    struck = f"~~{shown}~~" if said.kind == "removed" else shown
    yield f"- {_MARKS.get(said.kind, '↕')} **{plain(said.label)}** {struck}"
    if said.below and said.kind == "added":
        yield "  <br>" + " · ".join(labelled(plain(label), plain(text)) for label, text in said.below)
