"""Customers as the schema wants them: defaults, questions about what is missing, and the order of fields."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from crmtext.checks import phone_form
from crmtext.i18n import _, bracketed
from crmtext.importers.findings import BadCell
from crmtext.importers.incoming import Incoming
from crmtext.importers.joining import timeline
from crmtext.importers.joining.items import DECIDED, may_have
from crmtext.importers.joining.shape import is_empty, line, texts
from crmtext.importers.values.convert import misfit
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.pointer import get, parent, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.importers.joining.draft import Draft
    from crmtext.importers.joining.work import Work
    from crmtext.schema import Field

#: Fields that only customers in a status have.
_OF_STATUS = {"cooperation.since": "active", "churn.date": "lost", "churn.category": "lost", "churn.reason": "lost"}
#: A well-formed id, so that only the rest of a record is validated.
_ANY_ID = "C00000000AAAAAA"
#: Profiles whose customers are companies if their sheet doesn't say what they are.
_COMPANIES = frozenset({"hubspot", "salesforce", "zoho", "pipedrive"})
_MOST_TURNS = 20
#: How many colleagues a question offers as owner.
_MOST_OWNERS = 5
#: How many values without a meaning a question names, and the width of each.
_MOST_REASONS, _LONGEST = 3, 40


def finish(work: Work) -> list[Incoming]:
    """Return the customers in the order of their first rows."""
    incoming = []
    # Forgotten as they are finished: those of a large sheet take much memory.
    drafts = work.release()
    while drafts:
        if (customer := _finished(work, drafts.pop())) is not None:
            incoming.append(customer)
    work.report()
    return sorted(incoming, key=lambda customer: customer.rows[0])


def _finished(work: Work, draft: Draft) -> Incoming | None:
    first = draft.rows[0]
    draft.rows = sorted({at for at in draft.rows if at not in work.findings.rejected})
    if not draft.rows:
        return None
    if not draft.of:
        _add_source(work, draft)
        _add_defaults(work, draft)
    _add_item_defaults(work, draft)
    move_misplaced(draft)
    _leave_out_future(work, draft)
    timeline.arrange(work, draft)
    _gather(work, draft)
    # A contact without a company is a customer, with the id in its row.
    own = draft.data.pop("id", "")
    customer = Incoming(
        _ordered(draft.data, work.schema.root, keep_empty=draft.whole),
        draft.rows,
        draft.source_id,
        draft.own_id or own,
        draft.created,
        draft.columns,
    )
    customer.of, customer.assumed, customer.defaults = draft.of, draft.assumed, draft.defaults
    customer.first, customer.origins, customer.otherwise = first, draft.origins, draft.otherwise
    customer.own_rows, customer.varies = draft.own_rows, draft.varies
    if work.cleared:
        customer.cleared = tuple(dict.fromkeys(field for at in draft.rows for field in work.cleared.get(at, ())))
    if not draft.of:
        _ask(work, customer)
    keep_valid(work, customer)
    _report_phones(work, customer)
    return customer


def _report_phones(work: Work, customer: Incoming) -> None:
    """Name the numbers that come in as they are, and that check will warn of."""
    odd = [(at, *one) for at in customer.rows for one in work.findings.odd.get(at, ())]
    if odd:
        wrong = {number for _pointer, number in phone_form.wrong(work.schema, customer.data)}
        for at, number, column in odd:
            if number in wrong:
                text = _("{rows}: '{column}' does not look like a phone number; it comes in as it is")
                work.tally(text, at, column=column)


def _gather(work: Work, draft: Draft) -> None:
    """Put lists, notes and ids into the data."""
    data = draft.data
    if draft.of and draft.name:
        data.setdefault("name", draft.name)
    for name, items in draft.lists.items():
        if f"{name}[].external_ids" not in work.schema.by_path:
            # Version 1 of the schema has ids of other systems only for the customer itself.
            for item in items:
                item.pop("external_ids", None)
        if items:
            data[name] = items
    if draft.lines:
        lines = dict.fromkeys([str(data["notes"])] if data.get("notes") else [])
        lines.update(dict.fromkeys(draft.lines))
        data["notes"] = "\n".join(lines)
    if draft.source_id and not draft.of:
        data["external_ids"] = {work.source: draft.source_id, **data.get("external_ids", {})}


def _add_source(work: Work, draft: Draft) -> None:
    """Say where the customer comes from, and since when the source has it."""
    sources = draft.lists.get("sources", [])
    first: dict[str, Any] = {}
    for source in sources:
        first.update((key, value) for key, value in source.items() if key not in first)
    if draft.created and draft.created <= work.today:
        if "date" not in first and (column := draft.columns.get("@created")):
            work.tally(_("'{column}' is written to {field}"), draft.rows[0], column=column, field="sources[0].date")
        first.setdefault("date", draft.created)
    if not first:
        return
    if "channel" not in first:
        first["channel"] = "other"
        first.setdefault("detail", work.source)
    draft.lists["sources"] = [first]


def _add_defaults(work: Work, draft: Draft) -> None:
    data = draft.data
    if is_empty(data.get("type")) and work.understanding.profile in _COMPANIES and "type" not in draft.columns:
        data["type"] = "company"
        draft.assume("type")
    # Fields of a status come after the status itself.
    for path, defaults in sorted(work.defaults.items(), key=lambda pair: pair[0] in _OF_STATUS):
        keys = path.split(".", 1) if path.startswith("custom.") else path.split(".")
        status = _OF_STATUS.get(path)
        top = work.schema.root.child(keys[0])
        if (status and data.get("status") != status) or (len(keys) > 1 and top and top.kind == "list"):
            continue
        holder = data
        for key in keys[:-1]:
            below = holder.get(key)
            holder = below if isinstance(below, dict) else {}
        if not is_empty(holder.get(keys[-1])):
            continue
        for default, fixed in defaults:
            column = default.column
            value = _of_column(work, draft, column, path) if column else fixed
            if not is_empty(value):
                holder = data
                for key in keys[:-1]:
                    if not isinstance(holder.get(key), dict):
                        holder[key] = {}
                    holder = holder[key]
                holder[keys[-1]] = value
                draft.assume(path)
                draft.use(default)
                break


def _add_item_defaults(work: Work, draft: Draft) -> None:
    for name, items in draft.lists.items():
        for key, default, value in work.item_defaults(name):
            if not any(key in item for item in items):
                # A default doesn't contradict what the store has.
                draft.assume(f"{name}[].{key}")
            for item in items:
                if may_have(name, key, item) and is_empty(item.get(key)):
                    item[key] = value
                    draft.use(default)


def _of_column(work: Work, draft: Draft, column: str, wanted: str) -> Any:
    """The value that the customer has from a column, as that of another field."""
    path = next((field for field, name in draft.columns.items() if name.casefold() == column.casefold()), "")
    have: Any = draft.created if path == "@created" else draft.data
    for key in path.split(".") if have is draft.data else ():
        have = have.get(key) if isinstance(have, dict) else None
    if is_empty(have):
        # A column that isn't imported, or that goes to a contact, has only its cell.
        have = draft.named.get(column)
    value = work.converted(wanted, have)
    if is_empty(value) and not is_empty(have):
        text = _("{rows}: the value of '{column}' can't be the default of {field}")
        work.tally(text, draft.rows[0], column=column, field=wanted)
    return value


def move_misplaced(draft: Draft) -> None:
    """Fields that the customer's type or status doesn't have go to the notes."""
    data = draft.data
    type_ = data.get("type")
    if type_ == "person" and isinstance(data.get("company"), dict):
        draft.lines.extend(_lines(draft, "company", data.pop("company")))
    elif type_ not in (None, "person") and isinstance(data.get("person"), dict):
        draft.lines.extend(_lines(draft, "person", data.pop("person")))
    cooperation = data.get("cooperation")
    if data.get("status") not in (None, "active") and isinstance(cooperation, dict) and "satisfaction" in cooperation:
        draft.lines.extend(_lines(draft, "cooperation.satisfaction", cooperation.pop("satisfaction")))


def _leave_out_future(work: Work, draft: Draft) -> None:
    """A day that can only be past is left out if it is in the future; an entry that needs it goes to the notes."""
    whole = {name: value for name, value in (*draft.data.items(), *draft.lists.items()) if name != "interactions"}
    for pointer, value in [*work.schema.matching(whole, work.past_paths, lambda value: str(value) > work.today)]:
        if not isinstance(value, str):
            continue
        draft.whole = False
        steps = split(pointer)
        holder = get(whole, parent(pointer))
        path = ".".join(step for step in steps if not step.isdigit())
        field = work.schema.at(pointer)
        column = draft.columns.get(path, field.label if field else path)
        if work.schema.required(pointer):
            draft.lines.extend(_lines(draft, steps[0], holder))
            # A record of our own export has its lists among the data.
            place: dict[str, Any] = draft.lists if steps[0] in draft.lists else draft.data
            place[steps[0]] = [item for item in place[steps[0]] if item is not holder]
        else:
            del holder[steps[-1]]
        why, fix = _("the date is in the future"), _("enter the day on which it happened")
        work.findings.cells.append(BadCell(draft.origins.get(steps[0], draft.rows[0]), column, value, why, fix))


def _lines(draft: Draft, path: str, value: dict[str, Any]) -> Iterator[str]:
    for key, one in value.items():
        yield from (f"{draft.columns.get(f'{path}.{key}', key)}: {text}" for text in texts(one))


def _ask(work: Work, customer: Incoming) -> None:
    """Ask, once a field, for what is missing."""
    data = customer.data
    for key in ("type", "status", "owner"):
        if is_empty(data.get(key)):
            field = work.schema.by_path[key]
            text = _("customers without '{field}'").format(field=field.label)
            work.empty[key].update((work.findings.empty[at, key], None) for at in customer.rows
                                   if (at, key) in work.findings.empty)  # fmt: skip
            if reasons := [*islice(work.empty[key], _MOST_REASONS)]:
                value = _("'{value}' in '{column}' stands for no value")
                shown = (value.format(value=clip(text, _LONGEST), column=column) for column, text in reasons)
                text = bracketed(text, _("; ").join(shown))
            _ask_for(work, customer, key, text, _options(work, key, field))
    if data.get("status") == "active" and is_empty(data.get("cooperation", {}).get("since")):
        label = work.schema.by_path["cooperation.since"].label
        work.start_columns[customer.columns.get("@created", "") if customer.created else ""] = None
        typed, columns = "--default cooperation.since=DATE", [*filter(None, work.start_columns)]
        options = [typed]
        if columns:
            # One answer for all rows: those without a value in these columns take the day.
            ways = [f"--default cooperation.since=@{quoted(column)}" for column in columns]
            options.append(" ".join((*ways, typed) if "" in work.start_columns else ways))
        options.append("--map COLUMN=cooperation.since")
        text = _("active customers without a start date ('{field}')").format(field=label)
        _ask_for(work, customer, "cooperation.since", text, tuple(options))


def _ask_for(work: Work, customer: Incoming, path: str, text: str, options: tuple[str, ...]) -> None:
    """Ask for a field of a customer, unless a cell with its value waits for another answer."""
    if not any((at, path) in work.findings.unread for at in customer.rows):
        for at in customer.rows:
            work.findings.ask(f"default:{path}", text, options, at)


def _options(work: Work, key: str, field: Field) -> tuple[str, ...]:
    if key == "owner":
        team = work.settings.team.values()
        pools = [member.handle for member in team if member.pool]
        active = [member.handle for member in team if member.active and not member.pool]
        return tuple(f"--default owner={handle}" for handle in [*pools, *active][:_MOST_OWNERS] or ["HANDLE"])
    first = {"type": "company", "status": "lead"}[key]
    values = [choice.value for choice in field.choices if choice.value != first]
    return tuple(f"--default {key}={value}" for value in (first, *values))


def _ordered(value: Any, field: Field | None, *, keep_empty: bool = False) -> Any:
    """A value with the keys of its maps in the order of the schema; empty values are left out, or kept."""
    if isinstance(value, list):
        item = field.item if field else None
        if value and not isinstance(value[0], (dict, list)):
            return value
        items = [_ordered(entry, item, keep_empty=keep_empty) for entry in value]
        return items if keep_empty else [one for one in items if not is_empty(one)]
    if not isinstance(value, dict):
        return value
    known: Mapping[str, Field] = field.by_key if field else {}
    ranks: Mapping[str, int] = field.ranks if field else {}
    last = len(ranks)
    ordered = {}
    for key in sorted(value, key=lambda key: ranks.get(key, last)):
        one = value[key]
        if isinstance(one, (dict, list)):
            one = _ordered(one, known.get(key), keep_empty=keep_empty)
        if one or keep_empty or not is_empty(one):
            ordered[key] = one
    return ordered


def keep_valid(work: Work, customer: Incoming) -> None:
    """Leave out values that the schema rejects: each is reported with its row."""
    missing = {"type": "company", "status": "lead", "owner": "x", "name": "x"}
    for _turn in range(_MOST_TURNS):
        whole = {**missing, **customer.data, "id": _ANY_ID}
        cooperation, talks = whole.get("cooperation", {}), whole.get("interactions", [])
        if whole["status"] == "active" and isinstance(cooperation, dict):
            whole["cooperation"] = {"since": "2000-01-01", **cooperation}
        if isinstance(talks, list):
            whole["interactions"] = [{"by": "x", **talk} if isinstance(talk, dict) else talk for talk in talks]
        for name in DECIDED:
            if isinstance(items := whole.get(name), list):
                whole[name] = [{**_day_of(name, item), **item} if isinstance(item, dict) else item for item in items]
        if work.schema.validator.valid(whole):
            return
        error = next((error for error in work.schema.validator.errors(whole) if error.absolute_path), None)
        if error is None or not _leave_out(work, customer, [*error.absolute_path]):
            break
        if not customer.of and "name" not in customer.data:
            _reject(work, customer, work.findings.cells.pop())
            return
    why = _("the values of this row don't form a valid customer")
    _reject(work, customer, BadCell(customer.rows[0], "", "", why, _("compare them with: crmtext explain")))


def _reject(work: Work, customer: Incoming, cell: BadCell) -> None:
    """Keep a customer out because of a cell."""
    customer.wrong = cell.why
    for at in customer.rows:
        work.reject(at, cell.column, cell.value, cell.why, cell.fix)


def _day_of(name: str, item: dict[str, Any]) -> dict[str, str]:
    """A day for an entry that waits for the answer to a question about it."""
    return {"closed": "2000-01-01"} if may_have(name, "closed", item) else {}


def _leave_out(work: Work, customer: Incoming, steps: list[Any]) -> bool:
    """Leave out the value at these steps. Whether there was one."""
    holders: list[Any] = [customer.data]
    for step in steps[:-1]:
        below = holders[-1]
        if not (step in below if isinstance(below, dict) else isinstance(below, list) and step < len(below)):
            return False
        holders.append(below[step])
    if not (steps[-1] in holders[-1] if isinstance(holders[-1], dict) else steps[-1] < len(holders[-1])):
        return False
    value = holders[-1].pop(steps[-1])
    path = ".".join(str(step) for step in steps if isinstance(step, str))
    field = work.schema.by_path.get(path)
    column = customer.columns.get(path, field.label if field else path)
    shown = "***" if work.schema.sensitive("/" + "/".join(map(str, steps))) else line(", ".join(texts(value)))
    work.findings.cells.append(BadCell(customer.rows[0], column, shown, *misfit(field)))
    return True
