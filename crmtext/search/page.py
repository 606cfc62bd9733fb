"""The text that the search box of a page looks in, folded as the command folds it.

The page folds what is typed: NFKD, lower case, without U+0300-U+036F, U+FE00-U+FE0F and middle dots, each traditional
character replaced by the simplified one (`pairs`). A row matches if each word is part of its text.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from crmtext.search import texts
from crmtext.search.entries import Kind
from crmtext.values.folding import searchable, simplified_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.model import Customer
    from crmtext.search.entries import Reader

#: The fields with the text of interactions and notes.
_PROSE = frozenset({"interactions[].summary", "interactions[].details", "notes"})


def row_text(customer: Customer, reader: Reader) -> str:
    """Return the folded id, names, contacts, phone numbers, e-mail addresses, tags and readings, one per line."""
    entries = (entry for entry in reader.entries(customer.data) if entry.kind is not Kind.OTHER)
    return "\n".join(dict.fromkeys(texts.lines(texts.text(entries))))


def passages(customer: Customer, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Return the folded text of each interaction with its day, newest first, then of the notes without a day."""
    dated = [(str(one["date"])[:10], _prose(reader, {"interactions": [one]})) for one in customer.interactions]
    dated.sort(key=itemgetter(0), reverse=True)
    dated.append(("", _prose(reader, {"notes": customer.data.get("notes", "")})))
    return tuple((day, text) for day, text in dated if text)


def pairs(text: str) -> str:
    """Return the traditional characters whose simplified ones are in a folded text, each with the simplified one."""
    signs = {*text}
    return "".join(one + other for one, other in simplified_pairs().items() if other in signs)


def _prose(reader: Reader, data: Mapping[str, Any]) -> str:
    forms = [form for entry in reader.entries(data) if entry.path in _PROSE for form in entry.forms]
    return "\n".join(searchable(forms))
