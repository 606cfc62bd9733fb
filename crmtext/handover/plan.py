"""The changes of a handover, decided as data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmtext.figures.rules import NAMES
from crmtext.i18n import _, speaking
from crmtext.model import next_steps
from crmtext.problem import Severity, usage
from crmtext.query import listing
from crmtext.record import promises
from crmtext.record.change.draft import Draft, draft
from crmtext.record.input.position import place
from crmtext.text.edit.rewrite import Set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.text.edit.rewrite import Operation

#: How many introductions fit into a working day.
_A_DAY = 3
#: A pool makes no next steps.
_NOT_OF_POOL = "handover-no-step"
#: Within this number of working days every key customer is introduced.
_KEY_DAYS = 5


class Asked(NamedTuple):
    """The colleagues of a handover by handle; `where` picks customers, `rest` gets the others."""

    giver: str
    taker: str
    where: str = ""
    rest: str = ""
    #: The colleague who records the handover.
    by: str = ""


class Move(NamedTuple):
    """One customer's new owner; `introduce` is the day to make contact by, None for a lost customer or a pool."""

    customer: Customer
    taker: str
    introduce: date | None


@dataclass(frozen=True)
class Plan:
    """A handover before it is carried out."""

    asked: Asked
    moves: tuple[Move, ...]
    #: Customers of other owners with open promises by the giver.
    promises: tuple[Customer, ...]
    warnings: tuple[Problem, ...]

    def drafts(self, snapshot: Snapshot) -> tuple[Draft, ...]:
        """Return the drafts of the records that change."""
        drafts = [
            draft(move.customer.document, _operations(move, self.asked, snapshot), snapshot.schema)
            for move in self.moves
        ]
        for customer in self.promises:
            operations = tuple(promises.operations(customer, self.asked.giver, self.asked.taker))
            drafts.append(draft(customer.document, operations, snapshot.schema))
        return tuple(draft for draft in drafts if draft.diff)


def plan(snapshot: Snapshot, asked: Asked) -> Plan:
    """Return the plan of a handover. Raises CrmError if there is nothing to hand over."""
    _check(asked, snapshot)
    query = listing.Query(owner=(asked.giver,))
    owned = listing.rows(snapshot, query, NAMES)
    picked = {row.customer.id for row in listing.rows(snapshot, query._replace(where=asked.where), NAMES)}
    pairs = [
        (row.customer, asked.taker if row.customer.id in picked else asked.rest)
        for row in owned
        if row.customer.id in picked or asked.rest
    ]
    # Promises to customers of other owners are handed over only when all customers are.
    whole = not asked.where
    others = [customer for customer in snapshot.customers if customer.owner != asked.giver] if whole else []
    promised = tuple(customer for customer in others if any(promises.operations(customer, asked.giver, asked.taker)))
    if not pairs and not promised:
        name = snapshot.settings.shown(asked.giver)
        raise usage(
            "nothing-to-hand-over", _("{name} has no matching customers").format(name=name), _("see: crmtext list")
        )
    pools = frozenset(member.handle for member in snapshot.settings.team.values() if member.pool)
    moves = tuple(_scheduled(pairs, snapshot.today, pools))
    warnings = tuple(
        problem
        for move in moves
        for problem in _warnings(move.customer, snapshot.today)
        if not (move.taker in pools and problem.rule == _NOT_OF_POOL)
    )
    return Plan(asked, moves, promised, warnings)


def _check(asked: Asked, snapshot: Snapshot) -> None:
    team = snapshot.settings.team
    for taker in filter(None, (asked.taker, asked.rest)):
        if taker == asked.giver:
            raise usage(
                "same-colleague", _("--from and --to are the same colleague"), _("choose two different colleagues")
            )
        if taker in team and team[taker].has_left:
            message = _("{name} has left").format(name=team[taker].shown)
            raise usage("owner-left", message, _("choose an active colleague"))
    if asked.rest and not asked.where:
        message = _("--rest requires --where")
        raise usage("handover-rest", message, _("add --where, such as: --where \"priority == 'key'\""))


def _scheduled(pairs: Iterable[tuple[Customer, str]], today: date, pools: AbstractSet[str]) -> Iterator[Move]:
    """Yield each taker's customers with their days of introduction: key customers first, a few each working day.

    A pool introduces itself to nobody.
    """
    rows = tuple(pairs)
    for taker in dict.fromkeys(taker for _customer, taker in rows):
        mine = sorted((customer for customer, whose in rows if whose == taker), key=_urgency)
        key = sum(customer.data.get("priority") == "key" and customer.status != "lost" for customer in mine)
        a_day = max(_A_DAY, math.ceil(key / _KEY_DAYS))
        count = 0
        for customer in mine:
            if customer.status == "lost" or taker in pools:
                yield Move(customer, taker, None)
                continue
            yield Move(customer, taker, _working_day(today, count // a_day + 1))
            count += 1


def _urgency(customer: Customer) -> tuple[int, bool, str, str]:
    """Sort key: key customers first, then those with an open case, then those with the nearest due date."""
    rank = {"key": 0, "normal": 1, "low": 2}.get(str(customer.data.get("priority")), 1)
    waiting = any(case["status"] != "closed" for case in customer.data.get("cases", ()))
    due = min((str(step.due) for step in next_steps(customer) if not step.done and step.due), default="9")
    return rank, not waiting, due, customer.id


def _working_day(today: date, number: int) -> date:
    """Return the working day this many after today, without Saturdays and Sundays."""
    day = today
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def _operations(move: Move, asked: Asked, snapshot: Snapshot) -> tuple[Operation, ...]:
    customer = move.customer
    order = [field.key for field in snapshot.schema.fields]
    operations: list[Operation] = [
        Set("/owner", move.taker, order),
        *promises.operations(customer, asked.giver, move.taker),
    ]
    if not _handed_over_today(customer, move, snapshot.today):
        operations.append(place(customer.document, "/interactions", _entry(move, asked, snapshot), snapshot.schema))
    return tuple(operations)


def _handed_over_today(customer: Customer, move: Move, today: date) -> bool:
    """Whether the record has this handover already, for example after part of it was undone by hand."""
    return customer.owner == move.taker and any(
        interaction["channel"] == "handover" and str(interaction["date"]) == today.isoformat()
        for interaction in customer.interactions
    )


def _entry(move: Move, asked: Asked, snapshot: Snapshot) -> Mapping[str, object]:
    names = (snapshot.settings.shown(handle) for handle in (asked.giver, move.taker))
    with speaking(snapshot.settings.language):
        summary = _("handed over from {old} to {new}").format(old=next(names), new=next(names))
        action = _("introduce yourself to the customer")
    entry: dict[str, object] = {
        "date": snapshot.today.isoformat(),
        "by": asked.by or (move.taker if _is_pool(asked.giver, snapshot) else asked.giver),
        "channel": "handover",
        "summary": summary,
    }
    if move.introduce:
        entry["next"] = {"action": action, "due": move.introduce.isoformat(), "by": move.taker}
    return entry


def _is_pool(handle: str, snapshot: Snapshot) -> bool:
    member = snapshot.settings.team.get(handle)
    return member is not None and member.pool


def _warnings(customer: Customer, today: date) -> Iterator[Problem]:
    """Yield a warning for each thing that the giver should settle before the handover."""
    document = customer.document
    warning = Severity.WARNING
    steps = [step for step in next_steps(customer) if step.done is None]
    if not steps and customer.status != "lost":
        command = f'crmtext log {customer.id} note "…" --next "…" --due …'
        hint = _("add a next step: {command}").format(command=command)
        yield document.problem("handover-no-step", _("no next step"), hint=hint, severity=warning, quote=False)
    for step in steps:
        if step.due and step.due < today:
            message = _("a next step has been overdue since {date}").format(date=step.due)
            at = f"/interactions/{step.interaction}/next"
            hint = _("complete or reschedule it before the handover")
            yield document.problem("handover-overdue", message, at, hint=hint, severity=warning, quote=False)
    for index, case in enumerate(customer.data.get("cases", ())):
        if case["kind"] == "complaint" and case["status"] != "closed":
            hint = _("discuss it with the colleague who takes over")
            message = _("a complaint is open")
            yield document.problem(
                "handover-complaint", message, f"/cases/{index}", hint=hint, severity=warning, quote=False
            )
    for index, need in enumerate(customer.data.get("needs", ())):
        if need.get("budget", {}).get("basis") == "to-confirm" and need.get("status", "open") == "open":
            message, hint = _("a budget is not confirmed"), _("confirm with the customer before the handover")
            at = f"/needs/{index}/budget"
            yield document.problem("handover-budget", message, at, hint=hint, severity=warning, quote=False)
