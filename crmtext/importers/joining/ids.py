"""Ids of imported customers: the same from the same file, independent of who imports it, and in which order."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from crmtext.values import phones
from crmtext.values.customer_ids import DERIVED, LETTERS
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crmtext.importers.incoming import Incoming

#: How many groups of letters a hash of 256 bits is good for.
_GROUPS = 9
#: The letters of Salesforce's checksum, which makes its ids 18 characters long.
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
#: The objects of systems that number each object from 1, in the ids of their rows that go where others go, too.
_OBJECTS = {"contacts": "contact", "leads": "lead", "tasks": "task"}
#: Numbers of up to so many digits are unique in one object only.
_SHORT = 9
_SALESFORCE = re.compile(r"[A-Za-z0-9]{18}")


def derived_id(source: str, key: str, created: str, taken: Collection[str]) -> str:
    """Return the id of a customer by its key in the source: the first group of letters whose id isn't taken."""
    day = created.replace("-", "") or "0" * 8
    return next(id_ for letters in _groups(f"{source}\0{key}") if (id_ := f"C{day}{letters}") not in taken)


def derived_ids(source: str, incoming: Sequence[Incoming], taken: Collection[str]) -> list[str]:
    """Return the ids of these customers, in their order. Collisions are resolved in the order of the keys."""
    keys = [key(customer) for customer in incoming]
    used, ids = set(taken), [""] * len(keys)
    for place in sorted(range(len(keys)), key=lambda place: (keys[place], incoming[place].created)):
        ids[place] = derived_id(source, keys[place], incoming[place].created, used)
        used.add(ids[place])
    return ids


def key(customer: Incoming) -> str:
    """Return what identifies a customer in its source: its id there, else its name; a person's name with a phone."""
    if customer.source_id:
        return f"id:{comparable(customer.source_id)}"
    name = f"name:{folded(str(customer.data.get('name', '')))}"
    if customer.data.get("type") != "person":
        return name
    reached = [phones.split(str(number))[0] for number in customer.data.get("phones", ())]
    return f"{name}:{(reached or [str(email).casefold() for email in customer.data.get('emails', ())] or [''])[0]}"


def written_id(id_: str, object_: str, place: str) -> str:
    """Return a row's id as it is written into a record: with its object, if the place is one of other objects, too.

    A company, a contact and a deal may have the same number in a system.
    """
    if object_ == place or object_ not in _OBJECTS or not id_.isdecimal() or len(id_) > _SHORT:
        return id_
    return f"{_OBJECTS[object_]} {id_}"


def forms(id_: str) -> Iterator[str]:
    """Yield an id in the forms that a customer's external id may have, for comparison."""
    yield comparable(id_)
    yield from (form for object_ in ("contacts", "leads") if (form := written_id(id_, object_, "")) != id_)


@lru_cache(maxsize=1 << 10)
def comparable(foreign: str) -> str:
    """Return an id of another system for comparison: without `zcrm_`, and Salesforce's 18 characters as 15."""
    text = foreign.strip().removeprefix("zcrm_")
    if _SALESFORCE.fullmatch(text) and _checksum(text[:15]) == text[15:].upper():
        return text[:15]
    return text


def _checksum(text: str) -> str:
    """Three characters for the places of the capital letters in fifteen."""
    parts = (text[start : start + 5] for start in range(0, 15, 5))
    return "".join(_CHECK[sum(1 << place for place, sign in enumerate(part) if sign.isupper())] for part in parts)


def _groups(text: str) -> Iterator[str]:
    digest = text.encode()
    while True:
        digest = sha256(digest).digest()
        number = int.from_bytes(digest, "big")
        for _group in range(_GROUPS):
            letters = ""
            for _place in range(DERIVED):
                number, digit = divmod(number, len(LETTERS))
                letters += LETTERS[digit]
            yield letters
