"""Find the customer that a typed word means, or list the candidates."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.similarity import informal, nearest
from crmtext.i18n import _, bracketed, plural
from crmtext.model import Customer
from crmtext.problem import CrmError, usage
from crmtext.values import phones
from crmtext.values.folding import folded, plain, spellings
from crmtext.values.pinyin import Fit, fit, latin, likely, sounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmtext.sealing.mask import Masking

_MOST = 10
_MIN_TAIL = 3
#: How many near names are shown, and how similar a name or its sound must be, from 0 to 1.
_MOST_NEAR, _ALIKE, _SOUNDS_ALIKE = 3, 0.6, 0.8


class _Wanted(NamedTuple):
    """The typed text in the forms that are compared."""

    #: In lower case and without blanks: for ids, e-mail addresses and phone numbers, where punctuation counts.
    plain: str
    #: The spellings that names are compared by.
    spelled: tuple[str, ...]


class _Known(NamedTuple):
    """A customer, and the spellings of its names."""

    customer: Customer
    spelled: tuple[str, ...]


def find(customers: Iterable[Customer], typed: str, *, left_out: int = 0, masking: Masking | None = None) -> Customer:
    """Return the customer with this id (or its tail), name, part of a name, e-mail, phone (or tail), pinyin or contact.

    Raises CrmError with the candidates if several match, with similar names if none does; `left_out` is the number of
    records that could not be searched. With `masking`, the names in the error are masked.
    """
    if not plain(typed):
        raise usage("no-customer", _("no customer given"), _("give an id, a name or a part of a name"))
    everyone = tuple(_Known(customer, spelled(customer.names)) for customer in customers)
    # Words of contacts' names come last: a customer's own name in pinyin wins over them.
    candidates = (
        _first(everyone, typed, _WAYS) or _by_pinyin(everyone, latin(typed)) or _first(everyone, typed, (_has_word,))
    )
    if len(candidates) > 1:
        raise _several(typed, candidates, masking)
    if not candidates:
        raise _nobody(typed, everyone, left_out, masking)
    return candidates[0]


def is_named(customers: Iterable[Customer], typed: str) -> bool:
    """Whether any customer has this id or its tail, or this name or a part of it; no other way is tried."""
    return bool(_first([_Known(customer, spelled(customer.names)) for customer in customers], typed, _BY_NAME))


def _first(everyone: Sequence[_Known], typed: str, ways: Iterable[Callable[[_Known, _Wanted], bool]]) -> list[Customer]:
    """The customers that match in the first of these ways that matches any."""
    wanted = _Wanted(plain(typed), spellings(typed))
    for matches in ways:
        if matching := [known.customer for known in everyone if matches(known, wanted)]:
            return matching
    return []


def contact_named(customer: Customer, typed: str) -> str:
    """The name of the one contact that was typed instead of the customer; empty if none or several match."""
    people = contacts_named(customer, typed)
    return people[0] if len(people) == 1 else ""


def contacts_named(customer: Customer, typed: str) -> tuple[str, ...]:
    """The names of the contacts that were typed instead of the customer."""
    own = replace(customer.document, data={**customer.data, "contacts": []})
    if _means(Customer(own), typed):
        return ()
    return tuple(
        str(contact["name"])
        for contact in customer.data.get("contacts", ())
        if _means(Customer(replace(own, data={"id": "", "name": "", "contacts": [contact]})), typed)
    )


def _means(customer: Customer, typed: str) -> bool:
    wanted = _Wanted(plain(typed), spellings(typed))
    known = _Known(customer, spelled(customer.names))
    return any(matches(known, wanted) for matches in (*_WAYS, _has_word)) or bool(_by_pinyin((known,), latin(typed)))


def spelled(names: Iterable[str]) -> tuple[str, ...]:
    """Return the spellings that names are compared by."""
    return tuple(spelling for name in names for spelling in spellings(name))


def _has_id(known: _Known, wanted: _Wanted) -> bool:
    return known.customer.id.casefold() == wanted.plain


def _has_former_id(known: _Known, wanted: _Wanted) -> bool:
    """Whether a record with this id was merged into the customer."""
    return any(str(former).casefold() == wanted.plain for former in known.customer.data.get("merged_from", ()))


def _has_name(known: _Known, wanted: _Wanted) -> bool:
    return any(spelling in known.spelled for spelling in wanted.spelled)


def _ends_id(known: _Known, wanted: _Wanted) -> bool:
    return len(wanted.plain) >= _MIN_TAIL and known.customer.id.casefold().endswith(wanted.plain)


def _ends_former_id(known: _Known, wanted: _Wanted) -> bool:
    former = known.customer.data.get("merged_from", ())
    return len(wanted.plain) >= _MIN_TAIL and any(str(id_).casefold().endswith(wanted.plain) for id_ in former)


def _holds_name(known: _Known, wanted: _Wanted) -> bool:
    return any(spelling in name for name in known.spelled for spelling in wanted.spelled)


def _has_email(known: _Known, wanted: _Wanted) -> bool:
    return "@" in wanted.plain and any(wanted.plain == email.casefold() for email in _values(known.customer, "emails"))


def _has_phone(known: _Known, wanted: _Wanted) -> bool:
    digits = dialled(wanted.plain)
    return bool(digits) and any(phones.ends_with(phone, digits) for phone in _values(known.customer, "phones"))


def dialled(typed: str) -> str:
    """The digits if the text may be a phone number or its tail, else empty."""
    digits = re.sub(r"[^0-9+]", "", plain(typed))
    return digits if len(digits) >= max(_MIN_TAIL + 1, len(plain(typed)) - 4) else ""


def _has_contact(known: _Known, wanted: _Wanted) -> bool:
    return any(spelling in wanted.spelled for spelling in spelled(_contacts(known.customer)))


def _has_word(known: _Known, wanted: _Wanted) -> bool:
    """Whether the text is a whole word of a contact's name: the first name, or the family name."""
    return any(wanted.plain == plain(word) for name in _contacts(known.customer) for word in name.split())


#: These come first; the index can answer them.
_BY_NAME: tuple[Callable[[_Known, _Wanted], bool], ...] = (
    _has_id,
    _has_former_id,
    _has_name,
    _ends_id,
    _holds_name,
)
_WAYS = (*_BY_NAME, _ends_former_id, _has_email, _has_phone, _has_contact)


def _by_pinyin(everyone: Sequence[_Known], letters: str) -> list[Customer]:
    """The customers whose names, in pinyin or by initials, are closest to these letters.

    Contacts match by the whole name only, and only if no customer matches.
    """
    named = likely((spelling for known in everyone for spelling in known.spelled), letters)
    fits = [
        (max(fit(name, letters) for name in known.customer.names), known.customer)
        for known in everyone
        if not named.isdisjoint(known.spelled)
    ]
    closest = max((how for how, _customer in fits), default=Fit.NONE)
    if closest is Fit.NONE:
        people = [(name, known.customer) for known in everyone for name in _contacts(known.customer)]
        named = likely((folded(name) for name, _customer in people), letters)
        fits = [(fit(name, letters), customer) for name, customer in people if folded(name) in named]
        closest = max((how for how, _customer in fits if how in {Fit.IS, Fit.IS_INITIALS}), default=Fit.NONE)
    if closest is Fit.NONE:
        return []
    return [*{customer.path: customer for how, customer in fits if how is closest}.values()]


def _contacts(customer: Customer) -> Iterator[str]:
    return (str(contact["name"]) for contact in customer.data.get("contacts", ()))


def _values(customer: Customer, key: str) -> Iterator[str]:
    for holder in (customer.data, *customer.data.get("contacts", ())):
        yield from (str(value) for value in holder.get(key, ()))


def near(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """The few folded names that are nearest to the typed text, or sound nearest to its letters."""
    names, letters = sorted({*known}), latin(typed)
    informal_names = informal(names)
    scored = nearest(informal([folded(typed)])[0], informal_names, _ALIKE)
    scored += nearest(letters, sounds(informal_names), _SOUNDS_ALIKE) if letters else []
    return tuple(dict.fromkeys(names[place] for _score, place in sorted(scored)))[:_MOST_NEAR]


def meant(names: Iterable[str], customers: Iterable[Customer], masking: Masking | None = None) -> str:
    """Return the hint with the customers of near names, masked if `masking` is given; empty if there are none."""
    known = {spelling: customer for customer in customers for spelling in spelled(customer.names)}
    similar = dict.fromkeys(bracketed(_shown(known[name], masking), known[name].id) for name in names if name in known)
    return _("did you mean {names}?").format(names=_(", ").join(similar)) if similar else ""


def _shown(customer: Customer, masking: Masking | None) -> str:
    return str(masking.record(customer.data).value("name", customer.name)) if masking else customer.name


def _several(typed: str, candidates: list[Customer], masking: Masking | None) -> CrmError:
    lines = [f"{customer.id}  {_shown(customer, masking)}" for customer in candidates[:_MOST]]
    if len(candidates) > _MOST:
        lines.append("…")
    hint = _("choose one by its id:") + "\n" + "\n".join(lines)
    return usage("several-customers", _("'{typed}' matches {n} customers").format(typed=typed, n=len(candidates)), hint)


def _nobody(typed: str, everyone: Iterable[_Known], left_out: int, masking: Masking | None) -> CrmError:
    everyone = tuple(everyone)
    names = near(typed, (spelling for entry in everyone for spelling in entry.spelled))
    hint = meant(names, (entry.customer for entry in everyone), masking) or _("see all: crmtext list")
    if left_out:
        hint += "\n" + plural(
            "{n} record has errors and was not searched: crmtext check",
            "{n} records have errors and were not searched: crmtext check",
            left_out,
        )
    return usage("no-customer", _("no customer matches '{typed}'").format(typed=typed), hint)
