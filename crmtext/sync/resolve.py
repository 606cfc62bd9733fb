"""Resolving the conflicts of a merge by choosing a side; a file without conflicts left is staged."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import Change
from crmtext.disk import files
from crmtext.disk.unified_diff import unified_diff
from crmtext.git.plumbing import merge_in_progress
from crmtext.git.reading import read_blobs
from crmtext.i18n import _, plural
from crmtext.layout import stem
from crmtext.merge.trees import UnreadableError, read
from crmtext.problem import CrmError, Place, cannot, unknown, usage
from crmtext.query.find import find
from crmtext.record import belonging
from crmtext.record.change.draft import errors, refuse
from crmtext.record.input import find_record
from crmtext.storage import transaction
from crmtext.storage.journal import Part, Transaction
from crmtext.sync import carry
from crmtext.sync.conflicts import Conflict, Kind, conflicts, customer, field_names, has_key, stages
from crmtext.terminal.quoting import quoted
from crmtext.text import conflict_hunks
from crmtext.text.explain.characters import not_utf8
from crmtext.text.read.load import parse
from crmtext.validation.change import masked_over_full
from crmtext.values import lazy
from crmtext.wording.values import hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.store import Store

#: The beginning of a line before its value: `    birthday: `, or `  - `.
_KEY = lazy.pattern(r"\s*(?:- )?(?:[\w-]+:\s)?")


class Side(StrEnum):
    """The side that the user chooses."""

    OURS = "ours"
    THEIRS = "theirs"
    #: Both customers of one file.
    BOTH = "both"


def chosen(store: Store, typed: str, key: str, side: Side, *, dry_run: bool = False) -> Change:
    """Choose a side in the conflicts of a customer, in all or in one field, and stage files without conflicts left."""
    if dry_run:
        wanted = _asked(store, typed, key, side)
        plan = _plan(store, wanted, side)
        left = tuple(conflict for conflict in conflicts(store) if conflict not in wanted)
        return Change(_changed(wanted), _summary(store, _decided(store, wanted, plan), left), _diff(store, plan.files))
    with store.writing():
        wanted = _asked(store, typed, key, side)
        plan = _plan(store, wanted, side)
        says = _decided(store, wanted, plan)
        transaction.do(store.home, Transaction(says, _parts(plan.files), settles=_settled(store, plan)))
        left = conflicts(store)
    return Change(_changed(wanted), _summary(store, says, left), problems=tuple(store.notes))


def _asked(store: Store, typed: str, key: str, side: Side) -> tuple[Conflict, ...]:
    wanted = _family(store, requested_conflicts(store, typed, key))
    if wanted[0].kind is Kind.OTHER:
        message = _("crmtext can't take a side of {path}").format(path=wanted[0].path)
        raise usage("no-conflict", message, by_hand(wanted[0]))
    if side is Side.BOTH and any(conflict.kind is not Kind.CUSTOMERS for conflict in wanted):
        hint = _("choose --ours or --theirs")
        raise usage("not-two-customers", _("--both works only for two customers in one file"), hint)
    return wanted


def _family(store: Store, wanted: tuple[Conflict, ...]) -> tuple[Conflict, ...]:
    """The requested conflicts, and those in the fields that belong to theirs."""
    below = [under for conflict in wanted for pointer in conflict.pointers for under in belonging.belonging(pointer)]
    if not below:
        return wanted
    beside = (conflict for conflict in conflicts(store) if conflict.path == wanted[0].path and conflict not in wanted)
    return (
        *wanted,
        *(conflict for conflict in beside if any(_is_below(pointer, below) for pointer in conflict.pointers)),
    )


def _is_below(pointer: str, places: Iterable[str]) -> bool:
    return any(f"{pointer}/".startswith(f"{place}/") for place in places)


def by_hand(conflict: Conflict) -> str:
    """Return the hint for a conflict that crmtext cannot resolve."""
    return _("resolve it in an editor, then run: git add {path}").format(path=quoted(conflict.path))


def left_text(left: Iterable[Conflict]) -> str:
    """Return the number of conflicts left, or how to continue."""
    count = len(tuple(left))
    if count:
        return plural("{n} conflict is left: crmtext resolve", "{n} conflicts are left: crmtext resolve", count)
    return _("all conflicts resolved; to finish: crmtext sync, or git commit --no-edit")


def requested_conflicts(store: Store, typed: str, key: str) -> tuple[Conflict, ...]:
    """Return the conflicts of a customer, all or those of one field. Raises CrmError if there are none."""
    every = conflicts(store)
    path = conflict_path(store, every, typed)
    of_customer = [conflict for conflict in every if path in (conflict.path, conflict.other)]
    if not of_customer:
        names = ", ".join(dict.fromkeys(conflict.customer for conflict in every)) or _("nothing")
        message = _("'{customer}' has no conflict").format(customer=typed)
        raise usage("no-conflict", message, _("conflicts: {names}").format(names=names))
    wanted = tuple(conflict for conflict in of_customer if not key or has_key(store, conflict, key))
    if not wanted:
        fields = [field_names(store, conflict) for conflict in of_customer if conflict.keys]
        names = _("; ").join(fields) or _("the whole file")
        message = _("'{key}' has no conflict").format(key=key)
        raise usage("no-conflict", message, _("conflicts: {names}").format(names=names))
    return wanted


def conflict_path(store: Store, every: Iterable[Conflict], typed: str) -> str:
    """Return the path of the customer or the file in conflict that the user typed.

    Customers in conflict are preferred. Raises CrmError if none or several match.
    """
    by_path = {conflict.path: conflict for conflict in every}
    if typed in by_path or typed in {conflict.other for conflict in by_path.values()}:
        return typed
    try:
        return find([customer(store, conflict) for conflict in by_path.values()], typed).path
    except CrmError as error:
        if error.problem.rule != "no-customer":
            raise
        return find_record.any_record(store, typed).path


#: By path, the content of a file before and after; None if missing.
_Files = dict[str, tuple[bytes | None, bytes | None]]


class _Plan(NamedTuple):
    """The files that a choice writes, and the other fields that it changes."""

    files: _Files
    along: tuple[str, ...] = ()
    #: The name of the customer that takes the changes of one that was merged into it.
    into: str = ""


def _refuse_twice(conflict: Conflict, into: Customer) -> CrmError:
    """The error for keeping a customer that was merged into another one: both would have its id and its data."""
    message = _("{name} was merged into {other} ({id})").format(name=conflict.name, other=into.name, id=into.id)
    side = "--theirs" if conflict.kind is Kind.REMOVED_THERE else "--ours"
    hint = _("to move the changes there: {command}").format(command=f"crmtext resolve {conflict.customer} {side}")
    return cannot("resolve-merged", message, hint, Place(conflict.path))


def _plan(store: Store, wanted: tuple[Conflict, ...], side: Side) -> _Plan:
    first = wanted[0]
    if first.kind is Kind.RENAMED:
        return _Plan(_one_name(store, first, side))
    if first.kind in (Kind.REMOVED_HERE, Kind.REMOVED_THERE, Kind.NEW):
        kept = first.kind is Kind.NEW or (side is Side.THEIRS) is (first.kind is Kind.REMOVED_HERE)
        before = files.read(store.root / first.path, within=store.root)
        if into := carry.survivor(store, first):
            if kept:
                raise _refuse_twice(first, into)
            # The survivor first: a crash between the two must lose no entry.
            return _Plan({into.path: carry.carried(store, first, into), first.path: (before, None)}, into=into.name)
        return _Plan({first.path: (before, before if kept else None)})
    before, text = _read(store, first.path)
    if side is Side.BOTH:
        return _Plan(_two(store, first, before))
    numbers = {conflict.number for conflict in wanted}
    after = _picked(text, numbers, side)
    if conflict_hunks.has_conflict(after):
        return _Plan({first.path: (before, after.encode())})
    _refuse_unreadable(first, after)
    after, along = _with_belongings(store, first.path, after)
    return _Plan({first.path: (before, after.encode())}, along)


def _with_belongings(store: Store, path: str, text: str) -> tuple[str, tuple[str, ...]]:
    """A record without conflicts left, adapted to the chosen sides, and the other fields that this changes.

    Raises CrmError if the record would have an error that neither side has, or masked text where a side has more.
    """
    blobs = stages(store).get(path, {})
    if not {2, 3} <= blobs.keys() or not _has_schema(store):
        return text, ()
    held = dict(read_blobs(store.git(), {*blobs.values()}))
    documents = [parse(held[blobs[stage]] if stage in blobs else b"", path) for stage in (1, 2, 3)]
    merged = parse(text.encode(), path)
    if any(not isinstance(document.data, dict) for document in (*documents[1:], merged)):
        return text, ()
    known = [error for document in documents[1:] for error in errors(document, store.schema)]
    merged, along = belonging.with_belonging(
        merged, belonging.Sides(*(document.data or {} for document in documents)), store
    )
    merged = belonging.without_stray_satisfaction(merged, store, known)
    refuse(unknown(errors(merged, store.schema), known))
    refuse(masked_over_full(store.schema, ((side, merged) for side in documents[1:])))
    return merged.text, along


def _has_schema(store: Store) -> bool:
    """Whether the schema and the settings are readable: they may be in conflict themselves."""
    try:
        return bool(store.schema.fields and store.settings)
    except CrmError:
        return False


def _read(store: Store, path: str) -> tuple[bytes, str]:
    """A file as bytes and as text. Raises CrmError if it is not UTF-8: writing would lose data."""
    raw = files.read(store.root / path, within=store.root) or b""
    try:
        return raw, raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CrmError(not_utf8(raw, path, error)) from None


def _picked(text: str, numbers: set[int], side: Side) -> str:
    """The text with a side chosen in the conflicts with these numbers."""
    hunks = [part for part in conflict_hunks.split(text) if isinstance(part, conflict_hunks.Hunk)]
    places = [(start, end) for start, end, whole in conflict_hunks.places(text) if whole]
    for number, (hunk, (start, end)) in reversed([*enumerate(zip(hunks, places, strict=True))]):
        if number in numbers:
            text = text[:start] + _of(hunk, side) + text[end + 1 :]
    return text


def _of(hunk: conflict_hunks.Hunk, side: Side) -> str:
    return hunk.ours if side is Side.OURS else hunk.theirs


def _one_name(store: Store, conflict: Conflict, side: Side) -> _Files:
    kept, gone = (conflict.path, conflict.other) if side is Side.OURS else (conflict.other, conflict.path)
    before, text = _read(store, kept)
    after = conflict_hunks.resolve(text, lambda hunk: _of(hunk, side))
    _refuse_unreadable(conflict, after)
    return {kept: (before, after.encode()), gone: (files.read(store.root / gone, within=store.root), None)}


def _two(store: Store, conflict: Conflict, before: bytes) -> _Files:
    """Both customers: one stays in the file that is named after it, the other gets its own file."""
    here, other = conflict.ours, conflict.theirs
    if conflict_hunks.value(here, "id") != conflict_hunks.value(other, "id") and stem(conflict.path).startswith(
        conflict_hunks.value(other, "id")
    ):
        here, other = other, here
    same = conflict_hunks.value(here, "id") == conflict_hunks.value(other, "id")
    # The new file first: a crash between the two must not lose a customer.
    return {**_second(store, conflict.path, other, keep_id=not same), conflict.path: (before, here.encode())}


def _second(store: Store, beside: str, text: str, *, keep_id: bool) -> _Files:
    """A customer in its own file, with a new id if the old one is taken."""
    from crmtext.record import ids
    from crmtext.text.edit.rewrite import Set, rewrite

    folder, old = beside.rpartition("/")[0], conflict_hunks.value(text, "id")
    path = f"{folder}/{ids.file_name(old, '')}"
    if not keep_id or (store.root / path).exists():
        new = ids.new_id(store.worktree(), store.today)
        path, text = f"{folder}/{ids.file_name(new, ids.own_slug(beside, old))}", rewrite(text, [Set("/id", new)])
    return {path: (None, text.encode())}


def _refuse_unreadable(conflict: Conflict, text: str) -> None:
    try:
        read(text)
    except UnreadableError:
        message = _("this choice makes {path} invalid YAML").format(path=conflict.path)
        raise cannot("resolve-unreadable", message, _("edit the file by hand"), Place(conflict.path)) from None


def _parts(plan: _Files) -> tuple[Part, ...]:
    return tuple(Part(path, before, after) for path, (before, after) in plan.items() if before != after)


def _settled(store: Store, choice: _Plan) -> tuple[str, ...]:
    """The files to stage: those without conflicts left."""
    repo, plan = store.repository, choice.files
    unmerged = stages(store)
    if repo is None or not (unmerged or merge_in_progress(repo)):
        return ()
    if choice.into:
        # With markers, too: a commit without what is still to be decided would lose it.
        return tuple(plan)
    done = [path for path, (_before, after) in plan.items() if after is None or not _marked(after)]
    # The old name of a file that both sides renamed.
    gone = [path for path, blobs in unmerged.items() if set(blobs) == {1}] if len(plan) > 1 else []
    return (*done, *gone)


def _marked(content: bytes) -> bool:
    return conflict_hunks.has_conflict(content.decode("utf-8", "replace"))


def _changed(wanted: Iterable[Conflict]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((conflict.customer, conflict.path) for conflict in wanted))


def _decided(store: Store, wanted: tuple[Conflict, ...], plan: _Plan) -> str:
    keys = ", ".join(field_names(store, conflict) or conflict.path for conflict in wanted)
    name = wanted[0].name or wanted[0].customer
    if plan.into:
        return _("Moved the changes of {customer} to {other}").format(customer=name, other=plan.into)
    text = _("Resolved {customer}: {keys}").format(customer=name, keys=keys)
    if not plan.along:
        return text
    fields = (store.schema.at(pointer) for pointer in plan.along)
    labels = ", ".join(dict.fromkeys(field.label for field in fields if field))
    return text + _("; ") + _("also changed: {fields}").format(fields=labels)


def _summary(store: Store, says: str, left: tuple[Conflict, ...]) -> str:
    return "\n".join([says, left_text(left)]) if _merging(store) or left else says


def _merging(store: Store) -> bool:
    return store.repository is not None and (store.repository.git_dir / "MERGE_HEAD").exists()


def _diff(store: Store, plan: _Files) -> str:
    """The change as a unified diff; the values of sensitive lines are hidden."""
    shown = []
    for path, sides in plan.items():
        old, new = ((side or b"").decode("utf-8", "replace") for side in sides)
        secrets = frozenset(line for text in (old, new) for line in _secrets(store.schema, text))
        shown.append(unified_diff(path, old, new, partial(_masked, secrets=secrets)))
    return "".join(shown)


def _masked(line: str, secrets: frozenset[str]) -> str:
    if secrets.isdisjoint(line[1:].splitlines(keepends=True)):
        return line
    key = _KEY.match(line, 1)
    return f"{line[0]}{key[0] if key else ''}{hidden()}\n"


def _secrets(schema: Schema, text: str) -> Iterator[str]:
    """The sensitive lines of a text, on either side of a conflict."""
    for side in (Side.OURS, Side.THEIRS):
        whole = conflict_hunks.resolve(text, partial(_of, side=side))
        numbers = schema.secret_lines(parse(whole.encode(), ""))
        for number, line in enumerate(whole.splitlines(keepends=True), 1):
            if number in numbers or schema.names_secret(line):
                yield line
