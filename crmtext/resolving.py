"""Choosing a side of what a merge has left in conflict; with the last conflict of a file, git is told."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from crmtext import files
from crmtext.answer import Change
from crmtext.git import merging
from crmtext.i18n import _, plural
from crmtext.merge.trees import UnreadableError, read
from crmtext.problem import Place, cannot, usage
from crmtext.text import hunks
from crmtext.unsettled import Conflict, Kind, conflicts, meant, stages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.store import Store


class Side(StrEnum):
    """What a person chooses."""

    OURS = "ours"
    THEIRS = "theirs"
    #: Of two customers in one file, both.
    BOTH = "both"


def chosen(store: Store, typed: str, key: str, side: Side, *, dry_run: bool = False) -> Change:
    """Choose a side of the conflicts of a customer, of all or of one key; a file without any more is marked so."""
    with store.writing():
        wanted = _wanted(conflicts(store), typed, key)
        if side is Side.BOTH and any(each.kind is not Kind.CUSTOMERS for each in wanted):
            hint = _("choose --ours or --theirs")
            raise usage("not-two-customers", _("--both is for two customers in one file"), hint)
        plan = _plan(store, wanted, side)
        if not dry_run:
            _write(store, plan)
            _settle(store, plan)
        left = () if dry_run else conflicts(store)
    return Change(_changed(wanted), _summary(store, wanted, left), _diff(plan) if dry_run else "")


def left_words(left: Iterable[Conflict]) -> str:
    """What is still to be decided, or how to go on."""
    count = len(tuple(left))
    if count:
        return plural("{n} conflict is left: crmtext resolve", "{n} conflicts are left: crmtext resolve", count)
    return _("nothing is in conflict any more; finish with: git commit --no-edit")


def _wanted(found: Iterable[Conflict], typed: str, key: str) -> tuple[Conflict, ...]:
    every = tuple(found)
    of_customer = [each for each in every if meant(each, typed)]
    if len({each.path for each in of_customer}) > 1:
        said = ", ".join(dict.fromkeys(each.path for each in of_customer))
        hint = _("type more of the name, or the id")
        raise usage("several-customers", _("'{typed}' means several: {paths}").format(typed=typed, paths=said), hint)
    if not of_customer:
        names = ", ".join(dict.fromkeys(each.customer for each in every)) or _("nothing")
        message = _("nothing is in conflict in '{typed}'").format(typed=typed)
        raise usage("no-conflict", message, _("in conflict: {names}").format(names=names))
    wanted = tuple(each for each in of_customer if not key or key in (*each.keys, *each.numbered))
    if not wanted:
        names = "; ".join(each.key for each in of_customer if each.key) or _("the whole file")
        message = _("'{key}' is not in conflict").format(key=key)
        raise usage("no-conflict", message, _("in conflict: {names}").format(names=names))
    return wanted


#: By path, what a file holds and is to hold; None where there is none.
_Plan = dict[str, tuple[bytes | None, bytes | None]]


def _plan(store: Store, wanted: tuple[Conflict, ...], side: Side) -> _Plan:
    first = wanted[0]
    if first.kind is Kind.RENAMED:
        return _one_name(store, first, side)
    if first.kind in (Kind.REMOVED_HERE, Kind.REMOVED_THERE, Kind.NEW):
        kept = first.kind is Kind.NEW or (side is Side.THEIRS) is (first.kind is Kind.REMOVED_HERE)
        before = files.read(store.root / first.path, within=store.root)
        return {first.path: (before, before if kept else None)}
    before = files.read(store.root / first.path, within=store.root) or b""
    text = before.decode("utf-8", "replace")
    if side is Side.BOTH:
        return _two(store, first, before)
    numbers = {each.number for each in wanted}
    after = _picked(text, numbers, side)
    if not hunks.marked(after):
        _refuse_unreadable(first, after)
    return {first.path: (before, after.encode())}


def _picked(text: str, numbers: set[int], side: Side) -> str:
    """The text with a side chosen in the conflicts of these numbers."""
    found = [part for part in hunks.parted(text) if isinstance(part, hunks.Hunk)]
    places = [(start, end) for start, end, whole in hunks.places(text) if whole]
    for number, (hunk, (start, end)) in reversed([*enumerate(zip(found, places, strict=True))]):
        if number in numbers:
            text = text[:start] + _of(hunk, side) + text[end + 1 :]
    return text


def _of(hunk: hunks.Hunk, side: Side) -> str:
    return hunk.ours if side is Side.OURS else hunk.theirs


def _one_name(store: Store, each: Conflict, side: Side) -> _Plan:
    kept, gone = (each.path, each.other) if side is Side.OURS else (each.other, each.path)
    before = files.read(store.root / kept, within=store.root) or b""
    text = before.decode("utf-8", "replace")
    after = hunks.picked(text, lambda hunk: _of(hunk, side))
    _refuse_unreadable(each, after)
    return {kept: (before, after.encode()), gone: (files.read(store.root / gone, within=store.root), None)}


def _two(store: Store, each: Conflict, before: bytes) -> _Plan:
    """Both customers: the one that the file is named after stays in it, the other gets a file of its own."""
    stem = each.path.rpartition("/")[2].removesuffix(".yaml")
    here, other = each.ours, each.theirs
    if hunks.value(here, "id") != hunks.value(other, "id") and stem.startswith(hunks.value(other, "id")):
        here, other = other, here
    same = hunks.value(here, "id") == hunks.value(other, "id")
    # The new file first: one who is killed between the two must not have lost a customer.
    return {**_second(store, each.path, other, keep_id=not same), each.path: (before, here.encode())}


def _second(store: Store, beside: str, text: str, *, keep_id: bool) -> _Plan:
    """A customer in a file of its own, under a new id where its own one is taken."""
    from crmtext.record import ids
    from crmtext.text.edit import Set, rewrite

    folder, old = beside.rpartition("/")[0], hunks.value(text, "id")
    path = f"{folder}/{ids.file_name(old, '')}"
    if not keep_id or (store.root / path).exists():
        new = ids.new_id(store.worktree(), store.today)
        path, text = f"{folder}/{ids.file_name(new, ids.own_slug(beside, old))}", rewrite(text, [Set("/id", new)])
    return {path: (None, text.encode())}


def _refuse_unreadable(each: Conflict, text: str) -> None:
    try:
        read(text)
    except UnreadableError:
        message = _("with this choice {path} is not valid YAML").format(path=each.path)
        raise cannot("resolve-unreadable", message, _("edit the file by hand"), Place(each.path)) from None


def _write(store: Store, plan: _Plan) -> None:
    for path, (before, after) in plan.items():
        if after is None and before is not None:
            files.remove(store.root / path, before, within=store.root)
        elif after is not None and after != before:
            files.write(store.root / path, after, before, within=store.root)


def _settle(store: Store, plan: _Plan) -> None:
    repo = store.repository
    if repo is None:
        return
    done = [path for path, (_before, after) in plan.items() if after is None or not hunks.marked(after.decode())]
    unmerged = stages(store)
    # A file that both sides renamed is there under neither's old name.
    gone = [path for path, blobs in unmerged.items() if set(blobs) == {1}] if len(plan) > 1 else []
    if unmerged and done:
        merging.settle(repo, [repo.prefix + path for path in (*done, *gone)])


def _changed(wanted: Iterable[Conflict]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((each.customer, each.path) for each in wanted))


def _summary(store: Store, wanted: tuple[Conflict, ...], left: tuple[Conflict, ...]) -> str:
    said = ", ".join(each.key or each.path for each in wanted)
    lines = [_("{customer}: decided: {keys}").format(customer=wanted[0].name or wanted[0].customer, keys=said)]
    return "\n".join([*lines, left_words(left)] if _merging(store) or left else lines)


def _merging(store: Store) -> bool:
    return store.repository is not None and (store.repository.git_dir / "MERGE_HEAD").exists()


def _diff(plan: _Plan) -> str:
    from difflib import unified_diff

    rows = {path: [(side or b"").decode().splitlines(keepends=True) for side in sides] for path, sides in plan.items()}
    return "".join("".join(unified_diff(old, new, f"a/{path}", f"b/{path}")) for path, (old, new) in rows.items())
