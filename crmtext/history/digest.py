"""What a week or a month brought: new customers, status moves, handovers, and interactions by colleague."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.diff.customers import of_interaction
from crmtext.i18n import _, plural
from crmtext.model import NO_CONTACT
from crmtext.problem import usage
from crmtext.wording.labels import choice_label, heading, person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.diff.customers import Comparison, Difference
    from crmtext.merge.compare import Change
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot


#: The role of those who own customers.
_OWNING = "sales"


class Line(NamedTuple):
    """One line of a digest: the customer it is about, where it is about one, and what is said."""

    said: str
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; `key` names it in JSON."""

    key: str
    title: str
    lines: tuple[Line, ...]
    facts: tuple[Mapping[str, Any], ...]
    #: How many there are of what the heading names.
    count: int


class Digest(NamedTuple):
    """What happened since a day, for everyone or for some."""

    since: str
    until: str
    sections: tuple[Section, ...]
    customers: int


def digest(found: Comparison, since: str, until: str, whose: frozenset[str] | None = None) -> Digest:
    """The digest of what differs between two moments; `whose` are the colleagues it is for, None for everyone."""
    wanted = tuple(each for each in found.differences if whose is None or _concerns(each, whose))
    now = found.new
    made = (_new(wanted, now), _gone(wanted, now), _moves(wanted, now), _handovers(wanted, now), _talks(wanted, now))
    return Digest(since, until, tuple(each for each in made if each.lines), len(wanted))


def audience(typed: str, settings: Settings) -> frozenset[str] | None:
    """The colleagues that an owner's handle or name, or a role, stands for; None where they serve every customer.

    The role `sales` owns customers; any other, such as support or lead, looks after all of them.
    """
    if member := settings.member(typed):
        return frozenset({member.handle})
    found = frozenset(each.handle for each in settings.team.values() if each.role == typed)
    if not found:
        roles = dict.fromkeys(each.role for each in settings.team.values() if each.role)
        hint = _("team: {handles}; roles: {roles}").format(
            handles=settings.everybody or "-", roles=", ".join(roles) or "-"
        )
        raise usage("team-member", _("'{name}' is neither a colleague nor a role").format(name=typed), hint)
    return found if typed == _OWNING else None


def _concerns(each: Difference, whose: frozenset[str]) -> bool:
    """Whether a customer is or was one of these colleagues', or they help with it."""
    for side in (each.before, each.after):
        data = side.data if side else {}
        if data.get("owner") in whose or whose.intersection(data.get("collaborators") or ()):
            return True
    return False


def _called(each: Difference) -> dict[str, str]:
    return {"name": each.name, "id": each.id}


def _new(found: Iterable[Difference], now: Snapshot) -> Section:
    new = [each for each in found if each.kind == "added"]
    lines = [Line(f"{_word('status', each.data, now)} · {_owner(each.data, now)}", **_called(each)) for each in new]
    facts = [{**_called(each), "status": each.data.get("status"), "owner": each.data.get("owner")} for each in new]
    return Section("new", _("New customers"), tuple(lines), tuple(facts), len(new))


def _gone(found: Iterable[Difference], now: Snapshot) -> Section:
    gone = [each for each in found if each.kind == "removed"]
    lines = tuple(Line(_owner(each.data, now), **_called(each)) for each in gone)
    return Section("removed", _("Removed customers"), lines, tuple(_called(each) for each in gone), len(gone))


def _moves(found: Iterable[Difference], now: Snapshot) -> Section:
    moves = [(each, change) for each in found for change in each.changes if _both(change, "status")]
    field = now.schema.by_path.get("status")
    lines = (
        Line(
            f"{choice_label(field, str(change.before))} → {choice_label(field, str(change.after))}"
            f" · {_owner(each.data, now)}",
            **_called(each),
        )
        for each, change in moves
    )
    facts = ({**_called(each), "before": change.before, "after": change.after} for each, change in moves)
    return Section("status", _("Status changes"), tuple(lines), tuple(facts), len(moves))


def _handovers(found: Iterable[Difference], now: Snapshot) -> Section:
    moves = [(each, change) for each in found for change in each.changes if _both(change, "owner")]
    lines = (
        Line(f"{person(now.settings, str(change.before))} → {person(now.settings, str(change.after))}", **_called(each))
        for each, change in moves
    )
    facts = ({**_called(each), "before": change.before, "after": change.after} for each, change in moves)
    return Section("handovers", _("Handovers"), tuple(lines), tuple(facts), len(moves))


def _talks(found: Iterable[Difference], now: Snapshot) -> Section:
    """Contacts with customers, by colleague; notes and handovers are none."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    customers: dict[str, set[str]] = defaultdict(set)
    for each, value in _added(found):
        by, channel = str(value.get("by", "")), str(value.get("channel", ""))
        if channel not in NO_CONTACT:
            counted[by][channel] += 1
            customers[by].add(each.id)
    order = sorted(counted, key=lambda by: (-counted[by].total(), by))
    lines = (_talk(by, counted[by], len(customers[by]), now) for by in order)
    facts = (
        {"by": by, "interactions": counted[by].total(), "customers": len(customers[by]), "channels": dict(counted[by])}
        for by in order
    )
    total = sum(each.total() for each in counted.values())
    return Section("interactions", heading(now.schema, "interactions"), tuple(lines), tuple(facts), total)


def _talk(by: str, channels: Counter[str], customers: int, now: Snapshot) -> Line:
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


def _added(found: Iterable[Difference]) -> Iterator[tuple[Difference, Mapping[str, Any]]]:
    for each in found:
        for change in each.told:
            if of_interaction(change) and len(change.path) == 2 and isinstance(change.after, dict):
                yield each, change.after


def _both(change: Change, key: str) -> bool:
    return change.path == (key,) and change.kind == "changed"


def _word(key: str, data: Mapping[str, Any], now: Snapshot) -> str:
    return choice_label(now.schema.by_path.get(key), str(data.get(key, "")))


def _owner(data: Mapping[str, Any], now: Snapshot) -> str:
    return person(now.settings, str(data.get("owner", "")))
