"""Which customer is meant by what a person types: one is found, or the candidates are named."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.similarity import informal, nearest
from crmtext.i18n import _, plural
from crmtext.model import Customer
from crmtext.problem import CrmError, usage
from crmtext.values import phones
from crmtext.values.folding import folded, plain, spellings
from crmtext.values.pinyin import Fit, fit, latin, likely, sounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_MOST = 10
_MIN_TAIL = 3
#: How many near names are shown, and how alike a name, or what it sounds like, must be for that, from 0 to 1.
_MOST_NEAR, _ALIKE, _SOUNDS_ALIKE = 3, 0.6, 0.8


class _Wanted(NamedTuple):
    """What was typed, as it is compared."""

    #: In lower case and without blanks: for ids, e-mail addresses and phone numbers, in which punctuation counts.
    plain: str
    #: As names are compared.
    spelled: tuple[str, ...]


class _Known(NamedTuple):
    """A customer, and the names as they are compared."""

    customer: Customer
    spelled: tuple[str, ...]


def find(customers: Iterable[Customer], typed: str, *, left_out: int = 0) -> Customer:
    """The customer with this id (or tail), name or part of one, e-mail address, phone (or tail), pinyin or contact.

    Raises CrmError with the candidates where several are meant, and with near names where none is; `left_out` records
    could not be searched.
    """
    if not plain(typed):
        raise usage("no-customer", _("no customer given"), _("give an id, a name or a part of a name"))
    everyone = tuple(_Known(each, _spelled(each.names)) for each in customers)
    # Last, so that a word of a contact's name never stands before a customer's own name in pinyin.
    found = _first(everyone, typed, _WAYS) or _read(everyone, latin(typed)) or _first(everyone, typed, (_has_word,))
    if len(found) > 1:
        raise _several(typed, found)
    if not found:
        raise _nobody(typed, everyone, left_out)
    return found[0]


def is_named(customers: Iterable[Customer], typed: str) -> bool:
    """Whether one customer or several have this id, its tail, this name or a part of it: all else is tried later."""
    return bool(_first([_Known(each, _spelled(each.names)) for each in customers], typed, _BY_NAME))


def _first(everyone: Sequence[_Known], typed: str, ways: Iterable[Callable[[_Known, _Wanted], bool]]) -> list[Customer]:
    """The customers who match what was typed in the first of these ways in which any does."""
    wanted = _Wanted(plain(typed), spellings(typed))
    for matches in ways:
        if found := [each.customer for each in everyone if matches(each, wanted)]:
            return found
    return []


def contact_named(customer: Customer, typed: str) -> str:
    """The name of the contact that was typed instead of the customer; empty if it was none, or several."""
    own = replace(customer.document, data={**customer.data, "contacts": []})
    if _means(Customer(own), typed):
        return ""
    people = [
        str(each["name"])
        for each in customer.data.get("contacts", ())
        if _means(Customer(replace(own, data={"id": "", "name": "", "contacts": [each]})), typed)
    ]
    return people[0] if len(people) == 1 else ""


def _means(customer: Customer, typed: str) -> bool:
    wanted = _Wanted(plain(typed), spellings(typed))
    known = _Known(customer, _spelled(customer.names))
    return any(matches(known, wanted) for matches in (*_WAYS, _has_word)) or bool(_read((known,), latin(typed)))


def _spelled(called: Iterable[str]) -> tuple[str, ...]:
    return tuple(spelling for name in called for spelling in spellings(name))


def _has_id(known: _Known, wanted: _Wanted) -> bool:
    return known.customer.id.casefold() == wanted.plain


def _has_name(known: _Known, wanted: _Wanted) -> bool:
    return any(each in known.spelled for each in wanted.spelled)


def _ends_id(known: _Known, wanted: _Wanted) -> bool:
    return len(wanted.plain) >= _MIN_TAIL and known.customer.id.casefold().endswith(wanted.plain)


def _holds_name(known: _Known, wanted: _Wanted) -> bool:
    return any(each in name for name in known.spelled for each in wanted.spelled)


def _has_email(known: _Known, wanted: _Wanted) -> bool:
    return "@" in wanted.plain and any(wanted.plain == email.casefold() for email in _each(known.customer, "emails"))


def _has_phone(known: _Known, wanted: _Wanted) -> bool:
    digits = dialled(wanted.plain)
    return bool(digits) and any(phones.ends_with(phone, digits) for phone in _each(known.customer, "phones"))


def dialled(typed: str) -> str:
    """The digits of what may be a phone number, or the tail of one; empty where it is neither."""
    digits = re.sub(r"[^0-9+]", "", plain(typed))
    return digits if len(digits) >= max(_MIN_TAIL + 1, len(plain(typed)) - 4) else ""


def _has_contact(known: _Known, wanted: _Wanted) -> bool:
    return any(spelling in wanted.spelled for spelling in _spelled(_contacts(known.customer)))


def _has_word(known: _Known, wanted: _Wanted) -> bool:
    """Whether it is a whole word of a contact's name: the first name, or the family name."""
    return any(wanted.plain == plain(word) for name in _contacts(known.customer) for word in name.split())


#: These come first, and are asked of the index.
_BY_NAME: tuple[Callable[[_Known, _Wanted], bool], ...] = (_has_id, _has_name, _ends_id, _holds_name)
_WAYS = (*_BY_NAME, _has_email, _has_phone, _has_contact)


def _read(everyone: Sequence[_Known], letters: str) -> list[Customer]:
    """The customers whose names, as pinyin or by initials, are closest to these letters.

    A contact is found by the whole name only, and where no customer is.
    """
    named = likely((spelling for each in everyone for spelling in each.spelled), letters)
    fits = [
        (max(fit(name, letters) for name in each.customer.names), each.customer)
        for each in everyone
        if not named.isdisjoint(each.spelled)
    ]
    closest = max((how for how, _customer in fits), default=Fit.NONE)
    if closest is Fit.NONE:
        people = [(name, each.customer) for each in everyone for name in _contacts(each.customer)]
        named = likely((folded(name) for name, _customer in people), letters)
        fits = [(fit(name, letters), customer) for name, customer in people if folded(name) in named]
        closest = max((how for how, _customer in fits if how in {Fit.IS, Fit.IS_INITIALS}), default=Fit.NONE)
    return [] if closest is Fit.NONE else [*{each.path: each for how, each in fits if how is closest}.values()]


def _contacts(customer: Customer) -> Iterator[str]:
    return (str(contact["name"]) for contact in customer.data.get("contacts", ()))


def _each(customer: Customer, key: str) -> Iterator[str]:
    for holder in (customer.data, *customer.data.get("contacts", ())):
        yield from (str(each) for each in holder.get(key, ()))


def near(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """The few names, as they are compared, that are nearest to what was typed, or nearest in sound to its letters."""
    names, letters = sorted({*known}), latin(typed)
    said = informal(names)
    found = nearest(informal([folded(typed)])[0], said, _ALIKE)
    found += nearest(letters, sounds(said), _SOUNDS_ALIKE) if letters else []
    return tuple(dict.fromkeys(names[place] for _score, place in sorted(found)))[:_MOST_NEAR]


def _several(typed: str, found: list[Customer]) -> CrmError:
    lines = [f"{each.id}  {each.name}" for each in found[:_MOST]]
    if len(found) > _MOST:
        lines.append("…")
    hint = _("choose one by its id:") + "\n" + "\n".join(lines)
    return usage("several-customers", _("'{typed}' matches {n} customers").format(typed=typed, n=len(found)), hint)


def _nobody(typed: str, everyone: Iterable[_Known], left_out: int) -> CrmError:
    known = {spelling: each.customer for each in everyone for spelling in each.spelled}
    told = dict.fromkeys(f"{known[each].name} ({known[each].id})" for each in near(typed, known))
    hint = _("did you mean {names}?").format(names=_(", ").join(told)) if told else _("see all: crmtext list")
    if left_out:
        hint += "\n" + plural(
            "{n} record has errors and was not searched: crmtext check",
            "{n} records have errors and were not searched: crmtext check",
            left_out,
        )
    return usage("no-customer", _("no customer matches '{typed}'").format(typed=typed), hint)
