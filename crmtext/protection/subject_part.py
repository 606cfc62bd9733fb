"""The part of a customer's record that is about one person, without data of others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmtext.diff.customers import Difference, keys, ordered
from crmtext.merge.compare import compare
from crmtext.sealing import free_text
from crmtext.sealing.mask import Masking
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.history.story import Event, Story
    from crmtext.schema import Schema
    from crmtext.text.document import Document

_CONTACTS, _CONSENTS = "contacts", "consents"
#: Signs between the digits of a number.
_SIGNS = lazy.pattern(r"[\s()./·-]")
#: The fields with names, phones and addresses of the customer itself.
_OWN = ("type", "name", "short_name", "aliases", "phones", "emails", "addresses", "person", "billing")
#: The fields of a company's record that are kept for a contact, besides the entries about the contact.
_OF_THE_COMPANY = ("id", "name", "short_name", "type", "owner", "sources", "external_ids")


class Part:
    """Narrows the versions of a record to one person: the customer, or one of its contacts.

    Colleagues are named, as those who handle the data; names, phones and addresses of other contacts are masked in
    free text.
    """

    def __init__(self, schema: Schema, versions: Iterable[Mapping[str, Any]], contact: str = "") -> None:
        self._schema, self._contact = schema, contact
        known = tuple(versions)
        self._names = {contact} if contact else {str(one.get("name")) for one in known if one.get("type") == "person"}
        masking = Masking(schema)
        others: dict[str, str] = {}
        own: set[str] = set()
        #: The person's own values, folded: phone numbers and e-mail addresses among them are shown in free text.
        self._values: set[str] = set()
        for data in known:
            mine, theirs = self._split(data.get(_CONTACTS))
            holder = {"type": "company", "company": _map(data.get("company"))}
            others |= masking.words({**holder, _CONTACTS: theirs})
            own |= masking.words({"type": "company", _CONTACTS: mine}).keys()
            self._values |= {*map(_folded, _texts(mine))}
            if not contact:
                whole = {key: value for key, value in data.items() if key in _OWN}
                own |= masking.words(whole).keys()
                self._values |= {*map(_folded, _texts(whole))}
        self._words = free_text.by_length(
            (word, form) for word, form in others.items() if word not in own | self._names
        )

    def data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of a version."""
        mine, _others = self._split(data.get(_CONTACTS))
        part = dict(self._of_contact(data)) if self._contact else dict(data)
        part[_CONTACTS] = mine
        part[_CONSENTS] = [one for one in _maps(data.get(_CONSENTS)) if self._is_own(one)]
        return {key: self._hidden(value) for key, value in part.items() if value not in ([], {})}

    def left_out(self, data: Mapping[str, Any]) -> int:
        """Return how many contacts of a version are other persons."""
        return len(self._split(data.get(_CONTACTS))[1])

    def document(self, document: Document) -> Document:
        """Return a version narrowed; one that can't be read is empty."""
        return replace(document, text="", data=self.data(document.data) if isinstance(document.data, dict) else {})

    def story(self, story: Story) -> Story:
        """Return the history narrowed: without the changes of other persons' data."""
        events = tuple(event for event in map(self._event, story.events) if _is_change(event))
        merged = tuple(map(self.document, story.merged))
        return replace(story, document=self.document(story.document), events=events, merged=merged)

    def text(self, text: str) -> str:
        """Return a text with what is said of other contacts masked."""
        return free_text.masked(text, self._words, self._is_mine)

    def _is_mine(self, number: str) -> bool:
        return any(_folded(number) in value for value in self._values)

    def _event(self, event: Event) -> Event:
        differences = tuple(map(self._difference, event.differences))
        return replace(event, subject=self.text(event.subject), differences=differences)

    def _difference(self, whole: Difference) -> Difference:
        before, after = (self.document(one) if one else None for one in (whole.before, whole.after))
        old, new = (one.data if one else {} for one in (before, after))
        changes = compare(old, new, keys(self._schema))
        # A merge has only what it decided.
        touched = {change.path[0] for change in whole.expanded}
        kept = (change for change in ordered(changes, self._schema) if change.path[0] in touched)
        return Difference(before, after, tuple(kept))

    def _split(self, contacts: Any) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
        """The contacts who are the person, and the others."""
        every = _maps(contacts)
        mine = [one for one in every if one.get("name") in self._names]
        return mine, [one for one in every if one.get("name") not in self._names]

    def _of_contact(self, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, value in data.items():
            if key in _OF_THE_COMPANY:
                yield key, value
            elif isinstance(value, list):
                yield key, [one for one in value if self._is_about(one)]
            elif isinstance(value, dict):
                yield key, {name: one for name, one in value.items() if self._is_about(one)}
            elif self._is_about(value):
                yield key, value

    def _is_about(self, value: Any) -> bool:
        """Whether a value names the person anywhere."""
        if isinstance(value, dict):
            return any(map(self._is_about, value.values()))
        if isinstance(value, list):
            return any(map(self._is_about, value))
        return isinstance(value, str) and self._contact in value

    def _is_own(self, consent: Mapping[str, Any]) -> bool:
        given_by = consent.get("contact", "")
        return given_by in self._names if given_by or self._contact else True

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._hidden(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._hidden(one) for one in value]
        return self.text(value) if isinstance(value, str) else value


def _is_change(event: Event) -> bool:
    one = event.difference
    return one.before is None or one.after is None or any(part.changes for part in event.differences)


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _folded(text: str) -> str:
    """A number or address without blanks, signs and the country code of China."""
    return _SIGNS.sub("", text.casefold()).removeprefix("+86").removeprefix("0086")


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def contact_names(data: Mapping[str, Any]) -> Sequence[str]:
    """Return the names of a record's contacts."""
    return [str(one["name"]) for one in _maps(data.get(_CONTACTS)) if one.get("name")]
