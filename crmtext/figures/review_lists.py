"""The lists of a review: what a team should look at each week, month and quarter, with the command for each line."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.duplicates.compare import in_words
from crmtext.duplicates.groups import groups
from crmtext.figures import due, usage
from crmtext.figures.classify import differences
from crmtext.figures.classify_text import by_rule
from crmtext.figures.due_text import action
from crmtext.figures.rules import NAMES
from crmtext.figures.stages import idle, no_moves
from crmtext.i18n import N_, _, plural
from crmtext.model import day
from crmtext.query.filter import literal
from crmtext.schema.fixes import as_item
from crmtext.terminal.quoting import quoted
from crmtext.wording import numbers
from crmtext.wording.labels import choice_label, find, full_label, labelled, person
from crmtext.wording.values import without_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmtext.figures.stages import Moves
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: How similar the names of likely duplicates are, from 0 to 1: as in `dedupe`.
LIKENESS = 0.85
#: Days for which complaints are looked at, needs count as confirmed, and data as verified.
_COMPLAINTS, _CONFIRMED, VERIFIED = 90, 90, 365
#: Days ahead that a monthly review looks at.
_MONTH = 31
#: A next step that users fill in.
_NEXT = '--next "…" --due +3d'


class Line(NamedTuple):
    """Something to look at."""

    text: str
    command: str = ""
    #: The customer that it is about; None for a field, a tag or the whole store.
    customer: Customer | None = None
    #: What JSON tells besides the customer.
    facts: Mapping[str, Any] = {}


class Listing(NamedTuple):
    """A list of a review: its name, its heading, and the function that finds its lines."""

    name: str
    title: str
    find: Callable[[Team], Iterator[Line]]
    #: Whether it needs the commits; without git it is left out.
    from_git: bool = False


class Team:
    """The customers that a review looks at: all of a snapshot, or one colleague's."""

    def __init__(self, snapshot: Snapshot, owner: str = "", moves: Callable[[], Moves] = no_moves) -> None:
        self.snapshot = snapshot
        self.owner = owner
        self._read_moves = moves
        self.settings = snapshot.settings
        self.schema = snapshot.schema
        self.today = snapshot.today
        self._values = NAMES.of(snapshot)
        self.customers: Sequence[Customer] = tuple(
            customer for customer in snapshot.customers if owner in ("", customer.owner)
        )

    @cached_property
    def _due(self) -> tuple[due.Item, ...]:
        return due.items(self.snapshot, owner=self.owner, days=_MONTH)

    @cached_property
    def moves(self) -> Moves:
        """The deals followed through the commits."""
        return self._read_moves()

    def due(self, kind: str, *states: str) -> Iterator[tuple[due.Item, Customer]]:
        """The items of one kind in these states, each with its customer."""
        for item in self._due:
            if item.kind == kind and item.state in states:
                yield item, self.snapshot.by_id[item.customer.id]

    def figure(self, name: str, customer: Customer) -> Any:
        """A computed figure of a customer."""
        return self._values(customer)[name]

    def within(self, written: object, days: int) -> bool:
        """Whether a day is one of the last days, of which today is one."""
        when = day(written)
        return when is not None and self.today - timedelta(days=days) < when <= self.today

    @property
    def pools(self) -> tuple[str, ...]:
        """The handles of the team's pools."""
        return tuple(member.handle for member in self.settings.team.values() if member.pool)


def _about(customer: Customer, text: str, command: str, **facts: Any) -> Line:
    return Line(text, command.replace("{id}", quoted(customer.id), 1), customer, facts)


def _high_intent(team: Team) -> Iterator[Line]:
    for customer in team.customers:
        if team.figure("high_intent", customer):
            value = team.figure("open_value", customer)
            words = (numbers.sums(value or {}), _contacted(team, customer))
            facts = {"open_value": value or {}, "last_contact": team.figure("last_contact", customer)}
            yield _about(customer, _together(words), "crmtext show {id}", **facts)


def _stale(team: Team) -> Iterator[Line]:
    for customer in team.customers:
        if team.figure("stale", customer):
            facts = {
                "last_contact": team.figure("last_contact", customer),
                "days": team.figure("days_since_contact", customer),
            }
            command = f'crmtext log {{id}} {_channel(team, customer)} "…" {_NEXT}'
            yield _about(customer, _contacted(team, customer), command, **facts)


def _channel(team: Team, customer: Customer) -> str:
    """The channel to reach a customer by: the preferred one, else phone, else any not rejected, else a note."""
    preferences = customer.data.get("preferences", {})
    avoid = preferences.get("do_not_contact", ())
    field = find(team.schema, "preferences", "do_not_contact")
    others = (choice.value for choice in (field.item or field).choices) if field else ()
    wishes = (preferences.get("channel"), "phone", *others)
    return next((quoted(str(channel)) for channel in wishes if channel and channel not in avoid), "note")


def _contacted(team: Team, customer: Customer) -> str:
    days = team.figure("days_since_contact", customer)
    return _("last contact {ago}").format(ago=numbers.ago(days)) if days is not None else ""


def _no_next_step(team: Team) -> Iterator[Line]:
    for _item, customer in team.due("no-next-step", "undated"):
        value = team.figure("open_value", customer)
        text = _together((numbers.sums(value or {}), _contacted(team, customer)))
        yield _about(customer, text, f'crmtext log {{id}} note "…" {_NEXT}', open_value=value or {})


def _unanswered(team: Team) -> Iterator[Line]:
    for item, customer in team.due("unanswered", "overdue", "today", "coming"):
        channel = next(iter(item.task.channels), "phone")
        yield _of_item(team, item, customer, f'crmtext log {{id}} {channel} "…"')


def _overdue_cases(team: Team) -> Iterator[Line]:
    for item, customer in team.due("case", "overdue"):
        yield _of_item(team, item, customer, f"crmtext set {{id}} cases[{item.task.entry}].status=closed")


def _past_deals(team: Team) -> Iterator[Line]:
    for item, customer in team.due("deal", "overdue"):
        yield _of_item(team, item, customer, f"crmtext set {{id}} opportunities[{item.task.entry}].expected_close=…")


def _idle_deals(team: Team) -> Iterator[Line]:
    titles, stages = (find(team.schema, "opportunities", key) for key in ("title", "stage"))
    for one in idle(team.snapshot, team.moves, team.customers):
        title = str(without_hidden(one.data["title"], titles, ""))
        stage = str(one.data["stage"])
        days = plural("{n} day without contact or change", "{n} days without contact or change", one.days)
        command = f'crmtext log {{id}} {_channel(team, one.customer)} "…" {_NEXT}'
        facts = {"title": title, "stage": stage, "last": one.last, "days": one.days}
        yield _about(one.customer, _together((title, choice_label(stages, stage), days)), command, **facts)


def _budgets(team: Team) -> Iterator[Line]:
    stated = choice_label(find(team.schema, "needs", "budget", "basis"), "stated")
    for item, customer in team.due("budget", "undated"):
        # Without its basis, an amount is rejected: the budget would still be to be confirmed.
        command = f'crmtext set {{id}} needs[{item.task.entry}].budget="{stated} …"'
        yield _about(customer, item.action, command, description=item.action)


def _duplicates(team: Team) -> Iterator[Line]:
    for group in groups(team.snapshot.customers, LIKENESS):
        for pair in group.pairs:
            if team.owner in ("", pair.one.owner, pair.other.owner):
                same = _(", ").join(in_words(pair.shared))
                text = _("and {name} ({id}): {reasons}").format(name=pair.other.short, id=pair.other.id, reasons=same)
                command = f"crmtext merge {{id}} {quoted(pair.other.id)} --dry-run"
                yield _about(pair.one, text, command, other=pair.other.id, score=round(pair.score, 4))


def _left_owners(team: Team) -> Iterator[Line]:
    members = team.settings.team
    counts = Counter(c.owner for c in team.customers if c.owner in members and members[c.owner].has_left)
    for handle, count in sorted(counts.items()):
        customers = plural("{n} customer", "{n} customers", count)
        text = labelled(person(team.settings, handle), customers)
        yield Line(
            text, f"crmtext handover --from {quoted(handle)} --to …", None, {"owner": handle, "customers": count}
        )


def _complaints(team: Team) -> Iterator[Line]:
    for customer in team.customers:
        opened = max((str(case["opened"])[:10] for case in customer.data.get("cases", ())), default="")
        for answer in customer.data.get("feedback", ()):
            if answer["kind"] == "complaint" and team.within(answer["date"], _COMPLAINTS) and opened < answer["date"]:
                words = " ".join(str(answer.get("text", "")).split())
                command = "crmtext append {id} cases kind=complaint summary=…"
                yield _about(customer, _together((answer["date"], words)), command, date=answer["date"], words=words)


def _to_pool(team: Team) -> Iterator[Line]:
    if not team.pools:
        return
    for customer in team.customers:
        since = team.figure("last_contact", customer) or team.figure("created", customer)
        if (
            customer.status in ("lead", "prospect")
            and customer.owner not in team.pools
            and since is not None
            and (team.today - since).days > team.settings.pool_days
        ):
            text = _contacted(team, customer) or _("never contacted, added on {date}").format(date=since)
            yield _about(customer, text, f"crmtext set {{id}} owner={quoted(team.pools[0])}", since=since)


def _contracts(team: Team) -> Iterator[Line]:
    for item, customer in team.due("contract", "overdue", "today", "coming"):
        yield _about(customer, action(item), "crmtext show {id}", ends=item.task.ends, action=item.action or None)


def _visits(team: Team) -> Iterator[Line]:
    for item, customer in team.due("satisfaction", "overdue", "today", "coming"):
        yield _of_item(team, item, customer, "crmtext set {id} cooperation.satisfaction.score=…")


def _unconfirmed_needs(team: Team) -> Iterator[Line]:
    for customer in team.customers:
        for number, need in enumerate(customer.data.get("needs", ())):
            if need.get("status", "open") != "open":
                continue
            last = need.get("confirmed") or team.figure("created", customer)
            if last and not team.within(last, _CONFIRMED):
                since = _("confirmed on {date}").format(date=last) if "confirmed" in need else ""
                text = _together((str(need["description"]), since))
                command = f"crmtext set {{id}} needs[{number}].confirmed=today"
                facts = {"description": need["description"], "confirmed": need.get("confirmed")}
                yield _about(customer, text, command, **facts)


def _unverified(team: Team) -> Iterator[Line]:
    for customer in team.customers:
        last = day(customer.data.get("verified", {}).get("date"))
        if last is None or (team.today - last).days > VERIFIED:
            text = _("verified on {date}").format(date=last) if last else _("never verified")
            yield _about(customer, text, "crmtext set {id} verified.date=today", verified=last)


def _behind(team: Team) -> Iterator[Line]:
    late = [customer for customer in team.customers if team.figure("behind", customer)]
    for customer in sorted(late, key=lambda customer: (team.figure("next_purchase", customer), customer.id)):
        due, interval = (team.figure(name, customer) for name in ("next_purchase", "transaction_interval"))
        last = team.today - timedelta(team.figure("recency", customer))
        rhythm = _("last purchase {date}, every {n} days").format(date=last, n=interval)
        facts = {"last": last, "interval": interval, "next": due, "days_late": (team.today - due).days}
        command = f'crmtext log {{id}} {_channel(team, customer)} "…" {_NEXT}'
        yield _about(customer, _together((rhythm, numbers.until(due, team.today))), command, **facts)


def _retention(team: Team) -> Iterator[Line]:
    for item, customer in team.due("retention", "overdue", "today"):
        yield _of_item(team, item, customer, "crmtext show {id}")


def _classification(team: Team) -> Iterator[Line]:
    for customer, _fixed, changes in differences(team.snapshot, team.customers).customers:
        text = _together(by_rule(changes, team.schema))
        facts = {"changes": [change._asdict() for change in changes]}
        yield _about(customer, text, "crmtext classify {id} --write", **facts)


def _fill_rates(team: Team) -> Iterator[Line]:
    for fill in usage.fill_rates(team.customers, team.schema):
        path = _path(fill.field.path)
        text = _("{name}: {share} ({n} of {all})").format(
            name=full_label(team.schema, fill.field.path),
            share=_percent(fill.rate, fill.of),
            n=fill.filled,
            all=fill.of,
        )
        facts = {"field": path, "filled": fill.filled, "of": fill.of, "rate": round(fill.rate, 4)}
        command = f"crmtext list --where {quoted(fill.missing)}"
        yield Line(text, command, None, facts)


def _unused_values(team: Team) -> Iterator[Line]:
    for field, unused in usage.unused_values(team.customers, team.schema):
        words = _(", ").join(choice_label(field, value) for value in unused)
        text = labelled(full_label(team.schema, field.path), words)
        yield Line(
            text, f"crmtext explain {quoted(_path(field.path))}", None, {"field": _path(field.path), "values": unused}
        )


def _custom(team: Team) -> Iterator[Line]:
    for name, count in usage.frequent_custom(team.customers):
        customers = plural("{n} customer", "{n} customers", count)
        command = f"crmtext schema adopt {quoted(f'custom.{name}')} …"
        yield Line(labelled(name, customers), command, None, {"field": f"custom.{name}", "customers": count})


def _rare_tags(team: Team) -> Iterator[Line]:
    for tag, customer in usage.tags_once(team.customers):
        yield _about(customer, tag, f"crmtext set {{id}} {quoted(f'tags-={as_item(tag)}')}", tag=tag)


def _similar_tags(team: Team) -> Iterator[Line]:
    for one, other in usage.similar_tags(team.customers):
        where = quoted(f"{literal(one)} in tags")
        old, new = (quoted(f"tags{sign}={as_item(tag)}") for sign, tag in (("-", one), ("+", other)))
        command = f"crmtext set --where {where} {old} {new}"
        yield Line(_("{one} and {other}").format(one=one, other=other), command, None, {"tags": [one, other]})


def _of_item(team: Team, item: due.Item, customer: Customer, command: str) -> Line:
    late = numbers.until(item.due, team.today) if item.due else ""
    who = person(team.settings, item.person) if item.person != customer.owner else ""
    facts = {"due": item.due, "action": item.action or None, "person": item.person}
    return _about(customer, _together((item.action, late, who)), command, **facts)


def _together(words: Sequence[str]) -> str:
    return " · ".join(filter(None, words))


def _path(path: str) -> str:
    return path.replace("[]", "")


def _percent(rate: float, of: int) -> str:
    return f"{100 * rate:.0f} %" if of < 100 else f"{100 * rate:.1f} %"


WEEKLY = (
    Listing("unanswered", N_("Unanswered messages"), _unanswered),
    Listing("overdue-cases", N_("Overdue cases"), _overdue_cases),
    Listing("complaints", N_("Complaints without a case"), _complaints),
    Listing("high-intent", N_("High intent"), _high_intent),
    Listing("past-deals", N_("Deals past their closing date"), _past_deals),
    Listing("idle-deals", N_("Idle deals"), _idle_deals, from_git=True),
    Listing("no-next-step", N_("No next step"), _no_next_step),
    Listing("stale", N_("No contact for too long"), _stale),
    Listing("budgets", N_("Budgets to confirm"), _budgets),
    Listing("duplicates", N_("Likely duplicates"), _duplicates),
    Listing("left-owners", N_("Owners who have left"), _left_owners),
    Listing("to-pool", N_("Suggested for the pool"), _to_pool),
)
MONTHLY = (
    *WEEKLY,
    Listing("contracts", N_("Contracts that end"), _contracts),
    Listing("satisfaction", N_("Satisfaction visits"), _visits),
    Listing("behind", N_("Behind their purchase rhythm"), _behind),
    Listing("unconfirmed-needs", N_("Needs to confirm again"), _unconfirmed_needs),
    Listing("classification", N_("Classification differences"), _classification),
    Listing("retention", N_("Retention period ended"), _retention),
    Listing("unverified", N_("Data to verify"), _unverified),
)
QUARTERLY = (
    Listing("fill", N_("Fill rates"), _fill_rates),
    Listing("unused-values", N_("Values that nobody uses"), _unused_values),
    Listing("custom", N_("Own fields that many customers have"), _custom),
    Listing("tags-once", N_("Tags used once"), _rare_tags),
    Listing("similar-tags", N_("Similar tags"), _similar_tags),
)
