"""The digest of a period: new customers, status changes, handovers, and interactions by colleague."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.diff.customers import of_interaction
from crmtext.i18n import _, plural
from crmtext.model import INTERNAL
from crmtext.problem import usage
from crmtext.wording.labels import choice_label, heading, person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmtext.diff.customers import Comparison, Difference
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot


#: The role of colleagues who own customers.
_OWNING = "sales"


class Line(NamedTuple):
    """One line of a digest, with the customer's name and id if it is about one."""

    text: str
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; `key` names it in JSON."""

    key: str
    title: str
    lines: tuple[Line, ...]
    facts: tuple[Mapping[str, Any], ...]
    #: Number of things that the heading names.
    count: int


class Digest(NamedTuple):
    """The events of a period, for everyone or for some colleagues."""

    since: str
    until: str
    sections: tuple[Section, ...]
    customers: int


def digest(comparison: Comparison, since: str, until: str, whose: frozenset[str] | None = None) -> Digest:
    """Return the digest of a comparison; `whose` are the colleagues it is for, None for everyone."""
    wanted = tuple(difference for difference in comparison.differences if whose is None or _concerns(difference, whose))
    now = comparison.new
    sections = (
        _new(wanted, now),
        _removed(wanted, now),
        _moves(wanted, now),
        _handovers(wanted, now),
        _interactions(wanted, now),
    )
    return Digest(since, until, tuple(section for section in sections if section.lines), len(wanted))


def audience(typed: str, settings: Settings) -> frozenset[str] | None:
    """Return the colleagues that a handle, name or role stands for; None if they serve every customer.

    The role `sales` owns customers; any other role, such as support or lead, serves all of them.
    """
    if member := settings.member(typed):
        return frozenset({member.handle})
    handles = frozenset(colleague.handle for colleague in settings.team.values() if colleague.role == typed)
    if not handles:
        roles = dict.fromkeys(colleague.role for colleague in settings.team.values() if colleague.role)
        hint = _("team: {handles}; roles: {roles}").format(
            handles=settings.everybody or "-", roles=", ".join(roles) or "-"
        )
        raise usage("team-member", _("'{name}' is neither a colleague nor a role").format(name=typed), hint)
    return handles if typed == _OWNING else None


def _concerns(difference: Difference, whose: frozenset[str]) -> bool:
    """Whether a customer belongs or belonged to one of these colleagues, or they collaborate on it."""
    for side in (difference.before, difference.after):
        data = side.data if side else {}
        if data.get("owner") in whose or whose.intersection(data.get("collaborators") or ()):
            return True
    return False


def _names(difference: Difference) -> dict[str, str]:
    return {"name": difference.name, "id": difference.id}


def _new(differences: Iterable[Difference], now: Snapshot) -> Section:
    lines, facts = [], []
    for difference in differences:
        if difference.kind == "added":
            names, data = _names(difference), difference.data
            status = choice_label(now.schema.by_path.get("status"), str(data.get("status", "")))
            lines.append(Line(f"{status} · {_owner(data, now)}", **names))
            facts.append({**names, "status": data.get("status"), "owner": data.get("owner")})
    return Section("new", _("New customers"), tuple(lines), tuple(facts), len(lines))


def _removed(differences: Iterable[Difference], now: Snapshot) -> Section:
    gone = [difference for difference in differences if difference.kind == "removed"]
    lines = tuple(Line(_owner(difference.data, now), **_names(difference)) for difference in gone)
    return Section("removed", _("Removed customers"), lines, tuple(map(_names, gone)), len(gone))


def _moves(differences: Iterable[Difference], now: Snapshot) -> Section:
    field = now.schema.by_path.get("status")

    def text(difference: Difference, before: str, after: str) -> str:
        return f"{choice_label(field, before)} → {choice_label(field, after)} · {_owner(difference.data, now)}"

    return _replaced("status", _("Status changes"), differences, text, key="status")


def _handovers(differences: Iterable[Difference], now: Snapshot) -> Section:
    def text(_difference: Difference, before: str, after: str) -> str:
        return f"{person(now.settings, before)} → {person(now.settings, after)}"

    return _replaced("handovers", _("Handovers"), differences, text, key="owner")


def _replaced(
    section: str,
    title: str,
    differences: Iterable[Difference],
    text: Callable[[Difference, str, str], str],
    *,
    key: str,
) -> Section:
    """Return the customers for which the value of a key was replaced by another one."""
    lines, facts = [], []
    for difference in differences:
        for change in difference.changes:
            if change.path == (key,) and change.kind == "changed":
                names = _names(difference)
                lines.append(Line(text(difference, str(change.before), str(change.after)), **names))
                facts.append({**names, "before": change.before, "after": change.after})
    return Section(section, title, tuple(lines), tuple(facts), len(lines))


def _interactions(differences: Iterable[Difference], now: Snapshot) -> Section:
    """Return the interactions by colleague, without notes and handovers."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    customers: dict[str, set[str]] = defaultdict(set)
    for difference, value in _added(differences):
        by, channel = str(value.get("by", "")), str(value.get("channel", ""))
        if channel not in INTERNAL:
            counted[by][channel] += 1
            customers[by].add(difference.id)
    order = sorted(counted, key=lambda by: (-counted[by].total(), by))
    lines = (_interaction_line(by, counted[by], len(customers[by]), now) for by in order)
    facts = (
        {"by": by, "interactions": counted[by].total(), "customers": len(customers[by]), "channels": dict(counted[by])}
        for by in order
    )
    total = sum(counter.total() for counter in counted.values())
    return Section("interactions", heading(now.schema, "interactions"), tuple(lines), tuple(facts), total)


def _interaction_line(by: str, channels: Counter[str], customers: int, now: Snapshot) -> Line:
    field = now.schema.by_path.get("interactions[].channel")
    parts = _(", ").join(f"{choice_label(field, channel)} {n}" for channel, n in channels.most_common())
    total = plural("{n} interaction", "{n} interactions", channels.total())
    reached = plural("with {n} customer", "with {n} customers", customers)
    who = person(now.settings, by)
    return Line(
        _("{who}: {interactions} {customers} ({channels})").format(
            who=who, interactions=total, customers=reached, channels=parts
        )
    )


def _added(differences: Iterable[Difference]) -> Iterator[tuple[Difference, Mapping[str, Any]]]:
    for difference in differences:
        for change in difference.expanded:
            if of_interaction(change) and len(change.path) == 2 and isinstance(change.after, dict):
                yield difference, change.after


def _owner(data: Mapping[str, Any], now: Snapshot) -> str:
    return person(now.settings, str(data.get("owner", "")))
