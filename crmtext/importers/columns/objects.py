"""The object of a sheet without a profile, and how its rows find their customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.importers.columns.headers import norm
from crmtext.importers.columns.names import words
from crmtext.importers.mapping import Join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.importers.columns.names import Names

#: Names of columns that are typical of a customer, not of one of its entries.
_OF_CUSTOMERS = frozenset(
    {"type", "status", "industry", "classification.value", "classification.lifecycle", "uscc", "short_name"}
)
#: For each kind of entry: groups of fields; a sheet of that kind has all of one group.
_SIGNS = (
    ("opportunities", ({"title", "stage"}, {"title", "amount"})),
    ("transactions", ({"order_no", "amount"}, {"order_no", "date"})),
    ("cases", ({"summary", "status"}, {"summary", "kind"})),
    ("feedback", ()),
    ("interactions", ({"date", "summary"}, {"date", "by", "channel"})),
)
#: How many columns about customers a survey may have, besides those that name who answered.
_STRANGE = 2
_REACH = {"contacts.phones": "phone", "phones": "phone", "contacts.emails": "email", "emails": "email"}


def object_of(headers: Sequence[str], names: Names) -> str:
    """Return what the rows of a sheet without a profile are."""
    plain = [name for name in map(norm, headers) if name]

    def fields(kind: str) -> set[str]:
        return {meaning.field for name in plain for meaning in names.meanings(kind, name)[:1]}

    customer = fields("customers")
    about_customers = len(customer & _OF_CUSTOMERS)
    if not words("complaints").isdisjoint(plain) and fields("cases") & {"cases.status", "cases.resolution"}:
        return "cases"
    for kind, groups in _SIGNS:
        own = {path.removeprefix(f"{kind}.") for path in fields(kind)}
        if any(group <= own for group in groups) and about_customers == 0 and not _describes(customer):
            return kind
        if kind == "feedback" and about_customers == 0 and _is_feedback(plain, names, own) and not _is_placed(customer):
            return kind
    person = fields("contacts")
    named = "contacts.name" in person or {"@first_name", "@last_name"} & person
    # 联系人 beside 客户名称 is a list of customers, 姓名 beside 公司 one of people.
    beside = {"name", "contacts.name"} <= customer and not {"@first_name", "@last_name"} & person
    if named and not about_customers and not beside:
        return "contacts"
    return "customers"


def _is_feedback(plain: Sequence[str], names: Names, own: set[str]) -> bool:
    """Whether rows are answers of a survey, or what customers said: scores or opinions with a day or words."""
    opinions = not (words("opinions") | words("complaints")).isdisjoint(plain)
    if not ("score" in own and own & {"text", "date"}) and not (opinions and own & {"kind", "date"}):
        return False
    who = words("customer_ids") | {"name", "@row", "@created"}
    strange = [
        name
        for name in plain
        if not names.meanings("feedback", name)
        and name not in who
        and any(one.field not in {*who, *_REACH, "contacts.name"} for one in names.meanings("customers", name)[:1])
    ]
    return len(strange) <= _STRANGE


def joins(headers: Sequence[str], kind: str, names: Names) -> tuple[Join, ...]:
    """Return how rows of entries find their customer by the usual names of columns: by its id, and by who answered."""
    ids = tuple(Join(header, "id") for header in headers if norm(header) in words("customer_ids"))
    if kind != "feedback":
        return ids
    named = ((header, names.meanings("customers", norm(header))[:1]) for header in headers)
    reach = (Join(header, _REACH[one.field]) for header, meanings in named for one in meanings if one.field in _REACH)
    return (*ids, *reach)


def _describes(customer: set[str]) -> bool:
    """Whether a sheet describes customers: it has an address, a website or a phone number."""
    return _is_placed(customer) or "phones" in customer


def _is_placed(customer: set[str]) -> bool:
    return any(path.startswith("addresses[") or path == "website" for path in customer)
