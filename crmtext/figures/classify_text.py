"""Differences from the classification rules, and the reasons of each rule, as text and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from crmtext.answer import Column, Text
from crmtext.figures.circles import TAGS
from crmtext.figures.classify import is_fixed, present
from crmtext.i18n import _, bracketed, language, plural
from crmtext.query.listing import left_out
from crmtext.settings.rule_tables import SETTABLE
from crmtext.terminal import grid
from crmtext.terminal.width import clip, hanging
from crmtext.values.money import rounded
from crmtext.wording import labels, numbers
from crmtext.wording.values import hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.figures.classify import Change, Differences, Verdict
    from crmtext.model import Customer
    from crmtext.query.filter.kinds import Type
    from crmtext.query.filter.outcome import Comparison, Operand, Outcome
    from crmtext.schema import Field, Schema
    from crmtext.settings import ClassificationRule
    from crmtext.snapshot import Snapshot

#: Stands for a missing value.
_NONE = "–"
#: Before a comparison that kept a rule from matching.
_FAILED = "× "
_INDENT = "  "
#: How many customers of each rule are shown.
_SHOWN = 20
#: The most values of a list, and the most cells of a text, in a reason.
_MOST, _WIDEST = 3, 30


def no_rules() -> str:
    """Return the line for settings without classification rules."""
    return _("no classification rules")


def listed(done: Differences, snapshot: Snapshot, *, width: int = 0, preview: bool = False, command: str = "") -> Text:
    """Return the differences by rule, and as JSON; for a preview with the number of customers by value.

    Of each rule the first customers are shown, and the command that lists all.
    """
    document = _document(done, snapshot)
    rules = snapshot.settings.classification_rules
    if not rules:
        return Text(f"{no_rules()}\n", document)
    blocks = [block for rule in rules if (block := _of_rule(rule, done, snapshot, width, command))]
    if preview:
        field = snapshot.schema.by_path.get(SETTABLE["value"])
        axes = (_axis((pair[side] for pair in done.values), field) for side in (0, 1))
        document["values"] = [
            {"before": before, "after": after, "customers": done.values[before, after]}
            for before, after in product(*axes)
            if (before, after) in done.values
        ]
        blocks.append(_matrix(done.values, snapshot.schema, width))
    return Text("\n".join(blocks), document, _note(done, snapshot, preview=preview))


def _of_rule(rule: ClassificationRule, done: Differences, snapshot: Snapshot, width: int, command: str) -> str:
    rows = []
    for one in done.customers:
        if changes := [change for change in one.changes if change.rule == rule.name]:
            customer = one.customer
            words = " · ".join(change_words(change, snapshot.schema) for change in changes)
            rows.append((customer.short, customer.id, snapshot.settings.shown(customer.owner), words))
    if not rows:
        return ""
    columns = (Column("", ""), Column("", "", fixed=True), Column("", ""), Column("", ""))
    lines = [line for row in grid.aligned(columns, rows[:_SHOWN], width=max(width - len(_INDENT), 0)) for line in row]
    if more := len(rows) - _SHOWN if len(rows) > _SHOWN else 0:
        lines.append(plural("{n} more: {command}", "{n} more: {command}", more, command=command))
    return "".join(f"{line}\n" for line in (bracketed(rule.name, len(rows)), *(_INDENT + line for line in lines)))


def change_words(change: Change, schema: Schema) -> str:
    """Return a change in words: `value medium → high`, `+ cold-chain`."""
    if change.key == TAGS:
        return " ".join(f"+ {tag}" for tag in change.after if tag not in (change.before or ()))
    before, after = (value_words(schema, change.key, value) for value in (change.before, change.after))
    return _("{key} {old} → {new}").format(key=key_words(schema, change.key), old=before, new=after)


def by_rule(changes: Iterable[Change], schema: Schema) -> list[str]:
    """Return the changes of each rule in words, after its name."""
    words: dict[str, list[str]] = {}
    for change in changes:
        words.setdefault(change.rule, []).append(change_words(change, schema))
    return [labels.labelled(rule, _(", ").join(every)) for rule, every in words.items()]


def key_words(schema: Schema, key: str) -> str:
    """Return the name of a field: in English as the settings write it, else its label."""
    field = schema.by_path.get(SETTABLE[key])
    return key if language() == "en" or field is None else field.label


def value_words(schema: Schema, key: str, value: Any) -> str:
    """Return a value of a field: in English as the record has it, else its label; a dash for none."""
    return _choice(schema.by_path.get(SETTABLE[key]), value)


def _choice(field: Field | None, value: Any) -> str:
    if value is None:
        return _NONE
    return str(value) if language() == "en" else labels.choice_label(field, str(value))


def _note(done: Differences, snapshot: Snapshot, *, preview: bool) -> str:
    lines = []
    if not snapshot.checked:
        lines.append(_("no customers yet; add one: crmtext add NAME"))
    elif done.customers:
        same = plural("{n} unchanged", "{n} unchanged", done.unchanged)
        count = plural("{n} customer differs", "{n} customers differ", len(done.customers))
        lines.append(_(", ").join((count, same)))
        if not preview:
            lines.append(_("to write: {command}").format(command="crmtext classify --write"))
    else:
        lines.append(plural("{n} customer, no differences", "{n} customers, no differences", done.unchanged))
    return "\n".join((*lines, *filter(None, (left_out(snapshot),))))


def _axis(values: Iterable[str | None], field: Field | None) -> list[str | None]:
    """Values in the schema's order, no value last."""
    order = {choice.value: place for place, choice in enumerate(field.choices if field else ())}
    return sorted({*values}, key=lambda value: (value is None, order.get(value or "", len(order)), value or ""))


def _matrix(counts: Mapping[tuple[str | None, str | None], int], schema: Schema, width: int) -> str:
    """The number of customers by value before, in rows, and after, in columns."""
    field = schema.by_path.get(SETTABLE["value"])
    before, after = (_axis((pair[side] for pair in counts), field) for side in (0, 1))
    head = _("{field}, before ↓ after →").format(field=key_words(schema, "value"))
    rows = [(head, *(_choice(field, value) for value in after))]
    rows += [(_choice(field, one), *(str(counts.get((one, other), 0)) for other in after)) for one in before]
    columns = (Column("", "", fixed=True), *(Column("", "", right=True) for _value in after))
    return "".join(f"{line}\n" for row in grid.aligned(columns, rows, width=width) for line in row)


def _document(done: Differences, snapshot: Snapshot) -> dict[str, Any]:
    customers = [
        {**_who(one.customer), "fixed": one.fixed, "changes": [change._asdict() for change in one.changes]}
        for one in done.customers
    ]
    return {"customers": customers, "unchanged": done.unchanged, "left_out": snapshot.left_out, "sealed": 0}


def _who(customer: Customer) -> dict[str, Any]:
    return {"id": customer.id, "name": customer.name, "owner": customer.owner}


def explained(verdicts: Mapping[str, Sequence[Verdict]], snapshot: Snapshot, *, width: int = 0) -> Text:
    """Return what each rule says about these customers, by id, and the values that it read."""
    schema = snapshot.schema
    blocks, entries = [], []
    for id_, every in verdicts.items():
        customer = snapshot.by_id[id_]
        fixed = is_fixed(customer)
        now = (f"{key_words(schema, key)} {value_words(schema, key, present(customer, key))}" for key in SETTABLE)
        lines = [" · ".join((bracketed(customer.short, customer.id), *now))]
        if fixed:
            lines.append(_INDENT + _("fixed: rules leave value, priority and segment alone"))
        if not every:
            lines.append(_INDENT + no_rules())
        lines += (_INDENT + _verdict_line(verdict, every, snapshot, fixed=fixed) for verdict in every)
        blocks.append("".join(f"{_folded(line, width)}\n" for line in lines))
        rules = [_verdict_facts(verdict, snapshot) for verdict in every]
        entries.append({**_who(customer), "fixed": fixed, "rules": rules})
    return Text("\n".join(blocks), {"customers": entries, "left_out": snapshot.left_out, "sealed": 0})


def _folded(line: str, width: int) -> str:
    indent = len(line) - len(line.lstrip())
    return hanging(line.lstrip(), indent, width) if width else line


def _verdict_line(verdict: Verdict, every: Sequence[Verdict], snapshot: Snapshot, *, fixed: bool) -> str:
    """Return `value high · RULE: monetary.CNY 212,000 >= 200,000`; of a `fixed` record, no rule sets a value."""
    rule, schema = verdict.rule, snapshot.schema
    what = _("no match")
    if verdict.matches:
        sets = []
        for key, value in rule.sets.items():
            words = f"{key_words(schema, key)} {value_words(schema, key, value)}"
            decider = next(other.rule.name for other in every if key in other.decides)
            mark = _("fixed") if fixed else _("set by {rule}").format(rule=decider)
            sets.append(words if key in verdict.decides and not fixed else bracketed(words, mark))
        what = _(", ").join((*sets, *(f"+ {tag}" for tag in rule.tags)))
    why = _("applies to every customer")
    if verdict.outcome:
        why = _reason(verdict.outcome, snapshot, needed=True, failed=not verdict.matches)
    return _("{what} · {rule}: {reason}").format(what=what, rule=rule.name, reason=why)


def _reason(outcome: Outcome, snapshot: Snapshot, *, needed: bool, failed: bool, inside: bool = False) -> str:
    """Return the comparisons that decided: of `or` the first that holds, else all of them.

    In the reason of a rule that doesn't match, those that came out otherwise than `needed` are marked.
    """
    if outcome.comparison:
        mark = _FAILED if failed and outcome.holds is not needed else ""
        return mark + comparison_words(outcome.comparison, snapshot)
    if outcome.word == "not":
        return "not " + _reason(outcome.parts[0], snapshot, needed=not needed, failed=failed, inside=True)
    parts = outcome.parts
    if outcome.word == "or" and outcome.holds and needed:
        parts = tuple(part for part in parts if part.holds)[:1]
    words = [_reason(part, snapshot, needed=needed, failed=failed, inside=len(parts) > 1) for part in parts]
    joined = f" {outcome.word} ".join(words)
    return f"({joined})" if inside and len(parts) > 1 else joined


def comparison_words(comparison: Comparison, snapshot: Snapshot) -> str:
    """Return a comparison with the values that it read: `monetary.CNY 212,000 >= 200,000`."""
    # A list of constants is in the words of the field that it is compared with.
    field = next((one.type.field for one in comparison.operands if one.type.fixed), None)
    words = [_operand(operand, snapshot, field) for operand in comparison.operands]
    return f" {comparison.sign} ".join(words) if comparison.sign else words[0]


def _operand(operand: Operand, snapshot: Snapshot, field: Field | None) -> str:
    if operand.constant:
        return _constant(operand, field)
    text = " ".join(operand.text.split())
    if operand.items and isinstance(operand.value, bool):
        return _("{text} {n} of {all}").format(text=text, n=operand.items[0], all=operand.items[1])
    return f"{text} {_value(operand.value, operand.type, snapshot)}"


def _constant(operand: Operand, field: Field | None) -> str:
    """A constant as typed; numbers with thousands separators, dates as days, labels where values are shown so."""
    value, text = operand.value, operand.text
    if isinstance(value, list):
        if field is not None and language() != "en":
            text = ", ".join(labels.choice_label(field, str(one)) for one in value)
        return f"[{text}]"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return numbers.number(value)
    if operand.type.kind in ("date", "partial"):
        return str(value)
    if operand.type.fixed and language() != "en":
        return labels.choice_label(operand.type.field, str(value))
    return text


def _value(value: Any, type_: Type, snapshot: Snapshot) -> str:
    """A value that was read, on one line."""
    if value is None or value in ([], {}):
        return _NONE
    if type_.field is not None and type_.field.mark("x-sensitive"):
        return hidden()
    if isinstance(value, list) and type_.kind != "map":
        shown = [_value(item, type_.one, snapshot) for item in value[:_MOST]]
        return _(", ").join((*shown, *(["…"] if len(value) > _MOST else [])))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | Decimal):
        text = numbers.number(rounded(value) if isinstance(value, Decimal) else value)
    elif isinstance(value, Mapping) and type_.kind == "sums":
        text = numbers.sums(value) or _NONE
    elif isinstance(value, list | Mapping):
        text = plural("{n} item", "{n} items", len(value))
    else:
        text = _choice(type_.field, value) if type_.fixed else str(value)
    return clip(" ".join(text.split()), _WIDEST)


def _verdict_facts(verdict: Verdict, snapshot: Snapshot) -> dict[str, Any]:
    rule, outcome = verdict.rule, verdict.outcome
    return {
        "name": rule.name,
        "matches": verdict.matches,
        "set": dict(rule.sets),
        "tags": list(rule.tags),
        "decides": list(verdict.decides),
        "comparisons": [
            {
                "text": comparison_words(one, snapshot),
                "holds": one.holds,
                "values": [
                    {"name": operand.text, "value": _fact(operand)} for operand in one.operands if not operand.constant
                ],
            }
            for one in outcome.comparisons
        ] if outcome else [],
    }  # fmt: skip


def _fact(operand: Operand) -> Any:
    """A value that was read, for JSON; of items or fields their number."""
    field, value = operand.type.field, operand.value
    if field is not None and field.mark("x-sensitive"):
        return None
    return len(value) if operand.type.kind == "map" and value is not None else value
