"""A story told: as text, as Markdown, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.diff.text import changes, headline, lines, mark, value
from crmtext.i18n import _
from crmtext.wording.labels import heading, labelled, person
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.history.story import Event, OwnerPeriod, Story


def text(told: Story) -> str:
    """For a terminal, newest first."""
    data = told.document.data
    head = f"{customer_name(told.document)} ({data.get('id', '')})\n{_owners(told)}\n"
    return head + "".join(f"\n{part}" for part in (_event(each, told, str) for each in told.events))


def markdown(told: Story) -> str:
    """For a page or a message."""
    # Who does not ask for Markdown does not wait for what makes pages of it.
    from crmtext.diff.markdown import plain

    data = told.document.data
    name = plain(customer_name(told.document))
    head = f"### {name} · {plain(str(data.get('id', '')))}\n\n{plain(_owners(told))}\n"
    return head + "".join(f"\n{_listed(each, told, plain)}" for each in told.events)


def _owners(told: Story) -> str:
    said = " → ".join(_owner_period(each, told) for each in told.owner_periods)
    label = heading(told.words.schema, "owner")
    return labelled(label, said) if said else ""


def _owner_period(period: OwnerPeriod, told: Story) -> str:
    name = person(told.words.settings, period.owner)
    if period.since is None:
        return _("{name} until {date}").format(name=name, date=period.until) if period.until else name
    if period.until is None:
        return _("{name} since {date}").format(name=name, date=period.since)
    return _("{name} {since} to {until}").format(name=name, since=period.since, until=period.until)


def _event(event: Event, told: Story, shown: Callable[[str], str]) -> str:
    return "".join(
        f"{line}\n" for line in (f"{event.day} {event.author} · {_why(event)}", *_changed(event, told, shown))
    )


def _why(event: Event) -> str:
    return f"{event.subject} ({event.commit[:8]})"


def _changed(event: Event, told: Story, shown: Callable[[str], str]) -> Iterator[str]:
    difference = event.difference
    if said := headline(difference):
        yield f"  {said}"
    if difference.old_path:
        yield "  " + shown(_("moved: {old} → {new}").format(old=difference.old_path, new=difference.path))
    for each in (said for one in event.differences for said in lines(one, told.words)):
        yield f"  {mark(each)} {labelled(shown(each.label), shown(value(each)))}"


def _listed(event: Event, told: Story, plain: Callable[[str], str]) -> str:
    rows = [f"  - {line.strip().removeprefix('+ ').removeprefix('~ ')}" for line in _changed(event, told, plain)]
    return "\n".join([f"- **{event.day}** {plain(event.author)} · {plain(_why(event))}", *rows]) + "\n"


def document(told: Story) -> Mapping[str, Any]:
    """As the contract's JSON has it."""
    return {
        "customer": str(told.document.data.get("id", "")),
        "complete": not told.cut,
        "owners": [{"owner": each.owner, "since": each.since, "until": each.until} for each in told.owner_periods],
        "events": [
            {
                "commit": each.commit,
                "date": each.day,
                "author": each.author,
                "subject": each.subject,
                "action": each.action,
                "kind": each.difference.kind,
                "path": each.difference.path,
                "changes": [change for one in each.differences for change in changes(one, told.words)],
            }
            for each in told.events
        ],
    }
