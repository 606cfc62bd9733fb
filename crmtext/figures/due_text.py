"""The list of due work as text, Markdown, a table, JSON and a calendar."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.answer import Column, Table
from crmtext.figures.due import STATES, people
from crmtext.figures.due_kinds import KINDS
from crmtext.i18n import _, bracketed, plural
from crmtext.terminal import grid
from crmtext.terminal.width import wrap
from crmtext.values.calendar import Event
from crmtext.wording import labels, markdown, numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from crmtext.figures.due import Item
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot

#: How many items of each state a table shows.
MOST = 20
_INDENT = "  "
#: The lines below an item.
_BELOW = " " * 4
_COLUMNS = ("id", "name", "owner", "kind", "due", "state", "action", "number", "time", "channel", "say", "avoid")


class Asked(NamedTuple):
    """The question that a list answers, and the command that asks it."""

    snapshot: Snapshot
    #: The colleague; empty for everybody.
    owner: str
    days: int
    command: str


def text(listed: Sequence[Item], asked: Asked, *, capped: bool, width: int = 0) -> str:
    """Return the items by state; with `capped`, the first ones of each, and how to see the others."""
    return "\n".join(_section(state, items, asked, capped=capped, width=width) for state, items in _by_state(listed))


def _section(state: str, items: Sequence[Item], asked: Asked, *, capped: bool, width: int) -> str:
    shown = items[:MOST] if capped else items
    # A column that is empty throughout is left out.
    cells = [_cells(item, asked) for item in shown]
    used = [place for place in range(len(cells[0])) if any(row[place] for row in cells)]
    # Dates are never folded.
    columns = [Column("", "", fixed=place < 2) for place in used]
    rows = grid.aligned(columns, ([row[place] for place in used] for row in cells), width=max(width - len(_INDENT), 0))
    lines = [heading(state, len(items), asked.days)]
    for item, row in zip(shown, rows, strict=True):
        lines += [_INDENT + line for line in row]
        says = item.task.say.splitlines()
        room = max(width - len(_BELOW), 1)
        lines += [_BELOW + line for say in says for line in (wrap(say, room) if width else (say,))]
    lines += [_INDENT + line for line in _more(items[len(shown) :], asked.command)]
    return "".join(f"{line}\n" for line in lines)


def _cells(item: Item, asked: Asked) -> tuple[str, ...]:
    today = asked.snapshot.today
    moment = " ".join(filter(None, (_day(item.due, today), item.task.time)))
    when = numbers.until(item.due, today) if item.due and item.due != today else ""
    who = "" if asked.owner else labels.person(asked.snapshot.settings, item.person)
    return moment, when, who, item.customer.short, kind(item), " · ".join(_words(item, asked.snapshot))


def _day(due: date | None, today: date) -> str:
    if due is None or due == today:
        return ""
    return f"{due:%m-%d}" if due.year == today.year else f"{due}"


def heading(state: str, count: int, days: int) -> str:
    """Return the heading of a state with the number of its items."""
    if state == "coming":
        return plural("Next day ({items})", "Next {n} days ({items})", days, items=str(count))
    name = {"overdue": _("Overdue ({n})"), "today": _("Today ({n})"), "undated": _("Undated ({n})")}[state]
    return name.format(n=count)


def kind(item: Item) -> str:
    """Return the kind of an item in words; a next step with the number for `done`."""
    return _("step {n}").format(n=item.task.number) if item.task.number else _(KINDS[item.kind].label).lower()


def _words(item: Item, snapshot: Snapshot) -> Iterator[str]:
    """Yield the action, the channels and those to avoid."""
    if what := action(item):
        yield what
    yield from channels(item, snapshot.schema)


def action(item: Item) -> str:
    """Return the action on one line; of a payment also its amount, of a contract its last day, after the one due."""
    return " · ".join(filter(None, (plain_action(item), amount(item))))


def amount(item: Item) -> str:
    """Return the amount of a payment that has a number; empty for other items."""
    return numbers.amount(*item.task.amount) if item.task.amount else ""


def plain_action(item: Item) -> str:
    """Return the action as the record has it on one line, and the last day of a contract."""
    ends = _("ends on {date}").format(date=item.task.ends) if item.task.ends else ""
    return " · ".join(filter(None, (" ".join(item.action.split()), ends)))


def channels(item: Item, schema: Schema) -> Iterator[str]:
    """Yield the channels of an item in words, and those to avoid."""
    field = labels.find(schema, "interactions", "channel")
    names = [(labels.choice_label(field, channel), channel in item.avoid) for channel in item.task.channels]
    if names:
        # Any of them will do.
        yield _(", ").join(bracketed(name, _("do not use")) if avoid else name for name, avoid in names)
    if item.avoid:
        avoided = _(", ").join(labels.choice_label(field, channel) for channel in item.avoid)
        yield _("not by: {channels}").format(channels=avoided)


def _more(hidden: Iterable[Item], command: str) -> Iterator[str]:
    """Yield a line for each kind of the items that are not shown."""
    kinds = [item.kind for item in hidden]
    for name in KINDS:
        if count := kinds.count(name):
            yield more(count, f"{command} --kind {name}")


def more(count: int, command: str) -> str:
    """Return the line for items that are not shown."""
    return plural("{n} more: {command}", "{n} more: {command}", count, command=command)


def _by_state(listed: Iterable[Item]) -> Iterator[tuple[str, tuple[Item, ...]]]:
    items = tuple(listed)
    for state in STATES:
        if some := tuple(item for item in items if item.state == state):
            yield state, some


def as_markdown(listed: Sequence[Item], asked: Asked) -> str:
    """Return the items with boxes, by colleague."""
    parts = []
    for person, items in people(listed):
        parts.append("## " + markdown.escape(bracketed(labels.person(asked.snapshot.settings, person), len(items))))
        for state, some in _by_state(items):
            boxes = "".join(_box(item, asked) for item in some)
            parts.append(f"**{markdown.escape(heading(state, len(some), asked.days))}**\n{boxes.rstrip()}")
    return "".join(f"{part}\n\n" for part in parts).rstrip("\n") + "\n" * bool(parts)


def _box(item: Item, asked: Asked) -> str:
    moment, when, _who, name, what, words = _cells(item, asked)
    parts = (" ".join(filter(None, (moment, when))), name, what, words)
    line = "- [ ] " + markdown.escape(" · ".join(filter(None, parts)))
    return "".join(f"{part}\n" for part in (line, *(f"  {markdown.escape(say)}" for say in item.task.say.splitlines())))


def table(listed: Iterable[Item]) -> Table:
    """Return the items as a table for spreadsheets."""
    rows = (tuple(_text(_fields(item).get(name)) for name in _COLUMNS) for item in listed)
    return Table(tuple(Column(name, name) for name in _COLUMNS), tuple(rows))


def _text(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def document(listed: Iterable[Item], asked: Asked) -> dict[str, Any]:
    """Return the JSON document."""
    about = {"today": asked.snapshot.today, "owner": asked.owner or None, "days": asked.days}
    left_out = asked.snapshot.left_out
    return {**about, "items": [_fields(item) for item in listed], "left_out": left_out, "sealed": 0}


def _fields(item: Item) -> dict[str, Any]:
    task = item.task
    more = {"number": task.number, "time": task.time, "channel": " ".join(task.channels)} if task.number else {}
    more["say"] = task.say
    return {
        "id": item.customer.id,
        "name": item.customer.name,
        "owner": item.person,
        "kind": item.kind,
        "due": item.due,
        "state": item.state,
        "action": item.action or None,
        **{name: value for name, value in more.items() if value},
        "avoid": list(item.avoid),
    }


def events(listed: Iterable[Item], snapshot: Snapshot) -> Iterator[Event]:
    """Yield an event for each item with a day."""
    for item in listed:
        if item.due is None:
            continue
        label = KINDS[item.kind].label
        # A next step says by itself what it is.
        words = (item.action,) if item.task.number else (_(label), action(item))
        what = _("{what}: {more}").format(what=item.customer.short, more=" · ".join(filter(None, words)))
        about = f"{item.customer.name} {item.customer.id}"
        details = "\n".join(filter(None, (about, " · ".join(channels(item, snapshot.schema)), item.task.say)))
        at = time.fromisoformat(item.task.time) if item.task.time else None
        yield Event(label, f"{item.customer.id}:{item.task.key}", what, details, item.due, at)


def ids(listed: Collection[Item]) -> str:
    """Return the ids of the customers, one per line, in the order of their first items."""
    return "".join(f"{id_}\n" for id_ in dict.fromkeys(item.customer.id for item in listed))
