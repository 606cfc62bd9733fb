"""Complaints and scores of 1 or 2, and the cases that handle them.

A grievance is the text of a complaint or low score, as a case summarizes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, speaking
from crmtext.problem import CrmError, usage
from crmtext.record.input import arguments
from crmtext.record.input.position import place, sorted_item
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.pointer import get, parent
from crmtext.wording.labels import choice_label
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.answer import Change
    from crmtext.record.input.path import Key
    from crmtext.schema import Field
    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.rewrite import Operation

#: The highest score that asks for a case.
_LOW = 2
#: Width of a customer's words in the summary of a case, in cells.
_WIDTH = 80
#: The fields that may explain a score, the customer's own words first.
_WORDS = ("comment", "text", "feedback", "summary")


def from_interaction(item: Mapping[str, Any], store: Store) -> str | None:
    """Return the grievance of an interaction; None if the team's schema has no cases."""
    return _line(item["summary"]) if "cases[]" in store.schema.by_path else None


def from_entry(field: Field, item: Mapping[str, Any], store: Store) -> str | None:
    """Return the grievance of a new list entry; None if it has none or is a case itself."""
    if field.path == "cases" or "cases[]" not in store.schema.by_path:
        return None
    if field.path == "interactions":
        return from_interaction(item, store) if arguments.complains(item["summary"]) else None
    if field.path == "feedback" and item.get("kind") == "complaint":
        return _grievance(field.by_key["kind"], item, store)
    low = (child for child in field.by_key.values() if _is_low(child, item.get(child.key)))
    return next((_grievance(child, item, store) for child in low), None)


def from_change(before: Document, after: Document, typed: Iterable[Key], store: Store) -> str | None:
    """Return the first new complaint or score of 1 or 2 in the places that were set; None if there is none."""
    for key in typed if "cases[]" in store.schema.by_path else ():
        above = parent(key.pointer)
        item, value = get(after.data, above), get(after.data, key.pointer)
        complains = key.field.path == "feedback[].kind" and value == "complaint"
        if (complains or _is_low(key.field, value)) and item != get(before.data, above):
            return _grievance(key.field, item, store)
    return None


def open_case(document: Document, grievance: str, title: str, store: Store) -> Operation:
    """Return the operation that opens a case; its summary is the title, or the grievance if that is empty."""
    return place(document, "/cases", _case(document, grievance, title, store), store.schema)


def opened_text(document: Document, grievance: str, title: str, store: Store) -> str:
    """Return the summary line of a case that was opened."""
    case = _case(document, grievance, title, store)
    return _("Opened a case, due {due}: {summary}").format(due=case["due"], summary=case["summary"])


def no_complaint(document: Document) -> CrmError:
    """Error for opening a case when there is no complaint."""
    command = f"crmtext append {quoted(_id(document))} cases kind=… summary=…"
    message = _("--case works only for a complaint or a score of 1 or 2")
    return usage("no-complaint", message, _("for other cases: {command}").format(command=command))


def with_proposals(done: Change, grievances: Sequence[tuple[Document, str]], store: Store) -> Change:
    """Return the answer with the command that opens a case for each grievance."""
    lines = [
        _("to open a case: {command}").format(command=_command(document, grievance, store))
        for document, grievance in grievances
    ]
    return done._replace(summary="\n".join((done.summary, *lines)))


def _is_low(field: Field, value: object) -> bool:
    return field.definition == "score" and isinstance(value, int) and not isinstance(value, bool) and value <= _LOW


def _grievance(field: Field, item: Mapping[str, Any], store: Store) -> str:
    """Return the grievance of an entry in the store's language: its words, after the score if there is one."""
    words = next((str(item[name]) for name in _WORDS if item.get(name)), "")
    with speaking(store.settings.language):
        if field.definition != "score":
            return _line(words or choice_label(store.schema.by_path[field.path], "complaint"))
        list_ = store.schema.by_path[field.path.rpartition(".")[0].removesuffix("[]")]
        head = _("{what} {score} of 5").format(what=list_.label, score=item[field.key])
        return _line(_("{name}: {what}").format(name=head, what=words) if words else head)


def _line(text: str) -> str:
    return clip(" ".join(text.split()), _WIDTH)


def _case(document: Document, grievance: str, title: str, store: Store) -> dict[str, Any]:
    case = {
        "opened": store.today.isoformat(),
        "kind": "complaint",
        "summary": _line(title) or grievance,
        "status": "open",
        "owner": document.data.get("owner"),
        "due": (store.today + timedelta(days=store.settings.case_days)).isoformat(),
    }
    return sorted_item({key: value for key, value in case.items() if value}, store.schema.by_path["cases[]"])


def _command(document: Document, grievance: str, store: Store) -> str:
    case = _case(document, grievance, "", store)
    fields = (quoted(f"{key}={case[key]}") for key in ("kind", "summary", "owner", "due") if key in case)
    return " ".join(("crmtext append", quoted(_id(document)), "cases", *fields))


def _id(document: Document) -> str:
    return str(document.data.get("id") or customer_name(document))
