"""The answer to a request of access: the record, its history, consents, disclosures and origin, for the person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.exporters.output import writing
from crmtext.git.objects import opened
from crmtext.git.plumbing import head
from crmtext.history.story import Story, story
from crmtext.i18n import _, bracketed, plural, speaking
from crmtext.index import lookup
from crmtext.model import Customer
from crmtext.problem import CrmError, Exit, cannot, usage
from crmtext.protection import disclose, subject_text
from crmtext.protection.disclosure_list import Listed, as_json, of_customer, record_or_last
from crmtext.protection.exporting import Given, disclosure
from crmtext.protection.mentions import Mention, mentions, names
from crmtext.protection.subject_part import Part, contact_names
from crmtext.query.find import contacts_named
from crmtext.terminal.quoting import quoted
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crmtext.store import Store
    from crmtext.text.document import Document

#: The files of an answer, without their endings.
NAME = "subject-access"
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
#: The action of commits that brought data in.
_IMPORT = "import"


class Answer(NamedTuple):
    """The answer to a request of access."""

    #: The name of the person.
    name: str
    #: The record's part that is about the person.
    document: Document
    story: Story | None
    disclosures: Listed
    #: The number of contacts in the record who are other persons.
    others: int
    #: The name of the contact, if the person isn't the customer.
    contact: str = ""
    #: The fields of other customers that name the person.
    mentions: tuple[Mention, ...] = ()

    @property
    def imports(self) -> tuple[Mapping[str, Any], ...]:
        """The imports that brought data of the record in."""
        events = self.story.events if self.story else ()
        return tuple({"date": event.day, "commit": event.commit, "subject": event.subject}
                     for event in events if event.action == _IMPORT)  # fmt: skip


def answer(store: Store, typed: str, contact: str = "") -> Answer:
    """Return what the store holds about the person that was typed: a customer, or a contact of a customer.

    Raises CrmError if none or several match, and if a disclosure can't be read: the answer would not be complete.
    """
    document = record_or_last(store, typed)
    name = _contact(document, typed, contact)
    repo = store.repository
    start = head(repo) if repo else None
    past = None
    if repo and start:
        with opened(repo) as objects:
            past = story(store, objects, store.nothing(), document, start)
    versions = [document, *(past.versions if past else ())]
    part = Part(store.schema, [one.data for one in versions if isinstance(one.data, dict)], name)
    ids = {str(document.data.get("id", "")), *(past.ids if past else ())}
    listed = of_customer(store, ids)
    if listed.problems:
        first = listed.problems[0]
        message = _("a disclosure can't be read, so the answer would not be complete: {what}")
        raise CrmError(first._replace(message=message.format(what=first.message)), Exit.CANNOT)
    narrowed = part.document(document)
    if narrowed is None:
        raise ValueError(typed)
    who = name or str(document.data.get("name") or customer_name(document))
    others = part.left_out(document.data)
    elsewhere = mentions(lookup.snapshot(store), names(document.data, name), ids)
    return Answer(who, narrowed, part.story(past) if past else None, listed, others, name, elsewhere)


def _contact(document: Document, typed: str, contact: str) -> str:
    """The name of the contact who is meant; empty for the customer itself. Raises CrmError if that isn't clear."""
    names = contact_names(document.data)
    if contact:
        matching = [name for name in names if name == contact] or [name for name in names if contact in name]
    else:
        matching = list(contacts_named(Customer(document), typed))
    if document.data.get("name") in matching:
        return ""
    if len({*matching}) == 1:
        return matching[0]
    if not matching and not contact:
        return ""
    message = _("'{typed}' is not one contact of {customer}").format(
        typed=contact or typed, customer=bracketed(customer_name(document), document.data.get("id", ""))
    )
    raise usage("which-contact", message, _("one of: {values}").format(values=", ".join(names) or "-"))


def write(store: Store, given: Answer, folder: Path, typed: str) -> list[str]:
    """Write the answer and its disclosure, and return lines about them for the user.

    Raises CrmError if the folder is a part of the store, or not empty.
    """
    check_place(folder, store.root, is_folder=True)
    _check_empty(folder, typed)
    repo = store.repository
    id_ = str(given.document.data.get("id", ""))
    # The file is read by the team: its words are in the store's language.
    with speaking(store.settings.language):
        why = Given(NAME, _("the person"), _("request of access"))
    new = disclosure(store, why, customers=(id_,), fields=(*given.document.data,))
    new = new._replace(commit=(head(repo) or "") if repo else "")
    texts = {"md": subject_text.markdown(store, given), "json": _json(store, given)}
    with files.plainly(folder):
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    with writing(store.root, _PRIVATE_FILE) as output:
        for ending, text in texts.items():
            output.open(folder / f"{NAME}.{ending}").write(text.encode())
        output.complete()
        lines = disclose.write(store, new)
    where = f"{typed.rstrip('/')}/{NAME}"
    head_ = _("Wrote what the store holds about {name}: {files}")
    first = head_.format(name=bracketed(given.name, id_), files=f"{where}.md, {where}.json")
    return [first, *_about(given), *lines, *_next(given, id_)]


def _check_empty(folder: Path, typed: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = _("'{path}' is not an empty folder").format(path=typed)
        raise cannot("folder-not-empty", message, _("name a new folder; nothing was written"))


def _about(given: Answer) -> list[str]:
    lines = []
    if given.others:
        lines.append(
            plural(
                "{n} contact is another person and left out; for an answer to that person: --contact NAME",
                "{n} contacts are other persons and left out; for an answer to one of them: --contact NAME",
                given.others,
            )
        )
    if many := len({one.id for one in given.mentions}):
        lines.append(
            plural(
                "{n} other customer names the person: the answer has its id and fields, not the text",
                "{n} other customers name the person: the answer has their ids and fields, not the text",
                many,
            )
        )
    if given.disclosures.undecided:
        lines.append(subject_text.undecided(given.disclosures))
    if given.story and given.story.cut:
        lines.append(_("the history is not complete: this clone is shallow"))
    return [*lines, _("read it before you pass it on: free text may mention others")]


def _next(given: Answer, id_: str) -> list[str]:
    """The line about the case of the request."""
    cases = [one for one in given.document.data.get("cases", ()) if one.get("kind") == "request"]
    if still := [one for one in cases if one.get("status") != "closed"]:
        return [_("open request of {date}, due {due}: close it once it is answered").format(
            date=still[0].get("opened"), due=still[0].get("due", "-"))]  # fmt: skip
    summary = quoted(f"summary={_('request of access')}")
    return [_("to log the request: {command}").format(command=f"crmtext append {id_} cases kind=request {summary}")]


def document(store: Store, given: Answer) -> Mapping[str, Any]:
    """Return the answer as JSON. Of disclosures it has no other customers."""
    from crmtext.history import story_text

    data = given.document.data
    disclosures = []
    for entry in given.disclosures.entries:
        one = dict(as_json(entry))
        for others in ("customers", "where", "left_out"):
            del one[others]
        disclosures.append(one)
    return {
        "schema": 1,
        "date": store.today,
        "person": given.name,
        "customer": data.get("id"),
        "contact": given.contact or None,
        "record": data,
        "other_contacts_left_out": given.others,
        "origin": {
            "sources": data.get("sources", []), "external_ids": data.get("external_ids", {}), "imports": given.imports,
        },
        "consents": data.get("consents", []),
        "disclosures": disclosures,
        "mentions": [one._asdict() for one in given.mentions],
        "history": story_text.document(given.story) if given.story else None,
    }  # fmt: skip


def _json(store: Store, given: Answer) -> str:
    return json.dumps(document(store, given), ensure_ascii=False, indent=2, default=str) + "\n"
