"""Everything due, in words: for the index, for each colleague and for each customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext.figures.due import STATES
from crmtext.figures.due_kinds import KINDS
from crmtext.figures.due_text import action, channels
from crmtext.i18n import _
from crmtext.wording import labels, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from crmtext.figures.due import Item
    from crmtext.reports.site import Site
    from crmtext.snapshot import Snapshot

_TONES: Mapping[str, str] = {"overdue": "late", "today": "soon"}

Day = Mapping[str, tuple["Due", ...]]


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do: `text` is the action, or else its kind; `more` is all else to know, beside who does it."""

    kind: str
    state: str
    day: str
    #: The day without this year, and the time.
    short_day: str
    when: str
    #: The color: `late` or `soon`.
    tone: str
    customer: str
    name: str
    text: str
    who: str
    more: str
    #: The advice of the follow-up rule.
    say: str
    person: str


def due(site: Site) -> tuple[Due, ...]:
    """Return everything that is due, in the order of the list."""
    return tuple(as_due(item, site) for item in site.tasks)


def day(listed: Iterable[Due]) -> Day:
    """Return what is due by state."""
    return _grouped(listed, lambda one: one.state, STATES)


def by_customer(listed: Iterable[Due]) -> Day:
    """Return what is due by the id of the customer."""
    return _grouped(listed, lambda one: one.customer)


def by_person(listed: Iterable[Due]) -> Day:
    """Return what is due by the handle of the colleague."""
    return _grouped(listed, lambda one: one.person)


def short(day_: date | None, today: date) -> str:
    """Return a day for a narrow column: without the year if it is this one."""
    if day_ is None:
        return ""
    return f"{day_:%m-%d}" if day_.year == today.year else day_.isoformat()


def _grouped(listed: Iterable[Due], key: Callable[[Due], str], keys: Iterable[str] = ()) -> Day:
    groups: dict[str, list[Due]] = defaultdict(list, {name: [] for name in keys})
    for one in listed:
        groups[key(one)].append(one)
    return {name: tuple(group) for name, group in groups.items()}


def as_due(item: Item, site: Site | Snapshot) -> Due:
    """Return something to do in words."""
    task, kind = item.task, _(KINDS[item.kind].label)
    what = action(item)
    # A next step says by itself what it is.
    parts = [kind] if what and item.kind != "next-step" else []
    parts += channels(item, site.schema)
    return Due(
        kind=item.kind,
        state=item.state,
        day=item.due.isoformat() if item.due else "",
        short_day=" ".join(filter(None, (short(item.due, site.today), task.time))),
        when=numbers.until(item.due, site.today) if item.due else _("no date"),
        tone=_TONES.get(item.state, ""),
        customer=item.customer.id,
        name=item.customer.short,
        text=what or kind,
        who=labels.person(site.settings, item.person),
        more=" · ".join(parts),
        say=task.say,
        person=item.person,
    )
