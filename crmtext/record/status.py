"""Move a customer to another status, with the fields that go with it.

Becoming active sets the start of the cooperation; after a loss a new one begins. Leaving active turns the satisfaction
into feedback, because it is kept for active customers only. Leaving a pause removes its reason. Being lost adds a
churn with date and reason, which stays when the customer comes back. Values that a move removes are kept as a note
among the interactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.checks.status_transition import jump
from crmtext.i18n import _, plural, speaking
from crmtext.problem import Problem, usage
from crmtext.record.change.draft import draft
from crmtext.record.change.steps import removal
from crmtext.record.change.write import WriteOptions, check_and_write, writing
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
    """Arguments of `crmtext status`; an empty string stands for an option that was left out."""

    to: str
    since: str = ""
    reason: str = ""
    category: str = ""
    products: tuple[str, ...] = ()
    by: str = "me"


def run(store: Store, typed: str, move: Move, how: WriteOptions) -> Change:
    """Move a customer to another status."""
    wanted = read(move, store)
    record = target(store, typed)
    with writing(store, how):
        document = reread(store, record)
        before = str(document.data.get("status", ""))
        if before == wanted.to:
            status = _label(wanted.to, store)
            message = _("{name} is already {status}").format(name=customer_name(document), status=status)
            if wanted.since or wanted.reason or wanted.category or wanted.products:
                hint = _("to change its fields: crmtext set CUSTOMER cooperation.since=… or churn.reason=…")
                raise usage("same-status", message, hint)
            return check_and_write(store, [], message, how)
        drafted = draft(document, operations(document, wanted, store), store.schema)
        summary = _summary(document, before, wanted, store)
        return check_and_write(store, [drafted], summary, how, also=_jump(document, before, wanted, store))


def read(move: Move, store: Store) -> Move:
    """Return the move with labels resolved to values and `since` to a date."""
    to = arguments.choice(store.schema, "status", move.to)
    since = dates.parse(move.since, store.today, past=True).isoformat() if move.since else ""
    category = arguments.choice(store.schema, "churn.category", move.category) if move.category else ""
    given = {"--since": since, "--reason": move.reason, "--category": category, "--product": "".join(move.products)}
    for option in (name for name, value in given.items() if value and to not in _TAKES[name]):
        known = _(", ").join(_label(takes, store) for takes in _TAKES[option])
        message = _("{option} does not work with the status {status}").format(option=option, status=_label(to, store))
        raise usage("status-option", message, _("it works with: {values}").format(values=known))
    return move._replace(to=to, since=since, category=category, reason=" ".join(move.reason.split()))


def operations(document: Document, move: Move, store: Store) -> tuple[Operation, ...]:
    """Return the operations of a move; each applies to the result of the one before."""
    before = str(document.data.get("status", ""))
    done: list[Operation] = []
    for rule in _RULES:
        operations_ = tuple(rule(document, before, move, store))
        done += operations_
        document = parse_text(rewrite(document.text, operations_), document.path) if operations_ else document
    return tuple(done)


def leave(document: Document, store: Store) -> tuple[Operation, ...]:
    """Return the operations on what a record with its status can't have: a satisfaction, a reason to pause."""
    to = Move(str(document.data.get("status", "")))
    done = tuple(kept_as_feedback(document, store)) if to.to != "active" else ()
    document = parse_text(rewrite(document.text, done), document.path) if done else document
    return (*done, *_pause(document, "paused" if to.to != "paused" else "", to, store))


def _status(document: Document, _before: str, move: Move, store: Store) -> Iterator[Operation]:
    yield _set(document, "/status", move.to, store)


def _satisfaction(document: Document, before: str, _move: Move, store: Store) -> Iterator[Operation]:
    """Leaving active turns the satisfaction into feedback."""
    if before == "active":
        yield from kept_as_feedback(document, store)


def _since(document: Document, before: str, move: Move, store: Store) -> Iterator[Operation]:
    """Becoming active sets the start of the cooperation; after a pause the old start stays."""
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
    yield from (Append("/cooperation/products", product, order) for product in move.products if product not in have)


def _pause(document: Document, before: str, move: Move, store: Store) -> Iterator[Operation]:
    if move.to == "paused" and move.reason:
        yield _set(document, "/cooperation/paused_reason", move.reason, store)
    reason = get(document.data, "/cooperation/paused_reason")
    if before == "paused" and reason:
        yield removal(document, "/cooperation/paused_reason")
        with speaking(store.settings.language):
            summary = _("paused until today: {reason}").format(reason=reason)
        yield _note(document, summary, move, store)


def _churn(document: Document, _before: str, move: Move, store: Store) -> Iterator[Operation]:
    """Being lost sets the churn; an earlier one becomes a note, because its reasons do not apply to this one."""
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


def _summary(document: Document, before: str, move: Move, store: Store) -> str:
    summary = _("{name}: {old} → {new}").format(
        name=customer_name(document), old=_label(before, store), new=_label(move.to, store)
    )
    if move.to == "active" and get(document.data, "/cooperation/since") in (None, move.since):
        summary += _(" since {date}").format(date=move.since or store.today)
    if before == "active" and get(document.data, "/cooperation/satisfaction"):
        summary += _("; ") + _("the satisfaction was moved to feedback")
    open_ = _open(document) if move.to == "lost" else 0
    return summary + (
        _("; ") + plural("{n} opportunity is still open", "{n} opportunities are still open", open_) if open_ else ""
    )


def _open(document: Document) -> int:
    """Return the number of open opportunities."""
    deals = document.data.get("opportunities", ())
    return sum(isinstance(deal, dict) and deal.get("stage") not in ("won", "lost") for deal in deals)


def _label(status: str, store: Store) -> str:
    return value_text(status, store.schema.by_path.get("status"), store.settings) if status else "–"


def _jump(document: Document, before: str, move: Move, store: Store) -> tuple[Problem, ...]:
    """Return a warning for a move that the settings do not allow; it is still made, as they cannot cover every case."""
    problems = jump(document, before, move.to, store.settings, store.schema)
    return tuple(problem._replace(excerpt="") for problem in problems)
