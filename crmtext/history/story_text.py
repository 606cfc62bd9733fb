"""A customer's history as text, as Markdown and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.diff.text import changes, headline, lines, mark, value
from crmtext.i18n import _, bracketed
from crmtext.wording.labels import heading, labelled, person
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.history.story import Event, OwnerPeriod, Story


def text(story: Story) -> str:
    """Return the history for a terminal, newest first."""
    data = story.document.data
    head = bracketed(customer_name(story.document), data.get("id", ""))
    head += f"\n{_owners(story)}\n"
    if story.merged:
        head += f"{_merged(story)}\n"
    parts = [head]
    for event in story.events:
        parts.append(f"\n{event.day} {event.author} · {_subject_and_commit(event, story)}\n")
        parts += (f"{line}\n" for line in _change_lines(event, story, str))
    return "".join(parts)


def markdown(story: Story) -> str:
    """Return the history for a page or a message."""
    # Imported late: only Markdown needs it.
    from crmtext.diff.markdown import plain

    data = story.document.data
    name = plain(customer_name(story.document))
    head = f"### {name} · {plain(str(data.get('id', '')))}\n\n{plain(_owners(story))}\n"
    if story.merged:
        head += f"\n{plain(_merged(story))}\n"
    return head + "".join(f"\n{_markdown_event(event, story, plain)}" for event in story.events)


def _merged(story: Story) -> str:
    names = (bracketed(customer_name(one), str(one.data.get("id", ""))) for one in story.merged)
    return _("merged from: {names}").format(names=_(", ").join(names))


def _owners(story: Story) -> str:
    periods = " → ".join(_owner_period(period, story) for period in story.owner_periods)
    label = heading(story.words.schema, "owner")
    return labelled(label, periods) if periods else ""


def _owner_period(period: OwnerPeriod, story: Story) -> str:
    name = person(story.words.settings, period.owner)
    if period.since is None:
        return _("{name} until {date}").format(name=name, date=period.until) if period.until else name
    if period.until is None:
        return _("{name} since {date}").format(name=name, date=period.since)
    return _("{name} {since} to {until}").format(name=name, since=period.since, until=period.until)


def _subject_and_commit(event: Event, story: Story) -> str:
    """The subject and the commit; also the record, if the customer was made of several."""
    text = f"{event.subject} ({event.commit[:8]})"
    return f"{text} · {event.record}" if len({one.record for one in story.events}) > 1 else text


def _change_lines(event: Event, story: Story, shown: Callable[[str], str]) -> Iterator[str]:
    difference = event.difference
    if title := headline(difference):
        yield f"  {title}"
    if difference.old_path:
        yield "  " + shown(_("moved: {old} → {new}").format(old=difference.old_path, new=difference.path))
    for change in (change_text for part in event.differences for change_text in lines(part, story.words)):
        yield f"  {mark(change)} {labelled(shown(change.label), shown(value(change)))}"


def _markdown_event(event: Event, story: Story, plain: Callable[[str], str]) -> str:
    rows = [f"  - {line.strip().removeprefix('+ ').removeprefix('~ ')}" for line in _change_lines(event, story, plain)]
    return (
        "\n".join([f"- **{event.day}** {plain(event.author)} · {plain(_subject_and_commit(event, story))}", *rows])
        + "\n"
    )


def document(story: Story) -> Mapping[str, Any]:
    """Return the history as JSON."""
    return {
        "customer": str(story.document.data.get("id", "")),
        "merged_from": [str(one.data.get("id", "")) for one in story.merged],
        "complete": not story.cut,
        "owners": [
            {"owner": period.owner, "since": period.since, "until": period.until} for period in story.owner_periods
        ],
        "events": [
            {
                "commit": event.commit,
                "date": event.day,
                "author": event.author,
                "subject": event.subject,
                "action": event.action,
                "record": event.record,
                "kind": event.difference.kind,
                "path": event.difference.path,
                "changes": [change for difference in event.differences for change in changes(difference, story.words)],
            }
            for event in story.events
        ],
    }
