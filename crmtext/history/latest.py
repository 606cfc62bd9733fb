"""The latest changes of every customer, for pages: one walk over the commits, whatever the number of customers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout
from crmtext.diff.text import headline, lines, value
from crmtext.diff.words import Words
from crmtext.git.clone import cut
from crmtext.git.history import Commit, Touch, steps, touching_any
from crmtext.git.objects import opened
from crmtext.git.plumbing import head
from crmtext.git.reading import blobs_within, tree
from crmtext.history.linear import linear
from crmtext.history.masked_story import masked_events
from crmtext.history.story import EventBuilder, past
from crmtext.i18n import _
from crmtext.reports.site import Past, PastChange, PastEvent
from crmtext.sealing.mask import Masking
from crmtext.text.document import Document
from crmtext.text.read.load import peek
from crmtext.text.size import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmtext.diff.customers import Difference
    from crmtext.history.story import Event
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: Changes shown of one customer, and customers whose versions are read at once.
MOST, _BATCH = 20, 200
#: A longer value is cut on a page.
_WIDEST = 300


def latest_changes(store: Store, snapshot: Snapshot, *, mask: bool = False) -> Callable[[str], Past | None]:
    """Return a function from a record's path to its latest changes up to the snapshot's commit, or HEAD.

    It is quick if the paths come in the snapshot's order. With `mask`, the changes are masked.
    """
    repo = store.repository
    start = snapshot.read if snapshot.read != "worktree" else repo and head(repo)
    if repo is None or not start:
        return lambda _path: None
    ends = cut(repo)
    commits = touching_any(repo, start, repo.prefix + layout.RECORDS)
    by_path = _by_record(commits, {repo.prefix + customer.path for customer in snapshot.customers}, ends)
    held = {entry.path: entry.blob for entry in tree(repo, start, repo.prefix + layout.RECORDS)}
    masking = Masking(snapshot.schema) if mask else None
    are_linear = linear(steps(repo, None, start))
    reader = _Reader(store, snapshot, start, by_path, held, are_linear, masking, is_cut=bool(ends))
    starts = range(0, len(snapshot.customers), _BATCH)
    batches = {customer.path: at for at in starts for customer in snapshot.customers[at : at + _BATCH]}
    kept: dict[str, Past] = {}

    def of(path: str) -> Past | None:
        if path not in kept:
            kept.clear()
            kept.update(reader.read(snapshot.customers[batches[path] : batches[path] + _BATCH]))
        return kept[path]

    return of


def _by_record(commits: Iterable[Commit], paths: Iterable[str], ends: frozenset[str]) -> Mapping[str, list[Commit]]:
    """Return the commits of each record by its latest path, newest first, each with the record's own changes only."""
    latest = {path: path for path in paths}
    records: dict[str, list[Commit]] = defaultdict(list)
    for commit in commits:
        # In the first commits of a shallow clone every file looks new.
        if commit.id in ends:
            continue
        former = _renamed(commit.touches)
        for touch in commit.touches:
            record = latest.get(touch.path)
            if record is None:
                continue
            touches: tuple[Touch, ...] = (touch,)
            if old := former(touch):
                touches = (touch._replace(old=old.old[:1]), old)
                latest[old.path] = latest.pop(touch.path)
            records[record].append(commit._replace(touches=touches))
    return records


def _renamed(touches: Sequence[Touch]) -> Callable[[Touch], Touch | None]:
    """Return a function from a file to the one that it replaced: the same content, the same id, or the only pair."""
    gone = [touch for touch in touches if touch.new is None]
    same = {touch.old[0]: touch for touch in gone}
    named = {layout.id_in(touch.path): touch for touch in gone}
    pair = gone[0] if len(gone) == 1 and len(touches) == 2 else None

    def former(touch: Touch) -> Touch | None:
        if not touch.new or any(touch.old):
            return None
        return same.get(touch.new) or named.get(layout.id_in(touch.path), pair)

    return former


class _Reader(NamedTuple):
    store: Store
    snapshot: Snapshot
    start: str
    by_path: Mapping[str, list[Commit]]
    #: The blob of each record now.
    held: Mapping[str, str]
    are_linear: Callable[[Iterable[str]], bool]
    masking: Masking | None
    is_cut: bool

    def read(self, customers: Sequence[Customer]) -> Mapping[str, Past]:
        """Return the latest changes of some customers, by path."""
        repo = self.store.git()
        commits = {customer.path: self.by_path.get(repo.prefix + customer.path, []) for customer in customers}
        merged = [customer for customer in customers if self._is_merged(customer.path, commits[customer.path])]
        # A new record is shown as one line, so that its first version isn't read.
        changed = (commit for own in commits.values() for commit in own[:MOST] if not _is_new(commit))
        blobs = sorted(
            {blob for commit in changed for touch in commit.touches for blob in (*touch.old, touch.new) if blob}
        )
        contents = zip(blobs, blobs_within(repo, blobs, MAX_BYTES), strict=True)
        parsed = {blob: peek(raw, "") if isinstance(raw, bytes) else Document("", "", None) for blob, raw in contents}
        builder = EventBuilder(self.store, self.snapshot.schema, parsed, self.snapshot.settings, "")
        events = {
            path: [
                builder.event(commit, () if _is_new(commit) else builder.differences(commit)) for commit in own[:MOST]
            ]
            for path, own in commits.items()
        }
        if merged:
            with opened(repo) as objects:
                for customer in merged:
                    events[customer.path] = past(self.store, objects, self.snapshot, customer.document, self.start)[0]
        if self.masking:
            documents = {customer.path: customer.document for customer in customers}
            events = {path: masked_events(own, documents[path], self.masking) for path, own in events.items()}
        return {
            path: Past(tuple(map(self._shown, own[:MOST])), len(own) > MOST or len(commits[path]) > MOST, self.is_cut)
            for path, own in events.items()
        }

    def _is_merged(self, path: str, commits: Sequence[Commit]) -> bool:
        """Whether a merge decided about the record: then each of its versions counts, and git is asked for them."""
        held = self.held.get(self.store.git().prefix + path)
        for commit in commits:
            first = commit.touches[0]
            if first.new != held or any(len(touch.old) > 1 for touch in commit.touches):
                return True
            held = next(iter(first.old), None)
        return not self.are_linear(commit.id for commit in commits)

    def _shown(self, event: Event) -> PastEvent:
        words = Words(self.snapshot.schema, self.snapshot.settings)
        changes: tuple[PastChange, ...] = ()
        title = _("new")
        if event.differences and event.difference.before is not None:
            texts = (text for difference in event.differences for text in lines(difference, words))
            changes = tuple(PastChange(text.kind, text.label, _cut(value(text))) for text in texts)
            title = _headline(event.difference)
        return PastEvent(f"{event.day}", event.author, event.subject, event.commit[:8], title, changes)


def _is_new(commit: Commit) -> bool:
    return not any(blob for touch in commit.touches for blob in touch.old)


def _headline(difference: Difference) -> str:
    if difference.old_path:
        return _("moved: {old} → {new}").format(old=difference.old_path, new=difference.path)
    return headline(difference)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST].rstrip()}…"
