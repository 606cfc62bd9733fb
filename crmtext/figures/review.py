"""A review: the lists that a team goes through each week, month or quarter, as a checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.answer import Text
from crmtext.figures.due_text import more as more_line
from crmtext.figures.review_lists import MONTHLY, QUARTERLY, WEEKLY, Line, Listing, Team
from crmtext.figures.stages import no_moves
from crmtext.i18n import N_, _, bracketed, plural
from crmtext.wording import markdown
from crmtext.wording.labels import person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.figures.stages import Moves
    from crmtext.snapshot import Snapshot

#: The lists of each kind of review.
KINDS: Mapping[str, tuple[Listing, ...]] = {"weekly": WEEKLY, "monthly": MONTHLY, "quarterly": QUARTERLY}
_TITLES = {"weekly": N_("Weekly review"), "monthly": N_("Monthly review"), "quarterly": N_("Quarterly review")}
#: The most lines of a list in a checklist; JSON has all.
_MOST = 20


class Review(NamedTuple):
    """The lists of a review, each with its lines."""

    kind: str
    team: Team
    lists: tuple[tuple[Listing, tuple[Line, ...]], ...]


def review(snapshot: Snapshot, kind: str, owner: str = "", moves: Callable[[], Moves] = no_moves) -> Review:
    """Return a review of all customers, or of one colleague's; without moves, lists that need git are left out."""
    team = Team(snapshot, owner, moves)
    lists = (listing for listing in KINDS[kind] if not listing.from_git or team.moves.since)
    return Review(kind, team, tuple((listing, tuple(listing.find(team))) for listing in lists))


def text(done: Review, moment: str = "") -> Text:
    """Return the checklist as Markdown, and all lines as JSON.

    `moment` has the options that name the day, for the command that prints all lines.
    """
    notes = [_left_out(done.team.snapshot.left_out)]
    if missing := [
        _(listing.title) for listing in KINDS[done.kind] if listing not in (one for one, _lines in done.lists)
    ]:
        notes.append(_("without git, these lists are left out: {lists}").format(lists=_(", ").join(missing)))
    return Text("\n".join(_lines(done, moment)) + "\n", _document(done), "\n".join(filter(None, notes)))


def _lines(done: Review, moment: str) -> Iterator[str]:
    team = done.team
    head = [str(team.today), *([person(team.settings, team.owner)] if team.owner else [])]
    head.append(plural("{n} customer", "{n} customers", len(team.customers)))
    yield f"# {markdown.escape(_(_TITLES[done.kind]))}"
    yield ""
    yield markdown.escape(" · ".join(head))
    for listing, lines in done.lists:
        if lines:
            yield from ("", f"## {bracketed(_(listing.title), len(lines))}", "")
            yield from (f"- [ ] {_words(line)}" for line in lines[:_MOST])
            if (more := len(lines) - _MOST) > 0:
                yield from ("", more_line(more, markdown.code(_all(done) + moment)))
    if empty := [_(listing.title) for listing, lines in done.lists if not lines]:
        yield from ("", _("Nothing to do: {lists}").format(lists=_(", ").join(empty)))


def _words(line: Line) -> str:
    name = f"**{markdown.escape(line.customer.short)}**" if line.customer else ""
    words = " ".join(filter(None, (name, markdown.escape(line.text))))
    return f"{words}<br>{markdown.code(line.command)}" if line.command else words


def _all(done: Review) -> str:
    owner = f" --owner {done.team.owner}" if done.team.owner else ""
    return f"crmtext review --{done.kind}{owner} --format json"


def _document(done: Review) -> dict[str, Any]:
    lists = {listing.name: [_facts(line) for line in lines] for listing, lines in done.lists}
    today, left_out = done.team.today, done.team.snapshot.left_out
    return {"kind": done.kind, "today": today, "owner": done.team.owner or None, "lists": lists, "left_out": left_out}


def _facts(line: Line) -> dict[str, Any]:
    customer = line.customer
    names = {"id": customer.id, "name": customer.name, "owner": customer.owner} if customer else {}
    return {**names, **line.facts}


def _left_out(count: int) -> str:
    return plural("{n} record with errors not included", "{n} records with errors not included", count) if count else ""
