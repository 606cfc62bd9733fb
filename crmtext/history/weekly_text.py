"""The weekly report as Markdown without tables, to paste into a chat, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.figures import due_text, targets
from crmtext.figures.tables_values import table_document
from crmtext.i18n import _, plural
from crmtext.terminal.quoting import quoted
from crmtext.values.money import total
from crmtext.wording import markdown, numbers
from crmtext.wording.labels import choice_label, find, person
from crmtext.wording.values import without_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from crmtext.figures.due import Item
    from crmtext.figures.stages import Idle
    from crmtext.history.events import Event
    from crmtext.history.weekly import Deal, Weekly, Work
    from crmtext.snapshot import Snapshot

#: The most lines of one list; the others are counted.
_MOST = 10


class _Amount(str):
    """An amount of money, which is not escaped: people paste `$5`, not a backslash."""

    __slots__ = ()


def as_markdown(report: Weekly, moment: str = "") -> str:
    """Return the report as Markdown: headings and lists; `moment` has the options that name the day, for commands."""
    return "".join(f"{line}\n" for line in _lines(report, moment))


def _lines(report: Weekly, moment: str) -> Iterator[str]:
    first, last = report.period
    yield f"# {_('Weekly report')} {first} – {last}"
    for work in report.people:
        yield from ("", f"## {markdown.escape(person(report.snapshot.settings, work.who))}")
        yield from _of_colleague(work, report, moment)
    if not report.people:
        yield from ("", _("Nothing was done, and nothing is due."))
    elif not report.owner:
        yield from ("", f"## {_('The team')}", "")
        yield from (f"- {words}" for words in _sums(report.team, report.snapshot))
    if current := _targets(report):
        yield from ("", f"## {_('Targets')}", "")
        yield from (f"- {markdown.escape(targets.words(one, report.snapshot.settings))}" for one in current)
    if report.snapshot.left_out:
        out = report.snapshot.left_out
        yield from (
            "",
            plural("{n} record with errors not included", "{n} records with errors not included", out),
        )


def _targets(report: Weekly) -> tuple[targets.Progress, ...]:
    """The targets whose period isn't over."""
    return targets.progress(report.snapshot, report.owner, since=report.snapshot.today)


def _of_colleague(work: Work, report: Weekly, moment: str) -> Iterator[str]:
    snapshot = report.snapshot
    help_ = ([_idle(one, snapshot) for one in work.idle], "crmtext report pipeline --format markdown")
    parts = (
        (_done(report), ([*_sums(work, snapshot), *_events(work, snapshot)], "")),
        (_("Plan for next week"), ([_item(item) for item in work.next_week], "crmtext due --days 14")),
        (_("Largest deals"), ([_deal(deal, snapshot) for deal in work.key_deals], "")),
        (
            _("Help needed"),
            help_,
            ([_item(item, late=True, snapshot=snapshot) for item in work.overdue], "crmtext due"),
        ),
    )
    for title, *lists in parts:
        if any(words for words, _command in lists):
            yield from ("", f"**{title}**", "")
        for words, command in lists:
            most = _MOST if command else len(words)
            yield from (f"- {one}" for one in words[:most])
            if more := words[most:]:
                yield f"- {due_text.more(len(more), markdown.code(f'{command} --owner {quoted(work.who)}{moment}'))}"


def _done(report: Weekly) -> str:
    """The heading of what was done; it names the days if they are not this week."""
    first, last = report.period
    if report.period.is_week:
        return _("Done this week")
    return _("Done from {first} to {last}").format(first=first, last=last)


def _sums(work: Work, snapshot: Snapshot) -> Iterator[str]:
    """Yield what was done in numbers."""
    if count := work.contacts.total():
        field = find(snapshot.schema, "interactions", "channel")
        channels = (f"{choice_label(field, channel)} {n}" for channel, n in work.contacts.most_common())
        yield _("{contacts} {customers} ({channels})").format(
            contacts=plural("{n} contact", "{n} contacts", count),
            customers=plural("with {n} customer", "with {n} customers", work.customers),
            channels=_(", ").join(channels),
        )
    if work.steps_done:
        yield plural("{n} next step done", "{n} next steps done", work.steps_done)
    if work.moved:
        yield plural("{n} deal moved", "{n} deals moved", len(work.moved))
    if work.won:
        yield _row(plural("{n} deal won", "{n} deals won", len(work.won)), _worth(work.won))
    if work.lost:
        yield _row(plural("{n} deal lost", "{n} deals lost", len(work.lost)), _worth(work.lost))
    if work.paid:
        yield _("paid: {amounts}").format(amounts=numbers.sums(work.paid))


def _amounts(deals: Iterable[Deal]) -> Mapping[str, Decimal]:
    return total(deal.amount for deal in deals if deal.amount)


def _worth(deals: Iterable[Deal]) -> _Amount:
    return _Amount(numbers.sums(_amounts(deals)))


def _row(*parts: str) -> str:
    """The parts that are not empty, side by side and escaped."""
    return " · ".join(part if isinstance(part, _Amount) else markdown.escape(part) for part in parts if part)


def _events(work: Work, snapshot: Snapshot) -> Iterator[str]:
    """Yield the deals that moved, were won and lost."""
    field = find(snapshot.schema, "opportunities", "stage")
    for event in work.moved:
        stages = " → ".join(choice_label(field, stage) for stage in (event.before, event.after) if stage)
        amount = event.amount(snapshot.settings)
        worth = _Amount(numbers.amount(amount[1], amount[0]) if amount else "")
        yield _row(event.customer.mention, _title(event.item, snapshot), stages, worth)
    for deal in (*work.won, *work.lost):
        yield _deal(deal, snapshot)


def _title(deal: Mapping[str, Any], snapshot: Snapshot) -> str:
    """The title of a deal; empty if the team marks titles as sensitive."""
    return str(without_hidden(deal.get("title", ""), find(snapshot.schema, "opportunities", "title"), ""))


def _deal(deal: Deal, snapshot: Snapshot) -> str:
    data, field = deal.data, find(snapshot.schema, "opportunities", "stage")
    worth = _Amount(numbers.amount(deal.amount[1], deal.amount[0]) if deal.amount else "")
    close = data.get("expected_close") if "closed" not in data else ""
    when = _("closes {date}").format(date=close) if close else ""
    stage = choice_label(field, str(data["stage"]))
    return _row(deal.customer.short, _title(data, snapshot), stage, worth, when, *_why_lost(data, snapshot))


def _why_lost(data: Mapping[str, Any], snapshot: Snapshot) -> Iterator[str]:
    """Yield the category and the reason of a lost deal, without those that the team marks as sensitive."""
    for key in ("lost_category", "lost_reason") if data["stage"] == "lost" else ():
        field = find(snapshot.schema, "opportunities", key)
        if value := without_hidden(data.get(key, ""), field, ""):
            yield choice_label(field, " ".join(str(value).split()))


def _item(item: Item, *, late: bool = False, snapshot: Snapshot | None = None) -> str:
    when = numbers.until(item.due, snapshot.today) if late and snapshot and item.due else str(item.due or "")
    return _row(
        when, item.customer.short, due_text.kind(item), due_text.plain_action(item), _Amount(due_text.amount(item))
    )


def _idle(one: Idle, snapshot: Snapshot) -> str:
    stage = choice_label(find(snapshot.schema, "opportunities", "stage"), str(one.data["stage"]))
    days = plural("{n} day without contact or change", "{n} days without contact or change", one.days)
    return _row(one.customer.short, _title(one.data, snapshot), stage, days)


def document(report: Weekly) -> dict[str, Any]:
    """Return the JSON document."""
    snapshot = report.snapshot
    people = report.people
    measures = ("followups", "steps_done", "deals_moved", "deals_won", "won_amount", "deals_lost", "paid_amount")
    rows = [{"group": {"owner": work.who}, "values": _values(work, measures)} for work in people]
    progress = targets.table(snapshot, report.owner, since=snapshot.today)
    done = {"by": ["owner"], "measures": list(measures), "rows": rows, "total": _values(report.team, measures)}
    lists = {
        "moved": [_moved(event, snapshot) for work in people for event in work.moved],
        "won": [_of_deal(deal, snapshot) for work in people for deal in work.won],
        "next_week": [_of_item(item) for work in people for item in work.next_week],
        "key_deals": [_of_deal(deal, snapshot) for work in people for deal in work.key_deals],
        "help": [
            line
            for work in people
            for line in (*(_of_idle(one, snapshot) for one in work.idle), *map(_of_item, work.overdue))
        ],
    }
    return {
        "report": "weekly",
        "today": snapshot.today,
        "since": report.period.first,
        "until": report.period.last,
        "tables": {"done": done, **({"targets": table_document(progress)} if progress else {})},
        "lists": lists,
        "left_out": snapshot.left_out,
    }


def _values(work: Work, measures: Sequence[str]) -> dict[str, Any]:
    numbers_ = (
        work.contacts.total(), work.steps_done, len(work.moved), len(work.won), _amounts(work.won), len(work.lost),
        work.paid,
    )  # fmt: skip
    return dict(zip(measures, numbers_, strict=True))


def _moved(event: Event, snapshot: Snapshot) -> dict[str, Any]:
    currency, amount = event.amount(snapshot.settings) or (None, None)
    title = _title(event.item, snapshot)
    about = {"id": event.customer.id, "name": event.customer.name, "owner": event.who, "title": title}
    return {**about, "before": event.before, "after": event.after, "amount": amount, "currency": currency}


def _of_deal(deal: Deal, snapshot: Snapshot) -> dict[str, Any]:
    currency, amount = deal.amount or (None, None)
    about = {"id": deal.customer.id, "name": deal.customer.name, "owner": deal.who}
    return {
        **about,
        "title": _title(deal.data, snapshot),
        "stage": deal.data["stage"],
        "amount": amount,
        "currency": currency,
    }


def _of_idle(one: Idle, snapshot: Snapshot) -> dict[str, Any]:
    owner = str(one.data.get("owner", one.customer.owner))
    about = {"id": one.customer.id, "name": one.customer.name, "owner": owner, "kind": "idle-deal"}
    return {**about, "due": None, "action": _title(one.data, snapshot), "days": one.days}


def _of_item(item: Item) -> dict[str, Any]:
    about = {"id": item.customer.id, "name": item.customer.name, "owner": item.person, "kind": item.kind}
    return {**about, "due": item.due, "action": item.action or None}
