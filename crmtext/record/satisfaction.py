"""A customer's satisfaction: the latest score with its date; earlier ones become feedback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.record.change.steps import Step, removal
from crmtext.record.input import arguments, path
from crmtext.record.input.position import place
from crmtext.text.edit.rewrite import Set, rewrite
from crmtext.text.pointer import get
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.rewrite import Operation

POINTER = "/cooperation/satisfaction"


def kept_as_feedback(document: Document, store: Store) -> Iterator[Operation]:
    """Return the operations that turn the satisfaction, if there is one, into feedback."""
    score = get(document.data, POINTER)
    if isinstance(score, Mapping):
        yield from _as_feedback(document, score, store)
        yield removal(document, POINTER)


def steps(before: Document, after: Document, typed: Collection[str], store: Store) -> Iterator[Step]:
    """Yield what follows from a new score: it gets today's date and your handle, and the earlier one becomes feedback.

    The same score on another date is a new answer. A date, colleague or comment that was typed stays. A score typed
    with the date of the earlier one corrects it.
    """
    old, new = get(before.data, POINTER), get(after.data, POINTER)
    if not {POINTER, f"{POINTER}/score"} & set(typed) or not isinstance(new, Mapping):
        return
    given = {key: value for key, value in new.items() if f"{POINTER}/{key}" in typed}
    day = given.get("date", store.today.isoformat())
    if isinstance(old, Mapping):
        if old.get("date") == day and ("date" in given or old.get("score") == new.get("score")):
            return
        # The same score without a date only gets its date.
        earlier = "date" in old or old.get("score") != new.get("score")
        if earlier and (operations := tuple(_as_feedback(after, old, store))):
            yield Step(operations, _("the earlier score was moved to feedback"))
            after = parse_text(rewrite(after.text, operations), after.path)
    fresh = {"date": day, "by": arguments.own_handle(store), "comment": None, **given}
    operations = tuple(
        _put(after, key, fresh[key], store)
        for key in ("date", "by", "comment")
        if get(after.data, f"{POINTER}/{key}") != fresh[key]
    )
    if operations:
        yield Step(operations, "" if "date" in given else _("date: {date}").format(date=day))


def _put(document: Document, key: str, value: Any, store: Store) -> Operation:
    pointer = f"{POINTER}/{key}"
    if value is None:
        return removal(document, pointer)
    return Set(pointer, value, path.order(store.schema, document.data, pointer))


def _as_feedback(document: Document, answer: Mapping[str, Any], store: Store) -> Iterator[Operation]:
    feedback = {
        "date": answer.get("date", store.today.isoformat()),
        "kind": "survey",
        "score": answer.get("score"),
        "text": answer.get("comment"),
        "by": answer.get("by"),
    }
    item = {key: value for key, value in feedback.items() if value is not None}
    if item not in (document.data.get("feedback") or ()):
        yield place(document, "/feedback", item, store.schema)
