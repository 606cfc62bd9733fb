"""Retention as tables and JSON: the overview by rule, the customers past their date, and plans of erasures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.answer import Column, Table
from crmtext.figures.retention import HELD, OWN, RULE, UNRULED
from crmtext.i18n import _, bracketed, plural
from crmtext.protection.retention import REDUCED, Overview, Past, Plan, Rule
from crmtext.query.listing import left_out
from crmtext.terminal.quoting import quoted
from crmtext.wording.labels import choice_label, full_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.schema import Schema

#: How many customers a note names.
_NAMED = 3


def by_rule(done: Overview, again: str) -> Table:
    """Return the overview as a table; `again` has the options that name the day, for commands to type."""
    schema = done.snapshot.schema
    columns = (
        Column("rule", _("Rule")),
        Column("customers", _("Customers"), right=True),
        Column("past", _("Ended"), right=True),
        Column("next", _("Next dates")),
        Column("no_date", _("No date"), right=True),
    )
    rows = tuple(
        (
            _rule(rule, schema),
            str(rule.customers),
            str(rule.past or ""),
            _(", ").join(map(str, rule.next)),
            str(len(rule.undated) or ""),
        )
        for rule in done.rules
    )
    return Table(columns, rows, _overview_document(done), "\n".join(_overview_notes(done, again)))


def due(done: Overview, again: str) -> Table:
    """Return the customers past their date as a table."""
    columns = (
        Column("id", full_label(done.snapshot.schema, "id"), fixed=True),
        Column("name", full_label(done.snapshot.schema, "name")),
        Column("owner", full_label(done.snapshot.schema, "owner")),
        Column("until", _("Kept until"), fixed=True),
        Column("days", _("Days overdue"), right=True),
        Column("rule", _("Rule")),
        Column("must_keep_until", _("Must be kept until"), fixed=True),
    )
    settings, schema = done.snapshot.settings, done.snapshot.schema
    rows = tuple(
        (
            one.who.id,
            one.who.name,
            settings.shown(one.owner),
            str(one.kept.until),
            str(_days_past(one, done)),
            _why(one, schema),
            _until(one.plan),
        )
        for one in done.past
    )
    notes = [_plan_hint(again)] if done.past else []
    return Table(columns, rows, _due_document(done), "\n".join((*_nothing_due(done), *notes, *_last_notes(done))))


def erase_plan(done: Overview) -> Table:
    """Return what an erasure of each customer past its date would remove and what must stay."""
    schema = done.snapshot.schema
    columns = (
        Column("id", full_label(schema, "id"), fixed=True),
        Column("name", full_label(schema, "name")),
        Column("until", _("Kept until"), fixed=True),
        Column("remove", _("To remove")),
        Column("keep", _("Must stay")),
        Column("must_keep_until", _("Must stay until"), fixed=True),
    )
    rows = tuple(
        (
            one.who.id,
            one.who.name,
            str(one.kept.until),
            _removal(one.plan, schema),
            _(", ").join(_staying(one.plan, schema)),
            _until(one.plan),
        )
        for one in done.past
    )
    document = {**_due_document(done, plans=True)}
    return Table(columns, rows, document, "\n".join((*_nothing_due(done), *_how_to_erase(done), *_last_notes(done))))


def _rule(rule: Rule, schema: Schema) -> str:
    if rule.why == RULE:
        status = choice_label(schema.by_path["status"], rule.status)
        return _("{label}: {value}").format(label=status, value=rule.written)
    return {
        OWN: _("own date in the record"),
        HELD: _("legal hold"),
        UNRULED: _("no rule for the status"),
    }[rule.why]


def _why(one: Past, schema: Schema) -> str:
    if one.kept.why == OWN:
        return one.kept.rule or _("own date in the record")
    status = choice_label(schema.by_path["status"], one.status)
    return _("{label}: {value}").format(label=status, value=one.kept.rule)


def _days_past(one: Past, done: Overview) -> int:
    return (done.snapshot.today - one.kept.until).days if one.kept.until else 0


def _until(plan: Plan) -> str:
    days = [day for _field, day in plan.keep]
    return _("no date") if None in days else str(max(filter(None, days), default=""))


def _removal(plan: Plan, schema: Schema) -> str:
    if plan.keep:
        return _(", ").join(_removed(plan, schema))
    lists = Plan({field: entries for field, entries in plan.remove.items() if entries}, ())
    return (
        bracketed(_("the whole record"), _(", ").join(_removed(lists, schema)))
        if lists.remove
        else _("the whole record")
    )


def _removed(plan: Plan, schema: Schema) -> Iterator[str]:
    for field, entries in plan.remove.items():
        label = full_label(schema, field) if field in schema.by_path else field
        yield f"{label} {entries}" if entries else label


def _staying(plan: Plan, schema: Schema) -> Iterator[str]:
    counts: dict[str, int] = {}
    for field, _day in plan.keep:
        name, bracket, _number = field.partition("[")
        counts[name] = counts.get(name, 0) + bool(bracket)
    yield from _removed(Plan(counts, ()), schema)


def _overview_notes(done: Overview, again: str) -> Iterator[str]:
    settings = done.snapshot.settings
    if not settings.retention_rules:
        yield _("no rules yet; add them below [retention] in crmtext.toml: {example}").format(
            example='lost = "36m after churn.date"'
        )
    if done.past:
        ended = plural(
            "the retention period of {n} customer has ended",
            "the retention periods of {n} customers have ended",
            len(done.past),
        )
        yield ended + _("; see: {command}").format(command=f"crmtext retention --due{again}")
    for rule in done.rules:
        if rule.undated:
            yield _undated(rule, done, again)
    if done.duties:
        days = [day for _who, day in done.duties if day]
        must = plural(
            "{n} customer has transactions or contracts that must be kept",
            "{n} customers have transactions or contracts that must be kept",
            len(done.duties),
        )
        period = f'keep_transactions = "{settings.keep_transactions}"'
        last = _(", the last until {date}").format(date=max(days)) if days else ""
        command = f"crmtext list --where must_keep_until --columns id,name,must_keep_until{again}"
        yield _("{label}: {value}").format(label=period, value=must + last) + _("; see: {command}").format(
            command=command
        )
    yield from _last_notes(done)


def _undated(rule: Rule, done: Overview, again: str) -> str:
    names = _(", ").join(customer.name for customer in rule.undated[:_NAMED]) + (
        "…" if len(rule.undated) > _NAMED else ""
    )
    text = plural(
        "{n} customer has no date for the rule {rule}: {names}",
        "{n} customers have no date for the rule {rule}: {names}",
        len(rule.undated),
        rule=_rule(rule, done.snapshot.schema),
        names=names,
    )
    where = quoted(f"status == '{rule.status}' and retention_until == none")
    return text + _("; see: {command}").format(command=f"crmtext list --where {where}{again}")


def _nothing_due(done: Overview) -> Iterator[str]:
    if not done.past:
        yield _("no retention period has ended")


def _plan_hint(again: str) -> str:
    return _("what would be removed and what must stay: {command}").format(
        command=f"crmtext retention --erase-plan{again}"
    )


def _how_to_erase(done: Overview) -> Iterator[str]:
    """Yield how to remove the records: nothing is erased by itself, and git's history keeps them."""
    if any(not one.plan.keep for one in done.past):
        yield _("nothing is erased by itself; to remove a record: crmtext rm ID")
    if any(one.plan.keep for one in done.past):
        fields = _(", ").join(REDUCED)
        yield _("where something must stay, keep {fields} with it, and remove the rest: crmtext edit ID").format(
            fields=fields
        )
    if done.past:
        yield _("either way, git's history keeps what was removed")


def _last_notes(done: Overview) -> Iterator[str]:
    if line := left_out(done.snapshot):
        yield line


def _overview_document(done: Overview) -> Mapping[str, Any]:
    settings = done.snapshot.settings
    rules = [
        {
            "why": rule.why,
            "status": rule.status or None,
            "rule": rule.written or None,
            "customers": rule.customers,
            "past": rule.past,
            "next": rule.next,
            "no_date": [customer._asdict() for customer in rule.undated],
        }
        for rule in done.rules
    ]
    keep = {
        "period": settings.keep_transactions,
        "customers": [{**customer._asdict(), "until": until} for customer, until in done.duties],
    }
    return {
        "today": done.snapshot.today,
        "rules": rules,
        "keep_transactions": keep,
        "hold": settings.hold,
        "left_out": done.snapshot.left_out,
    }


def _due_document(done: Overview, *, plans: bool = False) -> dict[str, Any]:
    customers = [
        {
            **one.who._asdict(),
            "status": one.status,
            "owner": one.owner,
            "until": one.kept.until,
            "why": one.kept.why,
            "rule": one.kept.rule or None,
            "must_keep_until": max((day for _field, day in one.plan.keep if day), default=None),
            **(_plan_document(one.plan) if plans else {}),
        }
        for one in done.past
    ]
    return {"today": done.snapshot.today, "customers": customers, "left_out": done.snapshot.left_out}


def _plan_document(plan: Plan) -> Mapping[str, Any]:
    return {
        "reduced": bool(plan.keep),
        "remove": [{"field": field, "entries": entries} for field, entries in plan.remove.items()],
        "keep": [{"field": field, "until": until} for field, until in plan.keep],
    }
