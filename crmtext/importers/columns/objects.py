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
    ("interactions", ({"date", "summary"}, {"date", "by", "channel"})),
)


def object_of(headers: Sequence[str], names: Names) -> str:
    """Return what the rows of a sheet without a profile are."""
    plain = [name for name in map(norm, headers) if name]

    def fields(kind: str) -> set[str]:
        return {meaning.field for name in plain for meaning in names.meanings(kind, name)[:1]}

    customer = fields("customers")
    about_customers = len(customer & _OF_CUSTOMERS)
    survey = fields("feedback")
    if not words("scores").isdisjoint(plain) and "feedback.text" in survey and not about_customers:
        others = [name for name in plain if not names.meanings("feedback", name)]
        if len(others) <= 3:
            return "feedback"
    for kind, groups in _SIGNS:
        own = {path.removeprefix(f"{kind}.") for path in fields(kind)}
        if any(group <= own for group in groups) and about_customers == 0 and not _describes(customer):
            return kind
    person = fields("contacts")
    named = "contacts.name" in person or {"@first_name", "@last_name"} & person
    # 联系人 beside 客户名称 is a list of customers, 姓名 beside 公司 one of people.
    beside = {"name", "contacts.name"} <= customer and not {"@first_name", "@last_name"} & person
    if named and not about_customers and not beside:
        return "contacts"
    return "customers"


def joins(headers: Sequence[str]) -> tuple[Join, ...]:
    """Return how rows of entries find their customer by its id, by the usual names of columns."""
    return tuple(Join(header, "id") for header in headers if norm(header) in words("customer_ids"))


def _describes(customer: set[str]) -> bool:
    """Whether a sheet describes customers: it has an address or a website."""
    return any(path.startswith("addresses[") or path in ("website", "phones") for path in customer)
