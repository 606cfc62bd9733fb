"""The digest of a period: customers, their deals and cases, and what each colleague did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.history import digest_sections
from crmtext.history.digest_sections import Line, Section, names_of
from crmtext.history.events import events, of_kind
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.values.money import total
from crmtext.wording.labels import choice_label, find, heading, person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from crmtext.diff.customers import Comparison, Difference
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot


#: The role of colleagues who own customers.
_OWNING = "sales"


class Digest(NamedTuple):
    """The events of a period, for everyone or for some colleagues."""

    since: str
    until: str
    sections: tuple[Section, ...]
    customers: int
    #: The amounts of the transactions, and the number of steps done.
    transactions: Mapping[str, Decimal]
    steps_done: int


class Period(NamedTuple):
    """The first and the last day, and what the user called the first one."""

    first: date
    last: date
    since: str


def digest(comparison: Comparison, period: Period, whose: frozenset[str] | None = None) -> Digest:
    """Return the digest of a comparison; `whose` are the colleagues it is for, None for everyone.

    It has the changes of their customers, and what they did for those of others.
    """
    wanted = tuple(difference for difference in comparison.differences if whose is None or _concerns(difference, whose))
    ids = {difference.id for difference in wanted}
    everything = events(comparison, period.first, period.last)
    happened = [event for event in everything if event.customer.id in ids or event.who in (whose or ())]
    now = comparison.new
    sections = (
        _new(wanted, now),
        _removed(wanted, now),
        _replaced("status", _("Status changes"), wanted, now, "status"),
        _replaced("handovers", _("Handovers"), wanted, now, "owner"),
        _replaced("priority", heading(now.schema, "priority"), wanted, now, "priority"),
        _replaced("value", heading(now.schema, "classification", "value"), wanted, now, "classification", "value"),
        *digest_sections.deals(happened, now),
        digest_sections.slipped(happened, now),
        *digest_sections.cases(happened, now),
        digest_sections.transactions(happened, now),
        digest_sections.payments(happened, now),
        digest_sections.steps_done(happened, now),
        digest_sections.interactions(happened, now),
    )
    amounts = (amount for event in of_kind(happened, "transaction") if (amount := event.amount(now.settings)))
    return Digest(
        period.since,
        period.last.isoformat(),
        sections,
        len(ids | {event.customer.id for event in happened}),
        total(amounts),
        len(of_kind(happened, "step-done")),
    )


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


def _new(differences: Iterable[Difference], now: Snapshot) -> Section:
    lines, facts = [], []
    for difference in differences:
        if difference.kind == "added":
            names, data = names_of(difference), difference.data
            status = choice_label(now.schema.by_path.get("status"), str(data.get("status", "")))
            lines.append(Line(f"{status} · {_owner(data, now)}", **names))
            facts.append({**names, "status": data.get("status"), "owner": data.get("owner")})
    return Section("new", _("New customers"), tuple(lines), tuple(facts), len(lines))


def _removed(differences: Iterable[Difference], now: Snapshot) -> Section:
    gone = [difference for difference in differences if difference.kind == "removed"]
    lines = tuple(Line(_owner(difference.data, now), **names_of(difference)) for difference in gone)
    return Section("removed", _("Removed customers"), lines, tuple(map(names_of, gone)), len(gone))


def _replaced(section: str, title: str, differences: Iterable[Difference], now: Snapshot, *keys: str) -> Section:
    """Return the customers that have another value of a field than before; None is no value."""
    lines, facts = [], []
    for difference in differences:
        if difference.before is None or difference.after is None:
            continue
        before, after = _value(difference.before.data, keys), _value(difference.after.data, keys)
        if before != after and (before or after):
            names = names_of(difference)
            who = "" if keys == ("owner",) else _owner(difference.data, now)
            text = f"{_worded(before, keys, now)} → {_worded(after, keys, now)}"
            lines.append(Line(" · ".join(filter(None, (text, who))), **names))
            facts.append({**names, "before": before, "after": after})
    return Section(section, title, tuple(lines), tuple(facts), len(lines))


def _value(data: Any, keys: Iterable[str]) -> str | None:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return None if data is None else str(data)


def _worded(value: str | None, keys: Sequence[str], now: Snapshot) -> str:
    if value is None:
        return _("not set")
    return person(now.settings, value) if keys == ("owner",) else choice_label(find(now.schema, *keys), value)


def _owner(data: Mapping[str, Any], now: Snapshot) -> str:
    return person(now.settings, str(data.get("owner", "")))
