"""A customer's history: who changed what, when and why, value by value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.diff.customers import Difference, keys, ordered
from crmtext.diff.words import Words
from crmtext.git.clone import cut
from crmtext.git.history import Commit, order, touching
from crmtext.history import merges
from crmtext.history.removed import last_version
from crmtext.i18n import _
from crmtext.merge.compare import compare
from crmtext.problem import usage
from crmtext.text.pointer import without_places
from crmtext.text.read.load import peek
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from crmtext.git.objects import Objects
    from crmtext.merge.compare import Change
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document

_ACTION = lazy.pattern(r"^Crm-Action:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """The changes of one commit to a customer."""

    commit: str
    day: date
    author: str
    subject: str
    action: str
    #: Against the parent commit; for a merge, what it decided against each parent whose changes it did not all take.
    differences: tuple[Difference, ...]
    #: The id of the record: the customer's, or the former one of a record that was merged into it.
    record: str = ""

    @property
    def difference(self) -> Difference:
        """The first difference, which says if the customer was added, removed or moved."""
        return self.differences[0]


class OwnerPeriod(NamedTuple):
    """The time that a colleague owned the customer; None for a start before this clone's history, or for no end yet."""

    owner: str
    since: date | None
    until: date | None = None


@dataclass(frozen=True)
class Story:
    """A customer's events, newest first."""

    document: Document
    events: tuple[Event, ...]
    words: Words
    #: The owners, from the first to the last.
    owner_periods: tuple[OwnerPeriod, ...]
    #: Whether a shallow clone lacks earlier commits.
    cut: bool = False
    #: The records that were merged into the customer's, as they last were.
    merged: tuple[Document, ...] = ()

    @property
    def versions(self) -> Iterator[Document]:
        """Every version of the customer's records, some of them twice."""
        sides = (side for event in self.events for one in event.differences for side in (one.before, one.after))
        return filter(None, sides)

    @property
    def ids(self) -> frozenset[str]:
        """Every id that the customer's records had."""
        return frozenset(id_ for one in self.versions if isinstance(id_ := _data(one).get("id"), str))


def story(store: Store, objects: Objects, snapshot: Snapshot, document: Document, start: str) -> Story:
    """Return the history of a record and of those that were merged into it, from a commit backwards."""
    events, first = past(store, objects, snapshot, document, start)
    owner_periods = tuple(_owner_periods(events, [first] if first and first.owner else []))
    is_cut = first is not None
    commits = {event.commit for event in events}
    merged: list[Document] = []
    for former in dict.fromkeys(map(str, _data(document).get("merged_from") or ())):
        if last := last_version(store, former, start):
            merged.append(last)
            more, cut_off = past(store, objects, snapshot, last, start)
            # The merge itself is an event of the customer.
            more = [event for event in more if event.difference.after or event.commit not in commits]
            events += more
            is_cut = is_cut or cut_off is not None
    if merged:
        # Both pasts are sorted alike: by commit, the customer's own event first.
        places = order(store.git(), start)
        events.sort(key=lambda event: places[event.commit])
    words = Words(snapshot.schema, snapshot.settings)
    return Story(document, tuple(events), words, owner_periods, is_cut, tuple(merged))


def past(
    store: Store, objects: Objects, snapshot: Snapshot, document: Document, start: str
) -> tuple[list[Event], OwnerPeriod | None]:
    """Return the events of one record, newest first, and its owner before a shallow clone's first commits."""
    repo = store.git()
    commits = touching(objects, start, repo.prefix + document.path)
    blobs = sorted({blob for commit in commits for touch in commit.touches for blob in (*touch.old, touch.new) if blob})
    read = zip(blobs, objects.blobs(blobs), strict=True)
    parsed = {blob: peek(raw, document.path) for blob, raw in read if isinstance(raw, bytes)}
    builder = EventBuilder(store, snapshot.schema, parsed, snapshot.settings, str(_data(document).get("id", "")))
    ends = cut(repo)
    by_commit = builder.events(commits)
    events = [by_commit[commit.id] for commit in commits if commit.id not in ends and commit.id in by_commit]
    # In the first commits of a shallow clone every file looks new.
    first = next((commit.touches[0] for commit in commits if commit.id in ends and commit.touches), None)
    if first is None:
        return events, None
    return events, OwnerPeriod(str(_data(parsed[first.new]).get("owner", "")) if first.new else "", None)


class EventBuilder(NamedTuple):
    """The events of one record, from its parsed versions by blob."""

    store: Store
    schema: Schema
    parsed: Mapping[str, Document]
    settings: Settings
    #: The id of the record.
    record: str

    def events(self, commits: Sequence[Commit]) -> Mapping[str, Event]:
        """Return what each commit changed, without merges that only combined other commits."""
        named = keys(self.schema)
        numbers: dict[str, int] = {}
        versions: list[merges.Version] = []
        events: dict[str, Event] = {}
        for commit in reversed(commits):
            parents = [numbers[parent] for parent in commit.parents if parent in numbers]
            differences = self.differences(commit)
            if len(differences) > 1:
                differences = merges.decisions(differences, parents, versions, named)
            if differences:
                events[commit.id] = self.event(commit, differences)
            numbers[commit.id] = len(versions)
            past = reduce(or_, (versions[parent].past for parent in parents), 1 << len(versions))
            changes = (change for difference in differences for change in merges.placed(difference, named))
            versions.append(merges.Version(past, tuple(changes)))
        return events

    def event(self, commit: Commit, differences: tuple[Difference, ...]) -> Event:
        """Return the event of a commit with these differences."""
        day, action = commit.day(self.store.zone), _ACTION.findall(commit.message)
        member = self.settings.member(commit.email)
        author = (member.name if member else "") or commit.author
        acted = action[-1] if action else ""
        return Event(commit.id, day, author, commit.subject, acted, differences, self.record)

    def differences(self, commit: Commit) -> tuple[Difference, ...]:
        """Return the difference between a commit and each of its parents."""
        touch = next((touch_ for touch_ in commit.touches if touch_.new), commit.touches[0] if commit.touches else None)
        if touch is None:
            return ()
        after = self._document(touch.new, touch.path)
        former = next((other.path for other in commit.touches if other.new is None), touch.path)
        befores = [self._document(blob, former) for blob in touch.old] or [None]
        return tuple(Difference(before, after, self._changes(before, after)) for before in befores)

    def _document(self, blob: str | None, path: str) -> Document | None:
        return replace(self.parsed[blob], path=path.removeprefix(self.store.git().prefix)) if blob else None

    def _changes(self, before: Document | None, after: Document | None) -> tuple[Change, ...]:
        return ordered(compare(_data(before), _data(after), keys(self.schema)), self.schema)


def _data(document: Document | None) -> dict[str, Any]:
    """Return the data of a version; empty for one that does not parse."""
    return dict(document.data) if document and isinstance(document.data, dict) else {}


def _owner_periods(events: Iterable[Event], before: Iterable[OwnerPeriod]) -> list[OwnerPeriod]:
    periods = list(before)
    for event in reversed(tuple(events)):
        after = event.difference.after
        # On a branch merged later, a record may still have an earlier owner.
        changes = (change for difference in event.differences for change in difference.expanded)
        if after is not None and not any(change.path == ("owner",) for change in changes):
            continue
        owner = str(_data(after).get("owner", ""))
        if periods and periods[-1].until is None and (after is None or owner not in ("", periods[-1].owner)):
            periods[-1] = periods[-1]._replace(until=event.day)
        if not owner or (periods and periods[-1].until is None):
            continue
        periods.append(OwnerPeriod(owner, event.day))
    return periods


def narrowed_to_field(full: Story, typed: str) -> Story:
    """Return the history of one field: `owner`, `contacts.title`, `contacts[张三]`, or one of its labels."""
    wanted = _key(full.words.schema, typed)
    events = []
    for event in full.events:
        kept = []
        for difference in event.differences:
            pairs = ((change, full.words.key(change.path, difference)) for change in difference.expanded)
            if changes := tuple(change for change, key in pairs if _is_under(key, wanted)):
                kept.append(replace(difference, changes=changes))
        if kept:
            events.append(replace(event, differences=tuple(kept)))
    return replace(full, events=tuple(events))


def _is_under(key: str, wanted: str) -> bool:
    names = (key, without_places(key))
    return any(name == wanted or name.startswith((f"{wanted}.", f"{wanted}[")) for name in names)


def _key(schema: Schema, typed: str) -> str:
    first, rest = re.match(r"([^.\[]*)(.*)", typed, re.DOTALL).groups()  # type: ignore[union-attr]  # matches anything
    for field in schema.fields:
        if first.casefold() in (name.casefold() for name in field.names()):
            return field.key + rest
    hint = _("one of: {values}").format(values=", ".join(field.key for field in schema.fields))
    raise usage("unknown-key", _("unknown field '{key}'").format(key=first), hint)
