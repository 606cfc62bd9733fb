"""Interactions, orders and other entries of generated customers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from crmtext.setup.demo.people import Who, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from crmtext.text.edit.emit import Value

    Record = dict[str, Value]

_CHANNELS = {"phone": 40, "wechat": 25, "visit": 12, "email": 10, "online-meeting": 6, "exhibition": 3, "note": 4}
#: The most days since the last interaction, by status.
_FRESH = {"lead": 60, "prospect": 40, "active": 50, "paused": 150, "lost": 400}


def dealings(chance: Random, person: Who, today: date) -> Record:
    """Return the record's fields with interactions and what its status requires."""
    days = _days(chance, person, today)
    record: Record = {"interactions": [_talk(chance, person, day, day == days[-1], today) for day in days]}
    if person.status in ("prospect", "active"):
        record["opportunities"] = [_opportunity(chance, person, today)]
    if person.status in ("active", "paused"):
        record["cooperation"] = _cooperation(chance, person, days[0])
        record["transactions"] = [_order(chance, person, day) for day in days[2 :: max(1, len(days) // 3)]]
    if person.status == "lost":
        category, reason = chance.choice(words()["losses"])
        record["churn"] = {"date": f"{days[-1]}", "category": category, "reason": reason}
    return record


def _days(chance: Random, person: Who, today: date) -> list[date]:
    """The days of five to twenty interactions, since the customer was added."""
    last = max(person.since, today - timedelta(days=chance.randrange(_FRESH[person.status])))
    span = (last - person.since).days
    others = (person.since + timedelta(days=chance.randint(0, span)) for _talk in range(chance.randint(4, 19)))
    return sorted({last, *others})


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
    return entry


def _sentence(chance: Random, person: Who, kind: str) -> str:
    return str(chance.choice(_words(person)[kind])).format(p=chance.choice(_words(person)["products"]))


def _words(person: Who) -> dict[str, Sequence[str]]:
    chosen: dict[str, Sequence[str]] = words()["abroad"] if person.abroad else words()
    return chosen


def _opportunity(chance: Random, person: Who, today: date) -> Record:
    return {
        "title": f"{chance.choice(_words(person)['products'])}{'' if person.abroad else '采购'}",
        "stage": chance.choice(("discovery", "qualified", "proposal", "negotiation")),
        "amount": chance.randrange(10, 800) * 1000,
        "currency": "EUR" if person.abroad else "CNY",
        "expected_close": f"{today + timedelta(days=chance.randrange(10, 200))}",
    }


def _cooperation(chance: Random, person: Who, since: date) -> Record:
    record: Record = {"since": f"{since}", "products": chance.sample(list(_words(person)["products"]), 2)}
    if person.status == "paused":
        record["paused_reason"] = chance.choice(words()["pauses"])
    elif chance.random() < 0.5:
        record["satisfaction"] = {"score": chance.choices((5, 4, 3, 2), (4, 4, 2, 1))[0], "date": f"{since}"}
    return record


def _order(chance: Random, person: Who, day: date) -> Record:
    return {
        "date": f"{day}",
        "amount": chance.randrange(5, 300) * 1000,
        "currency": "EUR" if person.abroad else "CNY",
        "items": [{"product": chance.choice(_words(person)["products"])}],
    }
