"""The check's verdict on a change that is about to be made: what its records are, and what they do to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import checks, sources
from crmtext.checks import masked_name
from crmtext.checks.parent_circle import parents
from crmtext.checks.scope import Scope, of
from crmtext.git.plumbing import head
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, Severity, unknown
from crmtext.snapshot import Snapshot, claimed_id, take
from crmtext.text.parse import document, parse

_AMONG = frozenset({"unique-id", "merged-id", "reference", "parent-circle"})

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from crmtext.journal import Part
    from crmtext.store import Store
    from crmtext.text.document import Document


def refuse_errors(store: Store, parts: Sequence[Part]) -> None:
    """Raise the first error that a commit of these parts would add to the history."""
    for problem in errors(store, parts):
        message = _("nothing was written and nothing committed: {reason}").format(reason=problem.message)
        hint = "\n".join(filter(None, (problem.hint, _("to write it all the same, without a commit: --no-commit"))))
        raise CrmError(problem._replace(message=message, hint=hint), Exit.FOUND)


def errors(store: Store, parts: Sequence[Part]) -> tuple[Problem, ...]:
    """The errors that a commit adds to its records, and elsewhere in HEAD."""
    repo = store.git()
    return _wrong(problems(store, parts, lambda: sources.commit(repo, "HEAD").records() if head(repo) else ()))


def problems(store: Store, parts: Sequence[Part], others: Callable[[], Iterable[sources.Found]]) -> tuple[Problem, ...]:
    """What a change makes wrong in its records, and in others, which are read only if need be."""
    changed = {part.path: part.after for part in parts if part.after is not None}
    sides = ({part.path: part.before for part in parts if part.before is not None}, changed)
    old, now = (
        checks.run(_snapshot(store, side.items()), ignore=_AMONG, names=of(Scope.RECORD, Scope.RELATED, Scope.HISTORY))
        for side in sides
    )
    found = (*unknown(now, old, moved=True), *_masked(store, parts))
    if _wrong(found) or not any(_concerns_others(store, part) for part in parts):
        return found
    before = _concerned(store, dict(others()), parts)
    gone = {part.path for part in parts if part.after is None}
    after = {path: raw for path, raw in before.items() if path not in gone} | changed
    ours = {part.path for part in parts}
    old, now = _among(store, before), _among(store, after)
    # A record of the change may have another path now; the others have not.
    of_others = unknown(_beside(now, ours), _beside(old, ours))
    of_ours = unknown(_within(now, ours), _within(old, ours), moved=True)
    return (*found, *checks.ordered((*of_ours, *of_others)))


def _within(problems: Iterable[Problem], paths: Collection[str]) -> list[Problem]:
    return [problem for problem in problems if problem.place.path in paths]


def _beside(problems: Iterable[Problem], paths: Collection[str]) -> list[Problem]:
    return [problem for problem in problems if problem.place.path not in paths]


def _masked(store: Store, parts: Iterable[Part]) -> Iterator[Problem]:
    """Masked names that a change has written over full ones."""
    for part in parts:
        if part.before is not None and part.after is not None:
            old, new = parse(part.before, part.path), parse(part.after, part.path)
            yield from masked_name.over(old, new, store.schema)


def _concerned(
    store: Store, records: Mapping[str, bytes | Problem], parts: Sequence[Part]
) -> dict[str, bytes | Problem]:
    """Those of a store's records whose answers a change may change, and those that these answers depend on.

    They name an id that the change is about, and so on from parent to parent. Nearly all others do not, which is seen
    sooner in their text than by reading them. One with a backslash may spell an id in another way.
    """
    texts = {path: _text(path, raw) for path, raw in records.items()}
    taken = {part.path.casefold() for part in parts}
    found = {path for path, text in texts.items() if "\\" in text or path.casefold() in taken}
    versions = [(part.path, raw) for part in parts for raw in (part.before, part.after) if raw is not None]
    ahead = {id_ for path, raw in versions for id_ in _ids(store, parse(raw, path))}
    ahead.update(id_ for path in found for id_ in _parents(records[path], path))
    seen: set[str] = set()
    while new := ahead - seen:
        seen |= new
        names = [id_.casefold() for id_ in new]
        more = {path for path, text in texts.items() if path not in found and any(name in text for name in names)}
        ahead.update(id_ for path in more for id_ in _parents(records[path], path))
        found |= more
    return {path: raw for path, raw in records.items() if path in found}


def _text(path: str, raw: bytes | Problem) -> str:
    text = "" if isinstance(raw, Problem) else raw.decode("utf-8", "replace")
    # A record that cannot be read has the id that its file is named by.
    return f"{path}\n{text}".casefold()


def _ids(store: Store, record: Document) -> Iterator[str]:
    """The ids that a record names: its own, and those that it refers to."""
    yield claimed_id(record)
    for field in store.schema.marked("x-reference"):
        yield from (str(id_) for _pointer, id_ in store.schema.values(record.data, field.path))


def _parents(raw: bytes | Problem, path: str) -> Iterator[str]:
    return parents(document(raw, path).data)


def _among(store: Store, records: Mapping[str, bytes | Problem]) -> tuple[Problem, ...]:
    """What is wrong between the records of a whole store."""
    return checks.run(_snapshot(store, sorted(records.items())), select=_AMONG, names=_AMONG)


def _snapshot(store: Store, records: Iterable[sources.Found]) -> Snapshot:
    return take(records, read="commit", schema=store.schema, settings=store.settings, today=store.today)


def _wrong(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def _concerns_others(store: Store, part: Part) -> bool:
    """Whether other records may come right or wrong by a change: it comes, goes, or changes an id or a reference."""
    if part.before is None or part.after is None:
        return True
    old, new = parse(part.before, part.path), parse(part.after, part.path)
    paths = [field.path for field in store.schema.marked("x-reference")] + ["relations"]
    return claimed_id(old) != claimed_id(new) or any(
        list(store.schema.values(old.data, path)) != list(store.schema.values(new.data, path)) for path in paths
    )
