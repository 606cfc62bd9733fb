"""Set fields: `FIELD=VALUE`, `LIST+=VALUE`, `LIST-=VALUE`, `FIELD=` to remove; of one customer or of many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.rules import NAMES
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Problem, usage
from crmtext.query import listing
from crmtext.record import complaint, promises, satisfaction, state
from crmtext.record.change.draft import Draft, draft, naming
from crmtext.record.change.steps import Step, change_text, put, removal
from crmtext.record.change.write import WriteOptions, check_and_write, writing
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
#: Errors of the schema that `crmtext status` avoids.
_OF_STATUS = frozenset({"active-without-since", "satisfaction-while-not-active"})
#: The error for an amount in a budget that is still to be confirmed.
_OF_BASIS = "budget-amount-while-to-confirm"


class Assignment(NamedTuple):
    """An assignment as typed: a path, `+` or `-` to add to or remove from a list, and a value; an empty one removes."""

    key: str
    sign: str
    value: str


class CustomerChange(NamedTuple):
    """A customer's change, its text for the summary and the grievance in it, if any."""

    draft: Draft
    text: str
    grievance: str | None = None


def run(store: Store, typed: str, assignments: Sequence[str], how: WriteOptions, *, case: str | None = None) -> Change:
    """Set fields of a customer; `case` opens a case for a complaint, titled with `case` unless it is empty."""
    wanted = parsed(assignments)
    record = target(store, typed)
    with writing(store, how):
        document = reread(store, record)
        change = _change(document, wanted, store, case)
        if case is not None and not change.grievance:
            raise complaint.no_complaint(document)
        text = change.text or _("nothing to change")
        summary = _("{name}: {changes}").format(name=customer_name(document), changes=text)
        return _settled(store, [change], summary, how, case)


def run_where(
    store: Store, expression: str, assignments: Sequence[str], how: WriteOptions, *, case: str | None = None
) -> Change:
    """Set fields of all customers that match an expression: all of them or none."""
    wanted = parsed(assignments)
    with writing(store, how):
        snapshot = store.worktree()
        rows = listing.rows(snapshot, listing.Query(where=expression), NAMES)
        changes_ = [_named(row.customer.document, wanted, store, case) for row in rows]
        changes = [change for change in changes_ if change.draft.diff]
        if case is not None and changes and not any(change.grievance for change in changes):
            raise complaint.no_complaint(rows[0].customer.document)
        same = len(rows) - len(changes)
        parts = [plural("{n} customer changed", "{n} customers changed", len(changes))] if rows else []
        parts += [plural("{n} unchanged", "{n} unchanged", same)] if same else []
        summary = joined(filter(None, (*parts, listing.note(snapshot, rows))))
        return _settled(store, changes, summary, how, case)


def _settled(
    store: Store, changes: Sequence[CustomerChange], summary: str, how: WriteOptions, case: str | None
) -> Change:
    done = check_and_write(store, [change.draft for change in changes], summary, how)
    if case is not None or how.dry_run:
        return done
    pairs = ((change.draft.after, change.grievance) for change in changes)
    return complaint.with_proposals(
        done, [(after, grievance) for after, grievance in pairs if after and grievance], store
    )


def parsed(texts: Iterable[str]) -> tuple[Assignment, ...]:
    """Return the assignments that were typed."""
    return tuple(_parsed(text) for text in texts)


def steps(document: Document, assignments: Iterable[Assignment], store: Store, *, new: bool = False) -> Iterator[Step]:
    """Yield what each assignment does, in order, and what follows from all of them; `new` for a new customer."""
    whose = "" if new else claimed_id(document)
    before = document
    typed: list[Key] = []
    for assignment in assignments:
        step = _step(document, assignment, store, whose)
        document = _rewritten(document, step)
        if step.key:
            key = _numbered(step.key, document.data)
            step = step._replace(key=key)
            typed.append(key)
        yield step
        if document.data is None:
            # The text cannot be in a record; the draft says why.
            return
    for following in (
        state.steps(before, document, typed, store),
        satisfaction.steps(before, document, {key.pointer for key in typed}, store),
        promises.steps(before, document, {key.pointer for key in typed}, store),
    ):
        for step in following:
            document = _rewritten(document, step)
            yield step


def _rewritten(document: Document, step: Step) -> Document:
    return parse_text(rewrite(document.text, step.operations), document.path) if step.operations else document


def _numbered(key: Key, data: Any) -> Key:
    """Return the place with the number of an entry that was new."""
    above, new, below = key.pointer.partition(f"/{NEW}/")
    items = get(data, above) if new else None
    return key._replace(pointer=f"{above}/{len(items) - 1}/{below}") if isinstance(items, list) else key


def is_assignment(text: str) -> bool:
    """Whether a text has the form of an assignment."""
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


def _change(document: Document, wanted: Sequence[Assignment], store: Store, case: str | None) -> CustomerChange:
    done = list(steps(document, wanted, store))
    operations = [operation for step in done for operation in step.operations]
    lines = [step.text for step in done if step.operations and step.text]
    drafted = _drafted(document, operations, wanted, store)
    keys = [step.key for step in done if step.key]
    grievance = complaint.from_change(document, drafted.after, keys, store) if drafted.after else None
    if grievance and case is not None:
        operations.append(complaint.open_case(document, grievance, case, store))
        lines.append(complaint.opened_text(document, grievance, case, store))
        drafted = _drafted(document, operations, wanted, store)
    return CustomerChange(drafted, joined(lines), grievance)


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


def _belongs_elsewhere(document: Document, wanted: Sequence[Assignment], store: Store) -> str:
    """Return the command to use instead of `set`, which would add an error: a move to a status, or a feedback."""
    keys = (path.resolve(store.schema, document.data, assignment.key) for assignment in wanted)
    values_ = {key.field.path: assignment.value for key, assignment in zip(keys, wanted, strict=True)}
    customer = quoted(claimed_id(document))
    if "status" in values_:
        command = f"crmtext status {customer} {quoted(values_['status'])}"
        return _("to change the status and the fields that depend on it: {command}").format(command=command)
    score = next((text for name, text in values_.items() if name.startswith("cooperation.satisfaction")), "…")
    command = f"crmtext append {customer} feedback kind=survey score={quoted(score)}"
    return _("to add it as feedback: {command}").format(command=command)


def _range(document: Document, wanted: Iterable[Assignment], store: Store) -> Assignment | None:
    """Return the assignment of an amount or range in one text; None if there is none."""
    for assignment in wanted:
        if path.resolve(store.schema, document.data, assignment.key).field.is_range:
            return assignment
    return None


def _named(document: Document, wanted: Sequence[Assignment], store: Store, case: str | None) -> CustomerChange:
    """Return the change of one customer of many; an error names the customer."""
    with naming(document):
        return _change(document, wanted, store, case)


def _step(document: Document, wanted: Assignment, store: Store, whose: str) -> Step:
    key = path.resolve(store.schema, document.data, wanted.key)
    if key.pointer == "/id":
        raise usage(
            "id-stays",
            _("the id and the file name must agree"),
            _("to change both: crmtext rename CUSTOMER --id NEW"),
        )
    key = path.place_for_value(key) if wanted.value and not wanted.sign else key
    old = get(document.data, key.pointer)
    if wanted.sign:
        return _in_list(document, key, wanted, old, store, whose)
    if not wanted.value:
        done = () if old is None else (removal(document, key.pointer),)
        return Step(done, change_text(key, old, None, store), key)
    above = parent(key.pointer)
    holder = old if key.field.is_range else get(document.data, above)
    now = str(holder.get("currency", "")) if isinstance(holder, Mapping) else ""
    code = values.currency(key.field, wanted.value, store, now)
    if code:
        amounts.refuse_mixed(store.schema, key.field, holder, wanted.value, code, now or store.settings.currency)
    new = values.read(key.field, wanted.value, store, whose, code or now)
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        # A range leaves the currency and its basis as they are; a word replaces the amounts.
        kept = {name: value for name, value in old.items() if name not in ("min", "max", "text")}
        new = sorted_item({**kept, **new}, key.field)
    same = new == old and type(new) is type(old) and not code
    text = change_text(key, old, new, store)
    if beside := amounts.currency_field(store.schema, key.field) if code else None:
        text = joined((text, labelled(beside.label, code)))
    extra = {beside.key: code} if beside else {}
    return Step(() if same else put(key, new, document, store, extra), text, key)


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
        new = [item for item in items if item not in have]
        order = path.order(store.schema, document.data, key.pointer)
        text = _("{key}: + {value}").format(key=key.label, value=value_text(new, key.field, store.settings))
        return Step(tuple(Append(key.pointer, item, order) for item in dict.fromkeys(new)), text)
    gone = [item for item in items if item in have]
    if len(gone) == len(have):
        return Step((removal(document, key.pointer),), change_text(key, have, None, store)) if gone else Step()
    text = _("{key}: - {value}").format(key=key.label, value=value_text(gone, key.field, store.settings))
    numbers = sorted((have.index(item) for item in gone), reverse=True)
    return Step(tuple(Delete(f"{key.pointer}/{number}") for number in numbers), text)
