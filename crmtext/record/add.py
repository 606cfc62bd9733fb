"""Add a customer: a new id, a file in the schema's order and a check for likely duplicates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.similarity import Match, similar
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.problem import Problem, Severity, usage
from crmtext.record import ids, status
from crmtext.record import set as record_set
from crmtext.record.change.draft import Draft, as_assignments, errors, refuse
from crmtext.record.change.write import WriteOptions, check_and_write, writing
from crmtext.record.fmt import form
from crmtext.record.input import arguments
from crmtext.schema.validator_error import list_choices
from crmtext.text.edit.canonical import fresh
from crmtext.text.edit.rewrite import rewrite
from crmtext.text.read.load import parse_text
from crmtext.values import lazy
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.answer import Change
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document

#: The status of a new customer if none is given.
FIRST_STATUS = "lead"
#: The fields to ask for when a company or institution is added, besides name, type, status and owner.
_ASKED = (
    "short_name", "industry", "sources[0].channel", "contacts[0].name", "contacts[0].title",
    "contacts[0].phones", "contacts[0].emails", "tags",
)  # fmt: skip
_ASKED_OF_PERSON = ("phones", "emails", "sources[0].channel", "person.company", "person.title", "tags", "notes")
_FIRM = lazy.pattern(r"公司|集团|厂\Z|\b(?:ltd|limited|inc|corp|llc|gmbh|co|sa|sas|bv|ag)\b", re.IGNORECASE)
_INSTITUTION = lazy.pattern(
    r"大学|学院|学校|中学|小学|医院|研究院|研究所|中心\Z|局\Z|协会|委员会|政府|\b(?:university|institute|hospital)\b",
    re.IGNORECASE,
)
_PERSON = lazy.pattern(r"[\u3400-\u9fff]{2,3}\Z")


class New(NamedTuple):
    """Arguments of `crmtext add`; an empty string stands for an option that was left out."""

    name: str
    type: str
    status: str = ""
    owner: str = ""
    #: As `set` takes them: `contacts[0].name=张三`.
    assignments: tuple[str, ...] = ()
    id: str = ""
    folder: str = ""


def run(
    store: Store,
    new: New,
    how: WriteOptions,
    *,
    force: bool,
    confirm: Callable[[tuple[Match, ...]], None] | None = None,
) -> Change:
    """Add a customer. A certain duplicate is rejected unless forced; `confirm` asks about likely ones."""
    wanted = _read(store, new)
    if confirm and not force:
        # Ask before taking the lock, because people take their time.
        snapshot = lookup.snapshot(store)
        if matches := _alike(snapshot, _document(store, snapshot, wanted)):
            confirm(matches)
    with writing(store, how):
        snapshot = lookup.snapshot(store)
        document = _document(store, snapshot, wanted)
        matches = () if force else _alike(snapshot, document)
        also = () if confirm else tuple(_likely(match, document) for match in matches)
        summary = _("Added {name}: {path}").format(name=customer_name(document), path=document.path)
        return check_and_write(store, [Draft(None, document)], summary, how, also=also)


def asked(schema: Schema, type_: str) -> tuple[str, ...]:
    """Return the fields to ask for when a customer of a type is added, as far as the schema has them."""
    wanted = _ASKED_OF_PERSON if type_ == "person" else _ASKED
    return tuple(path for path in wanted if path.replace("[0]", "[]") in schema.by_path)


def guess(name: str) -> str:
    """Return the type that a name suggests."""
    if _INSTITUTION.search(name):
        return "institution"
    return "person" if _PERSON.match(name.strip()) and not _FIRM.search(name) else "company"


def common(match: Match) -> str:
    """Return in words what two customers have in common."""
    names = {
        "uscc": _("same credit code"),
        "full-name": _("same name"),
        "name": _("same name"),
        "phone": _("same phone number"),
        "email": _("same e-mail address"),
        "domain": _("same web domain"),
    }
    reasons = dict.fromkeys(names[kind] for kind, _value in match.common)
    return _(", ").join(reasons) or _("similar name")


def _read(store: Store, new: New) -> New:
    """Return the arguments with labels and names resolved."""
    name = " ".join(new.name.split())
    if not name:
        raise usage("empty-value", _("the name is empty"), _("give the customer's name"))
    if not new.type:
        known = list_choices(store.schema.by_path["type"].choices)
        raise usage(
            "missing-key", _("the customer type is missing"), _("add --type, one of: {values}").format(values=known)
        )
    return new._replace(
        name=name,
        type=arguments.choice(store.schema, "type", new.type),
        status=arguments.choice(store.schema, "status", new.status or FIRST_STATUS),
        owner=arguments.colleague(store, new.owner or "me"),
        folder=ids.folder(new.folder),
    )


def _document(store: Store, snapshot: Snapshot, new: New) -> Document:
    """Return the new record. Raises CrmError if it does not fit the schema."""
    id_ = ids.free_id(snapshot, new.id) if new.id else ids.new_id(snapshot, store.today)
    days = store.schema.dates
    text = fresh({"id": id_, "name": new.name, "type": new.type, "owner": new.owner}, dates=days)
    # Reject text that no record can hold before anything is built on it.
    refuse(problem for problem in parse_text(text).problems if problem.severity is Severity.ERROR)
    # The move fills in what the status needs; `--set` may then correct it.
    moved = status.operations(parse_text(text), status.Move(new.status), store)
    text = rewrite(text, moved, dates=days)
    steps = record_set.steps(parse_text(text), record_set.parsed(new.assignments), store, new=True)
    operations = [operation for step in steps for operation in step.operations]
    draft = parse_text(rewrite(text, operations, dates=days))
    refuse(as_assignments(errors(draft, store.schema), draft, store.schema, "--set {}"))
    path = f"{new.folder}/{ids.file_name(id_, ids.slug_of(draft.data))}"
    return parse_text(form(draft.text, store.schema), path)


def _alike(snapshot: Snapshot, document: Document) -> tuple[Match, ...]:
    """Return the customers that are likely the same. Raises CrmError for a certain duplicate."""
    matches = similar(document.data, snapshot.customers)
    if matches and matches[0].certain:
        other = matches[0].customer
        message = _("duplicate of {name} ({id}): {common}").format(
            name=other.name, id=other.id, common=common(matches[0])
        )
        hint = _("see: crmtext show {id}; to add it anyway: --force").format(id=other.id)
        raise usage("duplicate", message, hint)
    return matches


def _likely(match: Match, document: Document) -> Problem:
    other = match.customer
    message = _("possible duplicate of {name}: {common}").format(name=f"{other.id} {other.name}", common=common(match))
    hint = _("if they are two customers: {command}").format(
        command=f"crmtext set {document.data['id']} not_duplicate_of+={other.id}"
    )
    hint += "\n" + _("if it is the same customer: {command}").format(command="crmtext undo")
    return Problem("duplicate", message, hint=hint, severity=Severity.WARNING)
