"""A merge of two customers in words: what differs, what was done, the commit message."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from crmtext.answer import Column, Table
from crmtext.diff import message as diff_message
from crmtext.diff.draft_message import compared
from crmtext.diff.text import words
from crmtext.i18n import _, bracketed, plural, speaking
from crmtext.record.archive import ARCHIVE
from crmtext.record.change.commit import trailers
from crmtext.record.input import path
from crmtext.record.input.list_items import description
from crmtext.snapshot import claimed_id
from crmtext.terminal import grid
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.pointer import split
from crmtext.wording.values import customer_name, discreet, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.schema import Field
    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.unite.plan import Plan
    from crmtext.unite.unite import Difference

_WIDTH, _SUBJECT = 30, 72


def open_text(plan: Plan, store: Store) -> str:
    """Return the differences that the user has to decide, with the options that decide them."""
    count = len(plan.open)
    title = plural("the two records differ in {n} field:", "the two records differ in {n} fields:", count)
    table = "".join(f"  {line}\n" for line in open_lines(plan, store))
    ways = _(", or ").join(("--prefer A", "--prefer B", *_assignments(plan, store)))
    return f"{title}\n{table}  = {ways}\n" + _("Nothing was written.") + "\n"


def open_lines(plan: Plan, store: Store) -> list[str]:
    """Return a table of the differences that the user has to decide."""
    columns = (
        Column("field", ""),
        *(Column(letter, f"{letter} {_named(document)}") for letter, document in plan.sides.items()),
    )
    rows = tuple(
        (
            question(plan, difference, store),
            *(shown(value, plan, difference, store) for value in values(plan, difference)),
        )
        for difference in plan.open
    )
    return grid.draw(Table(columns, rows)).splitlines()


def who(plan: Plan) -> list[str]:
    """Return which customer each letter stands for."""
    return [f"{letter}  {_named(document)}" for letter, document in plan.sides.items()]


def answered(plan: Plan, chosen: Mapping[str, str], store: Store) -> list[str]:
    """Return the options that repeat answers, as far as single values can be typed."""
    assignments = []
    for difference in plan.open:
        if letter := chosen.get(difference.pointer):
            value = dict(zip(plan.sides, values(plan, difference), strict=True))[letter]
            assignments += _assignment(plan, difference, value, store)
    return assignments


def open_document(plan: Plan, store: Store) -> Mapping[str, Any]:
    """Return the JSON document of the differences that the user has to decide."""
    rows = [
        {
            "field": difference.pointer,
            "label": label(plan, difference, store),
            **{
                letter: discreet(value, difference.pointer, store.schema)
                for letter, value in zip(plan.sides, values(plan, difference), strict=True)
            },
        }
        for difference in plan.open
    ]
    sides = {letter: {"id": claimed_id(one), "path": one.path} for letter, one in plan.sides.items()}
    return {"customers": sides, "differ": rows, "changed": [], "commit": None}


def values(plan: Plan, difference: Difference) -> tuple[Any, Any]:
    """Return the values of a difference: that of A, that of B."""
    both = (difference.kept, difference.other)
    return both if plan.kept == next(iter(plan.sides)) else both[::-1]


def label(plan: Plan, difference: Difference, store: Store) -> str:
    """Return the name of the field of a difference, as it can be typed."""
    return store.schema.typed_at(difference.pointer, plan.sides[plan.kept].data)


def question(plan: Plan, difference: Difference, store: Store) -> str:
    """Return the name of the field of a difference, with the names of the items that it belongs to."""
    name = label(plan, difference, store)
    have: Any = plan.sides[plan.kept].data
    field: Field | None = store.schema.root
    names = []
    for step in split(difference.pointer):
        if isinstance(have, list) and field and field.kind == "list" and field.item and int(step) < len(have):
            have, keys, field = have[int(step)], field.mark("x-key"), field.item
            names.append(clip(str(have.get(keys[0], "")) if keys else description(field, have), _WIDTH))
        else:
            have, field = have.get(step) if isinstance(have, dict) else None, field and field.child(step)
    # A label without a number means the only item of its list.
    return bracketed(name, _(", ").join(filter(None, names))) if "[" in name else name


def shown(value: Any, plan: Plan, difference: Difference, store: Store) -> str:
    """Return a value of a difference in words."""
    if value is None:
        return "–"
    key = path.resolve(store.schema, plan.sides[plan.kept].data, label(plan, difference, store))
    return clip(value_text(value, key.field, store.settings), _WIDTH)


def summary(plan: Plan, store: Store) -> str:
    """Return what a merge does: a line for the two customers, and one for each thing that users want to know."""
    return "\n".join((head(plan), *(f"  {line}" for line in _lines(plan, store))))


def head(plan: Plan) -> str:
    """Return which two customers a merge makes one."""
    kept, other = plan.sides[plan.kept], plan.sides[plan.other]
    return _("Merged {other} into {kept}: {path}").format(other=_named(other), kept=_named(kept), path=kept.path)


def not_taken_over(plan: Plan, store: Store) -> str:
    """Return the fields whose values the kept record doesn't take over."""
    fields = dict.fromkeys(label(plan, one, store) for one in plan.replaced)
    return _("not taken over: {fields}").format(fields=_(", ").join(fields))


def _lines(plan: Plan, store: Store) -> Iterator[str]:
    comparison = compared(store, plan.drafts[:1])
    for difference in comparison.differences:
        yield from diff_message.summary(difference, words(comparison))
    for replaced in plan.replaced:
        yield _("{field}: {kept} stays; {other} is only in git's history").format(
            field=label(plan, replaced, store),
            kept=shown(replaced.kept, plan, replaced, store),
            other=shown(replaced.other, plan, replaced, store),
        )
    if plan.between:
        yield plural("{n} reference between the two removed", "{n} references between the two removed", plan.between)
    if plan.primary:
        yield plural(
            "the primary contact stays; {n} contact of the other record is no longer one",
            "the primary contact stays; {n} contacts of the other record are no longer one",
            plan.primary,
        )
    if plan.comments:
        yield plural(
            "{n} comment of the other record is now at the end",
            "{n} comments of the other record are now at the end",
            plan.comments,
        )
    if plan.comments_left:
        yield plural(
            "{n} comment for programs is only in git's history",
            "{n} comments for programs are only in git's history",
            plan.comments_left,
        )
    kept, other = plan.sides[plan.kept], plan.sides[plan.other]
    if kept.path.startswith(ARCHIVE + "/") and not other.path.startswith(ARCHIVE + "/"):
        command = f"crmtext archive {quoted(claimed_id(kept))} --back"
        yield _("the customer is in the archive; to bring it back: {command}").format(command=command)
    if following := len(plan.drafts) - 2:
        yield plural("{n} reference updated", "{n} references updated", following)


def document(plan: Plan, store: Store) -> Mapping[str, Any]:
    """Return what the JSON document of a merge has besides the changed records."""
    return {
        "kept": claimed_id(plan.sides[plan.kept]),
        "merged": claimed_id(plan.sides[plan.other]),
        "not_taken_over": [label(plan, difference, store) for difference in plan.replaced],
    }


def message(plan: Plan, store: Store) -> str:
    """Return the commit message in the store's language: what was merged, what changed, trailers."""
    with speaking(store.settings.language or "en"):
        comparison = compared(store, plan.drafts[:1])
        say = words(comparison)
        lines = [*chain.from_iterable(diff_message.summary(one, say) for one in comparison.differences)]
        if plan.replaced:
            lines.append(not_taken_over(plan, store))
        about = clip(subject(plan), _SUBJECT)
    body = "\n".join(f"- {line}" for line in lines)
    blocks = (about, body, trailers(plan.drafts, "merge"))
    return "\n\n".join(block for block in blocks if block)


def subject(plan: Plan) -> str:
    """Return what a merge does, in words that may stay in git's history."""
    kept, other = plan.sides[plan.kept], plan.sides[plan.other]
    return _("merge {other} into {kept}").format(other=_lasting(other), kept=_lasting(kept))


def _named(document: Document) -> str:
    return bracketed(str(document.data.get("name") or customer_name(document)), claimed_id(document))


def _lasting(document: Document) -> str:
    return diff_message.lasting_name(customer_name(document), claimed_id(document), str(document.data.get("type", "")))


def _assignments(plan: Plan, store: Store) -> list[str]:
    """Return the option that sets the first difference that a single value decides."""
    options = (_assignment(plan, difference, difference.other, store) for difference in plan.open)
    return next(filter(None, options), [])


def _assignment(plan: Plan, difference: Difference, value: Any, store: Store) -> list[str]:
    """Return the option that sets a field to a value; none if it can't be typed."""
    if value is None or isinstance(value, dict | list) or store.schema.sensitive(difference.pointer):
        return []
    named = label(plan, difference, store)
    field = path.resolve(store.schema, plan.sides[plan.kept].data, named).field
    is_named = field.choices or field.mark("x-handle")
    typed = value_text(value, field, store.settings, None) if is_named else f"{value}"
    return [f"--set {quoted(f'{named}={typed}')}"]
