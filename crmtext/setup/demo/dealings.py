"""Interactions, orders and other entries of generated customers, and when each came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmtext.setup.demo.people import Who, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from crmtext.text.edit.emit import Value

    Record = dict[str, Value]
    #: Days on which something got a value, with the values; oldest first.
    Moves = tuple[tuple[date, str], ...]

_CHANNELS = {"phone": 40, "wechat": 25, "visit": 12, "email": 10, "online-meeting": 6, "exhibition": 3, "note": 4}
#: The most days since the last interaction, by status.
_FRESH = {"lead": 60, "prospect": 40, "active": 50, "paused": 150, "lost": 400}
_OPEN = ("discovery", "qualified", "proposal", "negotiation")
_CASES = ("question", "complaint", "request", "repair")
#: Days from an order to its payment's due day.
_TERMS = 30
#: The most days that a payment is late, or a case open.
_LATE = 60


class Life(NamedTuple):
    """A generated record, and the moves of what has no dates of its own in it."""

    record: Record
    statuses: Moves
    #: The stages of each opportunity; the first day is the one it was opened on.
    stages: tuple[Moves, ...]


def life(chance: Random, person: Who, today: date) -> Life:
    """Return a record with interactions and what its status requires."""
    days = _days(chance, person, today)
    statuses = _statuses(chance, person, days)
    since = {status: day for day, status in statuses}
    stages = tuple(_stages(chance, person.status, since, days))
    record: Record = {"interactions": [_talk(chance, person, day, day == days[-1], today) for day in days]}
    record["opportunities"] = [_opportunity(chance, person, moves, today) for moves in stages]
    if "active" in since:
        later = [day for day in days if day >= since["active"]]
        orders = [_order(chance, person, day, today) for day in later[:: max(1, len(later) // 3)]]
        record["cooperation"] = _cooperation(chance, person, later)
        record["transactions"] = [*orders, *_refund(chance, orders[-1], days[-1])]
        record["cases"] = [_case(chance, person, day, today) for day in later[1:] if chance.random() < 0.15]
    if person.status == "lost":
        category, reason = chance.choice(words()["losses"])
        record["churn"] = {"date": f"{days[-1]}", "category": category, "reason": reason}
    filled = {key: value for key, value in record.items() if value}
    return Life({**person.record, **filled}, statuses, stages)


def _days(chance: Random, person: Who, today: date) -> list[date]:
    """The days of up to twenty interactions, at least four, since the customer was added."""
    last = max(person.since + timedelta(days=10), today - timedelta(days=chance.randrange(_FRESH[person.status])))
    span = (last - person.since).days
    others = (person.since + timedelta(days=chance.randint(0, span)) for _talk in range(chance.randint(4, 19)))
    return sorted({last, person.since, last - timedelta(days=3), last - timedelta(days=6), *others})


def _statuses(chance: Random, person: Who, days: Sequence[date]) -> Moves:
    """The way to the status that the customer has."""
    early: Moves = ((days[0], "lead"), (days[1], "prospect"), (days[2], "active"))
    if person.status == "lost" and chance.random() < 0.5:
        return (*early[:2], (days[-1], "lost"))
    known = [status for _day, status in early]
    return early[: known.index(person.status) + 1] if person.status in known else (*early, (days[-1], person.status))


def _stages(chance: Random, status: str, since: dict[str, date], days: Sequence[date]) -> Iterator[Moves]:
    """Yield the way of each opportunity: one that led to the first order or was lost, and often an open one."""
    if "active" in since:
        yield _way(chance, [day for day in days if day <= since["active"]], "won")
    elif status == "lost":
        yield _way(chance, days, "lost")
    if status == "prospect" or (status == "active" and chance.random() < 0.6):
        yield _way(chance, [day for day in days if day >= since[status]], chance.choice(_OPEN))


def _way(chance: Random, days: Sequence[date], last: str) -> Moves:
    """Some stages up to the last one, on different days; a closed opportunity is closed on the last of the days."""
    earlier = _OPEN[: _OPEN.index(last)] if last in _OPEN else _OPEN
    count = chance.randint(0, min(len(earlier), len(days) - 1))
    some = sorted(chance.sample(earlier, count), key=_OPEN.index)
    until = list(days[:-1]) if last not in _OPEN else list(days)
    picked = sorted(chance.sample(until, count + (last in _OPEN)))
    return tuple(zip(picked if last in _OPEN else [*picked, days[-1]], [*some, last], strict=True))


def _talk(chance: Random, person: Who, day: date, newest: bool, today: date) -> Record:
    channel = chance.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
    entry: Record = {
        "date": f"{day}",
        "by": person.owner,
        "channel": channel,
        "summary": _sentence(chance, person, "talks"),
    }
    if channel != "note" and chance.random() < 0.4:
        entry["contact"] = chance.choice(person.contacts)
    if channel == "phone" and chance.random() < 0.15:
        entry |= {"summary": "No answer" if person.abroad else "未接通", "outcome": "no-answer"}
    if newest and person.status in ("lead", "prospect", "active") and chance.random() < 0.7:
        due = max(day, today) + timedelta(days=chance.randrange(-4, 15))
        entry["next"] = {"action": _sentence(chance, person, "steps"), "due": f"{max(day, due)}"}
    elif not newest and chance.random() < 0.2:
        due = min(day + timedelta(days=chance.randrange(1, 8)), today)
        done = min(due + timedelta(days=chance.randrange(3)), today)
        entry["next"] = {"action": _sentence(chance, person, "steps"), "due": f"{due}", "done": f"{done}"}
    return entry


def _sentence(chance: Random, person: Who, kind: str) -> str:
    return str(chance.choice(_words(person)[kind])).format(p=_product(chance, person))


def _words(person: Who) -> dict[str, Sequence[str]]:
    chosen: dict[str, Sequence[str]] = words()["abroad"] if person.abroad else words()
    return chosen


def _product(chance: Random, person: Who) -> str:
    return chance.choice(_words(person)["products"])


def _currency(person: Who) -> str:
    return "EUR" if person.abroad else "CNY"


def _opportunity(chance: Random, person: Who, moves: Moves, today: date) -> Record:
    opened, (ended, stage) = moves[0][0], moves[-1]
    product = _product(chance, person)
    deal: Record = {
        "title": f"{product}{'' if person.abroad else '采购'} {opened:%Y-%m}",
        "stage": stage,
        "amount": chance.randrange(10, 800) * 1000,
        "currency": _currency(person),
        "products": [product],
    }
    if stage in _OPEN:
        return {**deal, "expected_close": f"{today + timedelta(days=chance.randrange(-20, 200))}"}
    deal |= {"expected_close": f"{ended + timedelta(days=chance.randrange(-30, 60))}", "closed": f"{ended}"}
    if stage == "lost":
        category, reason = chance.choice(words()["losses"])
        deal |= {"lost_category": category, "lost_reason": reason}
    return deal


def _cooperation(chance: Random, person: Who, days: Sequence[date]) -> Record:
    record: Record = {"since": f"{days[0]}", "products": chance.sample(list(_words(person)["products"]), 2)}
    if person.status == "paused":
        record["paused_reason"] = chance.choice(words()["pauses"])
    elif person.status == "active" and chance.random() < 0.5:
        score = chance.choices((5, 4, 3, 2), (4, 4, 2, 1))[0]
        record["satisfaction"] = {"score": score, "date": f"{chance.choice(days)}"}
    return record


def _order(chance: Random, person: Who, day: date, today: date) -> Record:
    due = day + timedelta(days=_TERMS)
    order: Record = {
        "date": f"{day}",
        "amount": chance.randrange(5, 300) * 1000,
        "currency": _currency(person),
        "items": [{"product": _product(chance, person)}],
        "order_no": f"SO{day:%y%m%d}-{str(person.record['id'])[-4:]}",
        "payment_due": f"{due}",
    }
    paid = due + timedelta(days=chance.randrange(-20, 40))
    is_late = chance.random() < 0.3 and (today - due).days < _LATE
    return order | ({"paid": f"{paid}"} if paid <= today and not is_late else {})


def _refund(chance: Random, order: Record, last: date) -> Iterator[Record]:
    """Yield a refund of a part of an order, for few customers."""
    if chance.random() < 0.04:
        amount, day = -int(str(order["amount"])) // 10, f"{last}"
        yield {"date": day, "amount": amount, "currency": order["currency"], "items": order["items"],
               "order_no": f"{order['order_no']}-R", "paid": day}  # fmt: skip


def _case(chance: Random, person: Who, day: date, today: date) -> Record:
    kind, product = chance.choice(_CASES), _product(chance, person)
    case: Record = {
        "opened": f"{day}",
        "kind": kind,
        "summary": str(_words(person)["cases"][_CASES.index(kind)]).format(p=product),
        "status": "open",
        "product": product,
    }
    closed = day + timedelta(days=chance.randrange(12))
    if closed > today or (chance.random() < 0.3 and (today - day).days < _LATE):
        return case
    return {**case, "status": "closed", "closed": f"{closed}", "score": chance.choices((5, 4, 3, 2), (5, 4, 2, 1))[0]}
