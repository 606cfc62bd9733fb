"""Adding to any list of a record: a contact, a need, a transaction, a tag, an entry of a team's own list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import CrmError, Problem, Severity, usage
from crmtext.record import complaint, state
from crmtext.record import set as record_set
from crmtext.record.change.draft import draft
from crmtext.record.change.write import WriteOptions, settle, writing
from crmtext.record.input import amounts, list_items, path, values
from crmtext.record.input.find_record import reread, target
from crmtext.record.input.position import place, sorted_item
from crmtext.record.log import unwanted, with_contact
from crmtext.schema.validator_error import listed
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.edit.rewrite import Append, Operation
from crmtext.text.pointer import get, split
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.wording.labels import labelled
from crmtext.wording.values import customer_name, joined, texts, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.answer import Change
    from crmtext.record.input.path import Key
    from crmtext.schema import Field
    from crmtext.store import Store
    from crmtext.text.document import Document

#: So many keys are named of an entry that needs none.
_SOME = 3
#: So many cells of a value are said.
_WIDTH = 80


class New(NamedTuple):
    """What is added to a list: the operations, how they are said, warnings, and a complaint that it tells of."""

    operations: list[Operation]
    said: str
    problems: tuple[Problem, ...] = ()
    grievance: str | None = None


def run(
    store: Store, typed: str, list_: str, given: Sequence[str], how: WriteOptions, *, case: str | None = None
) -> Change:
    """Add to a list of the customer that is meant; `case` opens a case for a complaint, by this title if it has one."""
    found = target(store, typed)
    with writing(store, how):
        document = reread(store, found)
        key = _list(document, list_, store)
        if key.field.item and key.field.item.kind == "map" and not all(map(record_set.is_assignment, given)):
            raise _no_field(key.field, f"crmtext append {quoted(typed)} {quoted(list_)}", given, store)
        new = _entry(document, key, given, store, how)
        if case is not None:
            new = _with_case(document, new, case, store)
        summary = _("{name}: {key}: + {value}").format(name=customer_name(document), key=key.label, value=new.said)
        made = draft(document, new.operations, store.schema)
        done = settle(store, [made], summary, how, also=new.problems)
        if case is not None or how.dry_run or not new.grievance:
            return done
        return complaint.proposed(done, [(document, new.grievance)], store)


def _list(document: Document, typed: str, store: Store) -> Key:
    """The list that is meant, also by a part of its name that no other list has: 机会 is 销售机会."""
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
    """The error for words of which is not said what they are, with the line that puts them where they belong."""
    words = [each for each in given if not record_set.is_assignment(each)]
    text = " ".join(words)
    rest = [each for each in given if each not in words]
    item = field.item or field
    needed = [each for each in item.children if each.key in item.resolved.get("required", ())]
    missing = [each for each in needed if state.default(each, store) is None] or item.children[:_SOME]
    if key := values.typed_for(field, text):
        have = {key, *(found.typed for each in rest if (found := item.named(record_set.parsed([each])[0].key)))}
        more = [f"{each.typed}=…" for each in missing if each in needed and each.typed not in have]
        line = " ".join((command, f"{key}={quoted(text)}", *map(quoted, rest), *more))
    else:
        line = " ".join((command, *(f"{each.typed}=…" for each in missing)))
    message = _("'{text}' has no field name").format(text=text)
    return usage("no-assignment", message, _("use: {form}").format(form=line))


def _with_case(document: Document, new: New, title: str, store: Store) -> New:
    if new.grievance is None:
        raise complaint.refuse_none(document)
    opened = complaint.opened(document, new.grievance, title, store)
    said = joined((new.said, complaint.said(document, new.grievance, title, store)))
    return new._replace(operations=[*new.operations, opened], said=said)


def item(field: Field, given: Iterable[str], store: Store) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry that was typed as `FIELD=VALUE …`, in the schema's order, and what its state added to it.

    A day and a colleague that it or its state needs and that were left out are today and you.
    """
    made: dict[str, Any] = {}
    for each in record_set.parsed(given):
        key = path.resolve_in(field, store.schema, made, each.key)
        if each.sign or not each.value:
            raise usage(
                "no-assignment", _("a new entry takes only FIELD=VALUE"), _("use: {key}=…").format(key=each.key)
            )
        key = path.meant(key)
        code = values.currency(key.field, each.value, store)
        if code and (beside := amounts.beside(store.schema, key.field)):
            _put(made, [*split(key.pointer)[:-1], beside.key], code)
        _put(made, split(key.pointer), values.read(key.field, each.value, store, currency=code))
    needed = [child for child in field.children if child.key in field.resolved.get("required", ())]
    filled = {child.key: state.default(child, store) for child in needed if child.key not in made}
    if missing := [child for child in needed if filled.get(child.key, "") is None]:
        raise _incomplete(missing)
    made |= filled
    asked = state.follows(field, {}, made, made, store)
    return sorted_item({**made, **asked}, field), asked


def _entry(document: Document, key: Key, given: Sequence[str], store: Store, how: WriteOptions) -> New:
    """What is added, with a warning where the list holds the same already."""
    field = key.field
    if not values.is_list(field) or field.item is None:
        raise usage(
            "wrong-type",
            _("'{key}' is not a list").format(key=key.shown),
            _("lists: {keys}").format(keys=_lists(store)),
        )
    if field.item.kind != "map":
        return _texts(document, key, given, store)
    made, asked = item(field.item, given, store)
    if not given:
        raise _incomplete(field.item.children[:_SOME])
    said = _told(field, made, asked, store)
    also = _twins(document, key, made, how)
    if field.path == "interactions":
        spelled, unknown = with_contact(document, "", made, store.schema)
        made = dict(spelled)
        also += (*unknown, *unwanted(document, made, store.schema))
    grievance = complaint.of_entry(field, made, store)
    return New([place(document, key.pointer, made, store.schema)], said, also, grievance)


def _told(field: Field, made: Mapping[str, Any], asked: Mapping[str, Any], store: Store) -> str:
    """A new entry in words: its name, or what is in it but the day that it needs; and what its state added."""
    name = list_items.name(field, made)
    plain, named = [name] if name else [], []
    for key, text in texts(made, field, store.settings).items():
        child, told = field.by_key[key], clip(text, _WIDTH)
        if name and key not in asked:
            continue
        if child.key in asked or child.kind not in ("text", "map", "list", "date"):
            named.append(labelled(child.label, told))
        elif child.kind != "date":
            plain.append(told)
        elif not store.schema.required(f"/{field.key}/0/{child.key}"):
            named.append(labelled(child.label, told))
    return joined(filter(None, (_(", ").join(plain), *named)))


def _texts(document: Document, key: Key, given: Sequence[str], store: Store) -> New:
    added = [each for text in given for each in values.items(key.field, text, store)]
    if not added:
        raise usage("empty-value", _("nothing to add"), _("put it after the list's name"))
    have = get(document.data, key.pointer) or ()
    new = [each for each in dict.fromkeys(added) if each not in have]
    if not new:
        raise usage("twin-entry", _("'{key}' already has this entry").format(key=key.shown), _("nothing to do"))
    order = path.order(store.schema, document.data, key.pointer)
    return New([Append(key.pointer, each, order) for each in new], value_text(new, key.field, store.settings))


def _twins(document: Document, key: Key, made: Mapping[str, Any], how: WriteOptions) -> tuple[Problem, ...]:
    own = list_items.identity(key.field, made)
    have = get(document.data, key.pointer) or ()
    if not own or all(list_items.identity(key.field, each) != own for each in have):
        return ()
    message = _("'{key}' now has two entries {name}").format(key=key.shown, name=" · ".join(own))
    if how.dry_run:
        hint = _("if they are the same, change the first one with crmtext set instead")
    else:
        hint = _("if they are the same: {command}, then change the first one with crmtext set").format(
            command="crmtext undo"
        )
    return (document.problem("twin-entry", message, key.pointer, hint=hint, severity=Severity.WARNING, quote=False),)


def _put(made: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        made = made.setdefault(step, {})
    old = made.get(steps[-1])
    if steps[-1] == "currency" and old not in (None, value):
        raise amounts.two_currencies(old, value)
    if isinstance(value, Mapping) and isinstance(old, Mapping):
        _put(dict(old), ["currency"], value.get("currency", old.get("currency")))
    # What was said by itself, such as a budget's basis, stays beside a range that comes later.
    made[steps[-1]] = {**value, **old} if isinstance(value, Mapping) and isinstance(old, Mapping) else value


def _incomplete(missing: Sequence[Field]) -> CrmError:
    """The error of an entry in which keys are missing, with the words that say them."""
    message = _("missing in the new entry: {keys}").format(keys=_(", ").join(each.typed for each in missing))
    hints = [_("add: {words}").format(words=" ".join(f"{each.typed}=…" for each in missing))]
    fixed = (each for each in missing if each.choices)
    hints += [labelled(each.typed, listed(each.choices)) for each in fixed]
    return usage("missing-key", message, "\n".join(hints))


def _lists(store: Store) -> str:
    return ", ".join(field.key for field in store.schema.fields if field.kind == "list")
