"""Moving a customer to another status, with what goes with the move.

Becoming active needs the day the cooperation began; who was lost begins a new one. Leaving active, the satisfaction
becomes feedback, for it is kept only while somebody is served. Leaving a pause, its reason goes. Being lost, a churn
tells when and why, and stays when the customer comes back. What a move would take out of the record is kept as a note
among the interactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.checks.status_transition import jump
from crmtext.i18n import _, plural, speaking
from crmtext.problem import Problem, usage
from crmtext.record.change.draft import draft
from crmtext.record.change.steps import taken
from crmtext.record.change.write import WriteOptions, settle, writing
from crmtext.record.input import arguments, path
from crmtext.record.input.find_record import reread, target
from crmtext.record.input.position import place
from crmtext.record.satisfaction import kept_as_feedback
from crmtext.text.edit.rewrite import Append, Operation, Set, rewrite
from crmtext.text.pointer import get
from crmtext.text.read.load import parse_text
from crmtext.values import dates
from crmtext.wording.values import customer_name, texts, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.answer import Change
    from crmtext.store import Store
    from crmtext.text.document import Document


class Move(NamedTuple):
    """What was typed about a move; empty where nothing was."""

    to: str
    since: str = ""
    reason: str = ""
    category: str = ""
    products: tuple[str, ...] = ()
    by: str = "me"


def run(store: Store, typed: str, move: Move, how: WriteOptions) -> Change:
    """Move the customer that is meant."""
    wanted = read(move, store)
    found = target(store, typed)
    with writing(store, how):
        document = reread(store, found)
        before = str(document.data.get("status", ""))
        if before == wanted.to:
            return settle(store, [], _already(document, wanted, store), how)
        made = draft(document, operations(document, wanted, store), store.schema)
        summary = _summary(document, before, wanted, store)
        return settle(store, [made], summary, how, also=_jump(document, before, wanted, store))


def read(move: Move, store: Store) -> Move:
    """The move with what was typed read: values for labels, a date for `since`."""
    to = arguments.choice(store.schema, "status", move.to)
    since = dates.parse(move.since, store.today, past=True).isoformat() if move.since else ""
    category = arguments.choice(store.schema, "churn.category", move.category) if move.category else ""
    given = {"--since": since, "--reason": move.reason, "--category": category, "--product": "".join(move.products)}
    for option in (name for name, value in given.items() if value and to not in _TAKES[name]):
        known = _(", ").join(_label(each, store) for each in _TAKES[option])
        message = _("{option} does not work with the status {status}").format(option=option, status=_label(to, store))
        raise usage("status-option", message, _("it works with: {values}").format(values=known))
    return move._replace(to=to, since=since, category=category, reason=" ".join(move.reason.split()))


def operations(document: Document, move: Move, store: Store) -> tuple[Operation, ...]:
    """What the move does to a record, one operation upon the other."""
    before = str(document.data.get("status", ""))
    done: list[Operation] = []
    for rule in _RULES:
        found = tuple(rule(document, before, move, store))
        done += found
        document = parse_text(rewrite(document.text, found), document.path) if found else document
    return tuple(done)


def _status(document: Document, _before: str, move: Move, store: Store) -> Iterator[Operation]:
    yield _set(document, "/status", move.to, store)


def _satisfaction(document: Document, before: str, _move: Move, store: Store) -> Iterator[Operation]:
    """Leaving active, what the customer said of us becomes feedback."""
    if before == "active":
        yield from kept_as_feedback(document, store)


def _since(document: Document, before: str, move: Move, store: Store) -> Iterator[Operation]:
    """Becoming active, the cooperation begins; after a pause it goes on, so that its day stays."""
    if move.to != "active":
        return
    known = get(document.data, "/cooperation/since")
    since = move.since or (known if before != "lost" else "") or store.today.isoformat()
    if since != known:
        yield _set(document, "/cooperation/since", since, store)
    if known and since != known:
        with speaking(store.settings.language):
            summary = _("an earlier cooperation began on {date}").format(date=known)
        yield _note(document, summary, move, store)


def _products(document: Document, _before: str, move: Move, store: Store) -> Iterator[Operation]:
    have = get(document.data, "/cooperation/products") or ()
    order = path.order(store.schema, document.data, "/cooperation/products")
    yield from (Append("/cooperation/products", each, order) for each in move.products if each not in have)


def _pause(document: Document, before: str, move: Move, store: Store) -> Iterator[Operation]:
    if move.to == "paused" and move.reason:
        yield _set(document, "/cooperation/paused_reason", move.reason, store)
    reason = get(document.data, "/cooperation/paused_reason")
    if before == "paused" and reason:
        yield taken(document, "/cooperation/paused_reason")
        with speaking(store.settings.language):
            summary = _("paused until today: {reason}").format(reason=reason)
        yield _note(document, summary, move, store)


def _churn(document: Document, _before: str, move: Move, store: Store) -> Iterator[Operation]:
    """Being lost; an earlier loss becomes a note, for the reasons of one are not those of the other."""
    if move.to != "lost":
        return
    earlier = document.data.get("churn")
    new = {"date": move.since or store.today.isoformat(), "category": move.category, "reason": move.reason}
    yield _set(document, "/churn", {key: value for key, value in new.items() if value}, store)
    if isinstance(earlier, dict):
        with speaking(store.settings.language):
            reason = _(", ").join(texts(earlier, store.schema.by_path.get("churn"), store.settings).values())
            summary = _("lost before: {reason}").format(reason=reason)
        yield _note(document, summary, move, store)


_RULES = (_status, _satisfaction, _since, _products, _pause, _churn)
#: The statuses that each option goes with.
_TAKES = {
    "--since": ("active", "lost"),
    "--reason": ("paused", "lost"),
    "--category": ("lost",),
    "--product": ("active",),
}


def _set(document: Document, pointer: str, value: Any, store: Store) -> Set:
    return Set(pointer, value, path.order(store.schema, document.data, pointer))


def _note(document: Document, summary: str, move: Move, store: Store) -> Operation:
    by = arguments.colleague(store, move.by)
    item = {"date": store.today.isoformat(), "by": by, "channel": "note", "summary": summary}
    return place(document, "/interactions", item, store.schema)


def _already(document: Document, move: Move, store: Store) -> str:
    if move.since or move.reason or move.category or move.products:
        raise usage(
            "same-status",
            _("{name} is already {status}").format(name=customer_name(document), status=_label(move.to, store)),
            _("to change its fields: crmtext set CUSTOMER cooperation.since=… or churn.reason=…"),
        )
    return _("{name} is already {status}").format(name=customer_name(document), status=_label(move.to, store))


def _summary(document: Document, before: str, move: Move, store: Store) -> str:
    said = _("{name}: {old} → {new}").format(
        name=customer_name(document), old=_label(before, store), new=_label(move.to, store)
    )
    if move.to == "active" and get(document.data, "/cooperation/since") in (None, move.since):
        said += _(" since {date}").format(date=move.since or store.today)
    if before == "active" and get(document.data, "/cooperation/satisfaction"):
        said += _("; ") + _("the satisfaction was moved to feedback")
    open_ = _open(document) if move.to == "lost" else 0
    return said + (
        _("; ") + plural("{n} opportunity is still open", "{n} opportunities are still open", open_) if open_ else ""
    )


def _open(document: Document) -> int:
    """How many opportunities nobody has closed."""
    found = document.data.get("opportunities", ())
    return sum(isinstance(each, dict) and each.get("stage") not in ("won", "lost") for each in found)


def _label(status: str, store: Store) -> str:
    return value_text(status, store.schema.by_path.get("status"), store.settings) if status else "–"


def _jump(document: Document, before: str, move: Move, store: Store) -> tuple[Problem, ...]:
    """A warning where the settings know no such step; it is done all the same, for the settings cannot know it all."""
    found = jump(document, before, move.to, store.settings, store.schema)
    return tuple(each._replace(excerpt="") for each in found)
