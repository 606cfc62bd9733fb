"""Add to any list of a record: a contact, a need, a transaction, a tag, an entry of a team's own list."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.cases import REQUEST, days_for
from crmtext.i18n import _
from crmtext.problem import CrmError, Problem, Severity, usage
from crmtext.record import complaint, state
from crmtext.record import set as record_set
from crmtext.record.change.draft import draft
from crmtext.record.change.write import WriteOptions, check_and_write, writing
from crmtext.record.input import amounts, list_items, path, values
from crmtext.record.input.find_record import reread, target
from crmtext.record.input.position import place, sorted_item
from crmtext.record.log import with_contact
from crmtext.record.unwanted import unwanted
from crmtext.schema.validator_error import list_choices
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.edit.rewrite import Append, Operation
from crmtext.text.pointer import get, split
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.same_items import identity, pairs
from crmtext.wording.labels import labelled
from crmtext.wording.values import customer_name, joined, texts, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.answer import Change
    from crmtext.record.input.path import Key
    from crmtext.schema import Field
    from crmtext.store import Store
    from crmtext.text.document import Document

#: How many fields to name for an entry that has no required ones.
_SOME = 3
#: Width of a value in the summary, in cells.
_WIDTH = 80


class New(NamedTuple):
    """The operations that add to a list, their text for the summary, warnings and the grievance of the entry."""

    operations: list[Operation]
    text: str
    problems: tuple[Problem, ...] = ()
    grievance: str | None = None


def run(
    store: Store, typed: str, list_: str, given: Sequence[str], how: WriteOptions, *, case: str | None = None
) -> Change:
    """Add to a list of a customer; `case` opens a case for a complaint, titled with `case` unless it is empty."""
    record = target(store, typed)
    with writing(store, how):
        document = reread(store, record)
        key = _find_list(document, list_, store)
        if key.field.item and key.field.item.kind == "map" and not all(map(record_set.is_assignment, given)):
            raise _no_field(key.field, f"crmtext append {quoted(typed)} {quoted(list_)}", given, store)
        new = _entry(document, key, given, store, how)
        if case is not None:
            new = _with_case(document, new, case, store)
        summary = _("{name}: {key}: + {value}").format(name=customer_name(document), key=key.label, value=new.text)
        drafted = draft(document, new.operations, store.schema)
        done = check_and_write(store, [drafted], summary, how, also=new.problems)
        if case is not None or how.dry_run or not new.grievance:
            return done
        return complaint.with_proposals(done, [(document, new.grievance)], store)


def _find_list(document: Document, typed: str, store: Store) -> Key:
    """Return the list that was typed, even by a part of its name that no other list has: 机会 for 销售机会."""
    try:
        return path.resolve(store.schema, document.data, typed)
    except CrmError as error:
        if error.problem.rule != "unknown-key":
            raise
        problem = error.problem
    wanted = typed.strip().casefold()
    lists = [field for field in store.schema.fields if field.kind == "list"]
    parts = [field for field in lists if any(wanted in name.casefold() for name in field.names())]
    if len(parts) == 1 and len(wanted) > 1:
        return path.resolve(store.schema, document.data, parts[0].key)
    if parts:
        hint = _("choose one: {keys}").format(keys=_(", ").join(field.typed for field in parts))
    else:
        names = {name: field.typed for field in lists for name in field.names()}
        hint = did_you_mean(names.get(nearest(typed, names, loose=True), ""))
    raise usage("unknown-key", problem.message, hint or _("lists: {keys}").format(keys=_lists(store)))


def _no_field(field: Field, command: str, given: Sequence[str], store: Store) -> CrmError:
    """Error for words without a field name; the hint puts them where they belong."""
    words = [word for word in given if not record_set.is_assignment(word)]
    text = " ".join(words)
    rest = [word for word in given if word not in words]
    item = field.item or field
    needed = [child for child in item.children if child.key in item.resolved.get("required", ())]
    missing = [child for child in needed if state.default(child, store) is None] or item.children[:_SOME]
    if key := values.typed_for(field, text):
        have = {key, *(child.typed for word in rest if (child := item.named(record_set.parsed([word])[0].key)))}
        more = [f"{child.typed}=…" for child in missing if child in needed and child.typed not in have]
        line = " ".join((command, f"{key}={quoted(text)}", *map(quoted, rest), *more))
    else:
        line = " ".join((command, *(f"{child.typed}=…" for child in missing)))
    message = _("'{text}' has no field name").format(text=text)
    return usage("no-assignment", message, _("use: {form}").format(form=line))


def _with_case(document: Document, new: New, title: str, store: Store) -> New:
    if new.grievance is None:
        raise complaint.no_complaint(document)
    opened = complaint.open_case(document, new.grievance, title, store)
    text = joined((new.text, complaint.opened_text(document, new.grievance, title, store)))
    return new._replace(operations=[*new.operations, opened], text=text)


def item(field: Field, given: Iterable[str], store: Store) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the entry that was typed as `FIELD=VALUE …`, in the schema's order, and the fields that its state added.

    A date and a colleague that the entry or its state needs default to today and you.
    """
    entry: dict[str, Any] = {}
    for assignment in record_set.parsed(given):
        key = path.resolve_in(field, store.schema, entry, assignment.key)
        if assignment.sign or not assignment.value:
            raise usage(
                "no-assignment", _("a new entry takes only FIELD=VALUE"), _("use: {key}=…").format(key=assignment.key)
            )
        key = path.place_for_value(key)
        code = values.currency(key.field, assignment.value, store)
        if code and (beside := amounts.currency_field(store.schema, key.field)):
            _set_value(entry, [*split(key.pointer)[:-1], beside.key], code)
        _set_value(entry, split(key.pointer), values.read(key.field, assignment.value, store, currency=code))
    needed = [child for child in field.children if child.key in field.resolved.get("required", ())]
    filled = {child.key: state.default(child, store) for child in needed if child.key not in entry}
    if missing := [child for child in needed if filled.get(child.key, "") is None]:
        raise _incomplete(missing)
    entry |= filled
    asked = state.required_values(field, {}, entry, entry, store)
    return sorted_item({**entry, **asked}, field), asked


def _entry(document: Document, key: Key, given: Sequence[str], store: Store, how: WriteOptions) -> New:
    """Return what to add, with a warning if the list has the same entry already."""
    field = key.field
    if not values.is_list(field) or field.item is None:
        raise usage(
            "wrong-type",
            _("'{key}' is not a list").format(key=key.shown),
            _("lists: {keys}").format(keys=_lists(store)),
        )
    if field.item.kind != "map":
        return _text_entries(document, key, given, store)
    entry, asked = item(field.item, given, store)
    if due := _default_due(document, entry, field.item, store):
        entry, asked = sorted_item({**entry, **due}, field.item), {**asked, **due}
    if not given:
        raise _incomplete(field.item.children[:_SOME])
    text = _entry_text(field, entry, asked, store)
    also = _duplicate_warnings(document, key, entry, how)
    if field.path == "interactions":
        spelled, unknown = with_contact(document, "", entry, store.schema)
        entry = dict(spelled)
        also += (*unknown, *unwanted(document, entry, store))
    grievance = complaint.from_entry(field, entry, store)
    return New([place(document, key.pointer, entry, store.schema)], text, also, grievance)


def _default_due(document: Document, entry: Mapping[str, Any], item: Field, store: Store) -> Mapping[str, str]:
    """Return the due date that a payment has by the customer's terms, or a request by the settings; else nothing."""
    if item.path == "transactions[]":
        key, start, days = "payment_due", "date", get(document.data, "/credit/terms_days")
    elif item.path == "cases[]" and entry.get("kind") == REQUEST:
        key, start, days = "due", "opened", days_for(REQUEST, store.settings)
    else:
        return {}
    field = item.by_key.get(key)
    if key in entry or field is None or field.kind != "date" or type(days) is not int:
        return {}
    with suppress(OverflowError, ValueError):
        return {key: (date.fromisoformat(str(entry[start])[:10]) + timedelta(days=days)).isoformat()}
    return {}


def _entry_text(field: Field, entry: Mapping[str, Any], asked: Mapping[str, Any], store: Store) -> str:
    """Describe a new entry: its name, or its fields except the required date; and the fields that its state added."""
    name = list_items.name(field, entry)
    plain, named = [name] if name else [], []
    for key, text in texts(entry, field, store.settings).items():
        child, shown = field.by_key[key], clip(text, _WIDTH)
        if name and key not in asked:
            continue
        if child.key in asked or child.kind not in ("text", "map", "list", "date"):
            named.append(labelled(child.label, shown))
        elif child.kind != "date":
            plain.append(shown)
        elif not store.schema.required(f"/{field.key}/0/{child.key}"):
            named.append(labelled(child.label, shown))
    return joined(filter(None, (_(", ").join(plain), *named)))


def _text_entries(document: Document, key: Key, given: Sequence[str], store: Store) -> New:
    added = [value for part in given for value in values.items(key.field, part, store)]
    if not added:
        raise usage("empty-value", _("nothing to add"), _("put it after the list's name"))
    have = get(document.data, key.pointer) or ()
    new = [value for value in dict.fromkeys(added) if value not in have]
    if not new:
        raise usage("twin-entry", _("'{key}' already has this entry").format(key=key.shown), _("nothing to do"))
    order = path.order(store.schema, document.data, key.pointer)
    return New([Append(key.pointer, value, order) for value in new], value_text(new, key.field, store.settings))


def _duplicate_warnings(
    document: Document, key: Key, entry: Mapping[str, Any], how: WriteOptions
) -> tuple[Problem, ...]:
    names = key.field.mark("x-key") or ()
    own = identity(entry, names)
    have = [identity(item, names) for item in get(document.data, key.pointer) or ()]
    if own.key is None or not pairs([own], have):
        return ()
    message = _("'{key}' now has two entries {name}").format(
        key=key.shown, name=" · ".join(str(entry[name]) for name in names if name in entry)
    )
    if how.dry_run:
        hint = _("if they are the same, change the first one with crmtext set instead")
    else:
        hint = _("if they are the same: {command}, then change the first one with crmtext set").format(
            command="crmtext undo"
        )
    return (document.problem("twin-entry", message, key.pointer, hint=hint, severity=Severity.WARNING, quote=False),)


def _set_value(entry: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        entry = entry.setdefault(step, {})
    old = entry.get(steps[-1])
    if steps[-1] == "currency" and old not in (None, value):
        raise amounts.two_currencies(old, value)
    if isinstance(value, Mapping) and isinstance(old, Mapping):
        _set_value(dict(old), ["currency"], value.get("currency", old.get("currency")))
    # A field that was typed by itself, such as a budget's basis, stays when a range follows it.
    entry[steps[-1]] = {**value, **old} if isinstance(value, Mapping) and isinstance(old, Mapping) else value


def _incomplete(missing: Sequence[Field]) -> CrmError:
    """Error for an entry without required fields; the hint names the assignments to add."""
    message = _("missing in the new entry: {keys}").format(keys=_(", ").join(field.typed for field in missing))
    hints = [_("add: {words}").format(words=" ".join(f"{field.typed}=…" for field in missing))]
    fixed = (field for field in missing if field.choices)
    hints += [labelled(field.typed, list_choices(field.choices)) for field in fixed]
    return usage("missing-key", message, "\n".join(hints))


def _lists(store: Store) -> str:
    return ", ".join(field.key for field in store.schema.fields if field.kind == "list")
