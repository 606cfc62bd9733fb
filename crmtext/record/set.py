"""Setting keys: `FIELD=VALUE`, `LIST+=VALUE`, `LIST-=VALUE`, `FIELD=` to remove one; of one customer or of many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Problem, usage
from crmtext.query import listing
from crmtext.record import complaint, satisfaction, state
from crmtext.record.change.draft import Draft, draft
from crmtext.record.change.steps import Step, changed, put, taken
from crmtext.record.change.write import WriteOptions, settle, writing
from crmtext.record.input import amounts, path, values
from crmtext.record.input.find_record import reread, target
from crmtext.record.input.position import sorted_item
from crmtext.snapshot import claimed_id
from crmtext.terminal.quoting import quoted
from crmtext.text.edit.rewrite import Append, Delete, rewrite
from crmtext.text.pointer import NEW, get, parent
from crmtext.text.read.load import parse_text
from crmtext.values import lazy
from crmtext.wording.labels import labelled
from crmtext.wording.values import customer_name, joined, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.answer import Change
    from crmtext.record.input.path import Key
    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.rewrite import Operation

_FORM = lazy.pattern(r"((?:\[[^\]]*\]|[^=＝\[])*?)\s*([-+＋－]?)[=＝](.*)", re.DOTALL)
_SIGNS = {"＋": "+", "－": "-"}
#: Errors of the schema that moving a customer by its own command does not run into.
_OF_STATUS = frozenset({"active-without-since", "satisfaction-while-not-active"})
#: The error of an amount over a budget of which was said that nobody knows it.
_OF_BASIS = "budget-amount-while-to-confirm"


class Assignment(NamedTuple):
    """What was typed: a path, `+` or `-` where a list gains or loses something, and a value; empty: taken away."""

    key: str
    sign: str
    value: str


class Made(NamedTuple):
    """A customer's change, how it is said, and what the customer is not content with in it."""

    draft: Draft
    said: str
    grievance: str | None = None


def run(store: Store, typed: str, assignments: Sequence[str], how: WriteOptions, *, case: str | None = None) -> Change:
    """Set keys of the customer that is meant; `case` opens a case for a complaint, by this title if it has one."""
    wanted = parsed(assignments)
    found = target(store, typed)
    with writing(store, how):
        document = reread(store, found)
        made = _made(document, wanted, store, case)
        if case is not None and not made.grievance:
            raise complaint.refuse_none(document)
        summary = _("{name}: {changes}").format(
            name=customer_name(document), changes=made.said or _("nothing to change")
        )
        return _settled(store, [made], summary, how, case)


def run_where(
    store: Store, expression: str, assignments: Sequence[str], how: WriteOptions, *, case: str | None = None
) -> Change:
    """Set keys of all customers for which an expression is true: of all, or of none."""
    wanted = parsed(assignments)
    with writing(store, how):
        snapshot = store.worktree()
        rows = listing.rows(snapshot, listing.Query(where=expression))
        made = [_named(row.customer.document, wanted, store, case) for row in rows]
        changes = [each for each in made if each.draft.diff]
        if case is not None and changes and not any(each.grievance for each in changes):
            raise complaint.refuse_none(rows[0].customer.document)
        same = len(rows) - len(changes)
        said = [plural("{n} customer changed", "{n} customers changed", len(changes))] if rows else []
        said += [plural("{n} unchanged", "{n} unchanged", same)] if same else []
        summary = joined(filter(None, (*said, listing.note(snapshot, rows))))
        return _settled(store, changes, summary, how, case)


def _settled(store: Store, made: Sequence[Made], summary: str, how: WriteOptions, case: str | None) -> Change:
    done = settle(store, [each.draft for each in made], summary, how)
    if case is not None or how.dry_run:
        return done
    found = [(each.draft.after, each.grievance) for each in made if each.draft.after and each.grievance]
    return complaint.proposed(done, found, store)


def parsed(texts: Iterable[str]) -> tuple[Assignment, ...]:
    """The assignments that were typed."""
    return tuple(_parsed(text) for text in texts)


def steps(document: Document, assignments: Iterable[Assignment], store: Store, *, new: bool = False) -> Iterator[Step]:
    """What each assignment does, one upon the other, and what follows from them all; of a customer who may be new."""
    whose = "" if new else claimed_id(document)
    before = document
    typed: list[Key] = []
    for each in assignments:
        step = _step(document, each, store, whose)
        document = _rewritten(document, step)
        if step.key:
            key = _as_made(step.key, document.data)
            step = step._replace(key=key)
            typed.append(key)
        yield step
        if document.data is None:
            # What was typed cannot stand in a record; the draft says why.
            return
    for following in (
        state.steps(before, document, typed, store),
        satisfaction.steps(before, document, {key.pointer for key in typed}, store),
    ):
        for step in following:
            document = _rewritten(document, step)
            yield step


def _rewritten(document: Document, step: Step) -> Document:
    return parse_text(rewrite(document.text, step.operations), document.path) if step.operations else document


def _as_made(key: Key, data: Any) -> Key:
    """The place with the number of an item that was new."""
    above, new, below = key.pointer.partition(f"/{NEW}/")
    items = get(data, above) if new else None
    return key._replace(pointer=f"{above}/{len(items) - 1}/{below}") if isinstance(items, list) else key


def is_assignment(text: str) -> bool:
    """Whether a text says what to set."""
    match = _FORM.fullmatch(text)
    return bool(match and match[1].strip())


def _parsed(text: str) -> Assignment:
    match = _FORM.fullmatch(text)
    if match and match[1].strip():
        return Assignment(match[1].strip(), _SIGNS.get(match[2], match[2]), match[3].strip())
    raise usage(
        "no-assignment",
        _("'{text}' is not FIELD=VALUE").format(text=text),
        _(
            "use FIELD=VALUE, such as status=active; LIST+=VALUE adds, LIST-=VALUE removes an item, FIELD= "
            "removes the field"
        ),
    )


def _made(document: Document, wanted: Sequence[Assignment], store: Store, case: str | None) -> Made:
    done = list(steps(document, wanted, store))
    operations = [operation for step in done for operation in step.operations]
    said = [step.said for step in done if step.operations and step.said]
    drafted = _drafted(document, operations, wanted, store)
    keys = [step.key for step in done if step.key]
    grievance = complaint.of_change(document, drafted.after, keys, store) if drafted.after else None
    if grievance and case is not None:
        operations.append(complaint.opened(document, grievance, case, store))
        said.append(complaint.said(document, grievance, case, store))
        drafted = _drafted(document, operations, wanted, store)
    return Made(drafted, joined(said), grievance)


def _drafted(document: Document, operations: Sequence[Operation], wanted: Sequence[Assignment], store: Store) -> Draft:
    try:
        return draft(document, operations, store.schema)
    except CrmError as error:
        if error.problem.rule in _OF_STATUS:
            hint = _belongs_elsewhere(document, wanted, store)
        elif error.problem.rule == _OF_BASIS and (ranged := _range(document, wanted, store)):
            hint = _(
                'add the basis: {key}="stated {value}" if the customer said so, {key}="estimated {value}" if it is '
                "your estimate"
            ).format(key=ranged.key, value=ranged.value)
        else:
            raise
        raise CrmError(Problem(error.problem.rule, error.problem.message, hint=hint), error.exit_code) from None


def _belongs_elsewhere(document: Document, wanted: Iterable[Assignment], store: Store) -> str:
    """The command for what `set` alone would make an error of: a move to a status, or a score while not active."""
    values_ = {path.resolve(store.schema, document.data, each.key).field.path: each.value for each in wanted}
    customer = quoted(claimed_id(document))
    if "status" in values_:
        command = f"crmtext status {customer} {quoted(values_['status'])}"
        return _("to change the status and the fields that depend on it: {command}").format(command=command)
    score = next((text for name, text in values_.items() if name.startswith("cooperation.satisfaction")), "…")
    command = f"crmtext append {customer} feedback kind=survey score={quoted(score)}"
    return _("to add it as feedback: {command}").format(command=command)


def _range(document: Document, wanted: Iterable[Assignment], store: Store) -> Assignment | None:
    """The assignment that gives an amount from … to in one word."""
    return next((each for each in wanted if path.resolve(store.schema, document.data, each.key).field.is_range), None)


def _named(document: Document, wanted: Sequence[Assignment], store: Store, case: str | None) -> Made:
    """The change of one customer of many, named where it is rejected."""
    try:
        return _made(document, wanted, store, case)
    except CrmError as error:
        problem = error.problem
        message = _("{name}: {message}").format(name=customer_name(document), message=problem.message)
        raise CrmError(Problem(problem.rule, message, problem.place, problem.hint), error.exit_code) from None


def _step(document: Document, wanted: Assignment, store: Store, whose: str) -> Step:
    key = path.resolve(store.schema, document.data, wanted.key)
    if key.pointer == "/id":
        raise usage(
            "id-stays",
            _("the id and the file name must agree"),
            _("to change both: crmtext rename CUSTOMER --id NEW"),
        )
    key = path.meant(key) if wanted.value and not wanted.sign else key
    old = get(document.data, key.pointer)
    if wanted.sign:
        return _in_list(document, key, wanted, old, store, whose)
    if not wanted.value:
        done = () if old is None else (taken(document, key.pointer),)
        return Step(done, changed(key, old, None, store), key)
    above = parent(key.pointer)
    holder = old if key.field.is_range else get(document.data, above)
    now = str(holder.get("currency", "")) if isinstance(holder, Mapping) else ""
    code = values.currency(key.field, wanted.value, store, now)
    if code:
        amounts.refuse_mixed(store.schema, key.field, holder, wanted.value, code, now or store.settings.currency)
    new = values.read(key.field, wanted.value, store, whose, code or now)
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        # A range says nothing of the currency, nor of how it is known; a word says nothing of amounts to keep.
        kept = {name: value for name, value in old.items() if name not in ("min", "max", "text")}
        new = sorted_item({**kept, **new}, key.field)
    same = new == old and type(new) is type(old) and not code
    said = changed(key, old, new, store)
    if beside := amounts.beside(store.schema, key.field) if code else None:
        said = joined((said, labelled(beside.label, code)))
    extra = {beside.key: code} if beside else {}
    return Step(() if same else put(key, new, document, store, extra), said, key)


def _in_list(document: Document, key: Key, wanted: Assignment, old: Any, store: Store, whose: str) -> Step:
    if not values.is_list(key.field):
        raise usage(
            "wrong-type",
            _("'{key}' is not a list").format(key=key.shown),
            _("+= and -= work only on lists; use: {key}=…").format(key=key.shown),
        )
    items = values.items(key.field, wanted.value, store, whose)
    have = old if isinstance(old, list) else []
    if wanted.sign == "+":
        return _added(document, key, [each for each in items if each not in have], store)
    return _dropped(document, key, [each for each in items if each in have], have, store)


def _added(document: Document, key: Key, items: Sequence[Any], store: Store) -> Step:
    order = path.order(store.schema, document.data, key.pointer)
    said = _("{key}: + {value}").format(key=key.label, value=value_text(items, key.field, store.settings))
    return Step(tuple(Append(key.pointer, each, order) for each in dict.fromkeys(items)), said)


def _dropped(document: Document, key: Key, items: Sequence[Any], have: Sequence[Any], store: Store) -> Step:
    if len(items) == len(have):
        return Step((taken(document, key.pointer),), changed(key, have, None, store)) if items else Step()
    said = _("{key}: - {value}").format(key=key.label, value=value_text(items, key.field, store.settings))
    numbers = sorted((have.index(each) for each in items), reverse=True)
    return Step(tuple(Delete(f"{key.pointer}/{number}") for number in numbers), said)
