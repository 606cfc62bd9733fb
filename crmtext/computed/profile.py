"""Lifecycle, region, age, satisfaction, and how complete the record is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.model import exists

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.model import Customer


def lifecycle(customer: Customer) -> str:
    """Potential, new, existing or lost: the recorded value, else the one of status and transactions."""
    recorded = customer.data.get("classification", {}).get("lifecycle")
    return str(recorded) if recorded else natural_lifecycle(customer)


def natural_lifecycle(customer: Customer) -> str:
    """The lifecycle that follows from status and transactions."""
    if customer.status == "lost":
        return "lost"
    if customer.status in ("lead", "prospect"):
        return "potential"
    return "existing" if len(customer.data.get("transactions", ())) > 1 else "new"


def region(customer: Customer) -> str:
    """Province and city of the registered address, else of the first one."""
    addresses = customer.data.get("addresses", ())
    registered = [address for address in addresses if address.get("kind") == "registered"]
    chosen = (registered or list(addresses) or [{}])[0]
    parts = dict.fromkeys(chosen[key] for key in ("province", "city") if key in chosen)
    return " ".join(parts) or str(chosen.get("country", ""))


def satisfaction(customer: Customer) -> float | None:
    """The average of all scores given: cooperation, feedback, cases and transactions."""
    data = customer.data
    scores = [item["score"] for key in ("feedback", "cases") for item in data.get(key, ()) if "score" in item]
    scores += [item["rating"] for item in data.get("transactions", ()) if "rating" in item]
    if current := data.get("cooperation", {}).get("satisfaction"):
        scores.append(current["score"])
    return round(sum(scores) / len(scores), 1) if scores else None


def age(customer: Customer, today: date) -> int | None:
    """The years since a person's birth; None if the year is unknown, or the date is impossible."""
    born = str(customer.data.get("person", {}).get("birth_date", ""))
    if not born[:4].isdigit() or not exists(born) or born > f"{today}":
        return None
    return today.year - int(born[:4]) - (born[5:10] > f"{today:%m-%d}")


def completeness(customer: Customer) -> int:
    """The percentage of the useful fields that are filled in."""
    data = customer.data
    wanted = [
        bool(data.get(key)) for key in ("industry", "addresses", "sources", "tags", "needs", "interactions", "priority")
    ]
    wanted.append(_reachable(data))
    wanted.append(
        any("title" in contact or "role" in contact for contact in data.get("contacts", ()))
        or customer.type == "person"
    )
    wanted.append(bool(data.get("classification", {}).get("value")))
    return round(100 * sum(wanted) / len(wanted))


def _reachable(data: Mapping[str, Any]) -> bool:
    people = (data, *data.get("contacts", ()))
    return any(person.get(key) for person in people for key in ("phones", "emails", "wechat"))
