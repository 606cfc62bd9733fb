"""Which customer is meant by what a person types: one is found, or the candidates are named."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from crmtext import phones
from crmtext.i18n import _, plural
from crmtext.pinyin import initials
from crmtext.problem import CrmError, usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmtext.model import Customer

_MOST = 10
_MIN_TAIL = 3


def find(customers: Iterable[Customer], typed: str, *, left_out: int = 0) -> Customer:
    """The customer with this id (or its tail), name or part of one, pinyin initials, e-mail address or phone (or tail).

    Raises CrmError with the candidates where several are meant, and with near names where none is; `left_out` records
    could not be searched.
    """
    everyone = tuple(customers)
    wanted = folded(typed)
    if not wanted:
        raise usage("no-customer", _("no customer is named"), _("name an id, a name or a part of one"))
    for matches in _WAYS:
        found = [each for each in everyone if matches(each, wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise _several(typed, found)
    raise _nobody(typed, everyone, left_out)


def folded(text: str) -> str:
    """Text as it is compared: NFKC, lower case, no blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def names(customer: Customer) -> Iterator[str]:
    """All names of a customer."""
    yield customer.name
    if "short_name" in customer.data:
        yield str(customer.data["short_name"])
    yield from customer.data.get("aliases", ())


def _has_id(customer: Customer, wanted: str) -> bool:
    return customer.id.casefold() == wanted


def _has_name(customer: Customer, wanted: str) -> bool:
    return any(folded(name) == wanted for name in names(customer))


def _ends_id(customer: Customer, wanted: str) -> bool:
    return len(wanted) >= _MIN_TAIL and customer.id.casefold().endswith(wanted)


def _holds_name(customer: Customer, wanted: str) -> bool:
    return any(wanted in folded(name) for name in names(customer))


def _has_email(customer: Customer, wanted: str) -> bool:
    return "@" in wanted and any(wanted == email.casefold() for email in _each(customer, "emails"))


def _has_phone(customer: Customer, wanted: str) -> bool:
    digits = re.sub(r"[^0-9+]", "", wanted)
    return (
        len(digits) >= _MIN_TAIL + 1
        and len(digits) >= len(wanted) - 4
        and any(phones.ends_with(phone, digits) for phone in _each(customer, "phones"))
    )


def _has_initials(customer: Customer, wanted: str) -> bool:
    return wanted.isascii() and wanted.isalpha() and any(wanted in initials(name) for name in names(customer))


def _has_contact(customer: Customer, wanted: str) -> bool:
    return any(wanted == folded(contact["name"]) for contact in customer.data.get("contacts", ()))


_WAYS: tuple[Callable[[Customer, str], bool], ...] = (
    _has_id,
    _has_name,
    _ends_id,
    _holds_name,
    _has_email,
    _has_phone,
    _has_contact,
    _has_initials,
)


def _each(customer: Customer, key: str) -> Iterator[str]:
    for holder in (customer.data, *customer.data.get("contacts", ())):
        yield from (str(each) for each in holder.get(key, ()))


def _several(typed: str, found: list[Customer]) -> CrmError:
    lines = [f"{each.id}  {each.name}" for each in found[:_MOST]]
    if len(found) > _MOST:
        lines.append("…")
    hint = _("name one of them:") + "\n" + "\n".join(lines)
    return usage("several-customers", _("'{typed}' may be {n} customers").format(typed=typed, n=len(found)), hint)


def _nobody(typed: str, everyone: tuple[Customer, ...], left_out: int) -> CrmError:
    import difflib

    known = {folded(name): each for each in everyone for name in names(each)}
    close = difflib.get_close_matches(folded(typed), known, n=3, cutoff=0.5)
    near = dict.fromkeys(f"{known[each].name} ({known[each].id})" for each in close)
    hint = _("did you mean {names}?").format(names=_(", ").join(near)) if near else _("see all: crmtext list")
    if left_out:
        hint += "\n" + plural(
            "{n} record has errors and was not searched: crmtext check",
            "{n} records have errors and were not searched: crmtext check",
            left_out,
        )
    return usage("no-customer", _("there is no customer '{typed}'").format(typed=typed), hint)
