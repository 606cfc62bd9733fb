"""Lifecycle, region, age, satisfaction, and how complete the record is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.computed.purchases import purchase_days
from crmtext.i18n import N_, translations
from crmtext.model import day, exists, start_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.model import Customer
    from crmtext.settings import Settings

#: The youngest age of each band, and its name.
_BANDS = ((60, "60+"), (50, "50-59"), (40, "40-49"), (30, "30-39"), (18, "18-29"), (0, "under 18"))
_UNDER = N_("under 18")
_YEAR = 365


def lifecycle(customer: Customer, today: date) -> str:
    """Potential, new, existing or lost: the recorded value, else that of the status and the purchases."""
    recorded = customer.data.get("classification", {}).get("lifecycle")
    return str(recorded or of_status(customer.status) or ("existing" if _is_existing(customer, today) else "new"))


def of_status(status: str) -> str:
    """The lifecycle that a status means; empty if it depends on the purchases."""
    return {"lost": "lost", "lead": "potential", "prospect": "potential"}.get(status, "")


def _is_existing(customer: Customer, today: date) -> bool:
    start = day(start_of(customer.data.get("cooperation", {}).get("since")))
    return (start is not None and (today - start).days > _YEAR) or len(purchase_days(customer, today)) > 1


def region(customer: Customer) -> str:
    """Province and city of the registered address, else of the first one; else its country."""
    return region_of(main_address(customer))


def region_of(address: Mapping[str, Any]) -> str:
    """Province and city of an address, else its country."""
    parts = dict.fromkeys(address[key] for key in ("province", "city") if key in address)
    return " ".join(parts) or str(address.get("country", ""))


def part_of_region(customer: Customer, key: str) -> str | None:
    """The province or city of the address that `region` takes."""
    value = main_address(customer).get(key)
    return str(value) if value else None


def sales_region(customer: Customer, settings: Settings) -> str | None:
    """The region of the settings that lists the province."""
    return settings.region(part_of_region(customer, "province") or "")


def main_address(customer: Customer) -> Mapping[str, Any]:
    """The registered address, else the first one; empty if there is none."""
    addresses = customer.data.get("addresses", ())
    registered = (address for address in addresses if address.get("kind") == "registered")
    return next(registered, None) or next(iter(addresses), {})


def satisfaction(customer: Customer, today: date) -> int | None:
    """The latest score of the cooperation or a survey.

    On one day, that of the cooperation; of several surveys on one day, the lowest. A score without a date is used only
    if no other one has a date.
    """
    data = customer.data
    current = data.get("cooperation", {}).get("satisfaction") or {}
    surveys = [item for item in data.get("feedback", ()) if item["kind"] == "survey"]
    scores = [
        (str(item.get("date", "")), item is current, -item["score"]) for item in (current, *surveys) if "score" in item
    ]
    latest = max((score for score in scores if score[0] <= today.isoformat()), default=None)
    return -latest[2] if latest else None


def open_cases(customer: Customer, today: date) -> int:
    """The number of cases opened up to today and not closed."""
    last = today.isoformat()
    cases = customer.data.get("cases", ())
    return sum(case["status"] != "closed" and str(case["opened"])[:10] <= last for case in cases)


def age(customer: Customer, today: date) -> int | None:
    """The years since a person's birth; None if the year is unknown, or the date is impossible."""
    born = str(customer.data.get("person", {}).get("birth_date", ""))
    if not born[:4].isdigit() or not exists(born) or born > f"{today}":
        return None
    return today.year - int(born[:4]) - (born[5:10] > f"{today:%m-%d}")


def age_band(customer: Customer, today: date) -> str | None:
    """The band that a person's age is in."""
    years = age(customer, today)
    return None if years is None else next(name for least, name in _BANDS if years >= least)


def age_bands() -> Mapping[str, Mapping[str, str]]:
    """The bands, youngest first, with their labels."""
    return {name: translations(_UNDER if least == 0 else name) for least, name in reversed(_BANDS)}


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
