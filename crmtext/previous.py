"""What a merge inherits: the interactions of each parent that no other parent has taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from crmtext.model import Customer, signature
from crmtext.snapshot import Previous, is_named_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from crmtext.git.reading import Entry

    Signature = tuple[str, ...]


class Past(Protocol):
    """Commits as they can be asked about; paths are those in the store."""

    def files(self, commit: str) -> Mapping[str, Entry]:
        """A commit's files."""

    def customers(self, commit: str, paths: AbstractSet[str]) -> Sequence[Customer]:
        """Those of a commit's valid records that have these paths."""

    def bases(self, one: str, other: str) -> tuple[str, ...]:
        """The commits in which two lines were one."""


def kept_by_merge(past: Past, merge: str, parents: Sequence[str]) -> tuple[Previous, ...]:
    """What each parent of a merge gives it to keep, of the records that the merge has not as that parent had them."""
    return tuple(Previous(parent, tuple(_given(past, merge, parent, parents))) for parent in parents)


def _given(past: Past, merge: str, parent: str, parents: Sequence[str]) -> Iterator[Customer]:
    others = {other: past.bases(parent, other) for other in parents if other != parent}
    files = {commit: past.files(commit) for commit in {merge, parent, *others, *sum(others.values(), ())}}
    now = files[merge]

    def settled(path: str) -> bool:
        """Whether the merge took a record as another parent has it, and this one had not touched it."""
        was = files[parent][path]
        return any(
            files[other].get(path) == now.get(path) and any(files[base].get(path) == was for base in bases)
            for other, bases in others.items()
        )

    paths = frozenset(path for path, was in files[parent].items() if now.get(path) != was and not settled(path))
    for customer in past.customers(parent, paths):
        logs = {commit: _log(past, commit, held, customer) for commit, held in files.items()}
        before = {other: {each for base in bases for each in logs[base]} for other, bases in others.items()}
        taken = {each for other in others for each in before[other] - logs[other].keys()}
        mine = {each: entry for each, entry in logs[parent].items() if each not in taken}
        # What comes from the other side is no entry of this one changed.
        theirs = {each: entry for other in others for each, entry in logs[other].items() if each in logs[merge]}
        data = {**customer.data, "interactions": [*(mine | theirs).values()]}
        yield Customer(replace(customer.document, data=data))


def _log(past: Past, commit: str, files: Mapping[str, Entry], customer: Customer) -> Mapping[Signature, Any]:
    """What the log of a customer holds in a commit."""
    path = _place(files, customer)
    found = past.customers(commit, {path}) if path else ()
    return {signature(entry): entry for each in found for entry in each.interactions}


def _place(files: Mapping[str, Entry], customer: Customer) -> str:
    """Where a customer's record is among files: at its path, else where one has the name of its id; or nowhere."""
    if customer.path in files:
        return customer.path
    return next((path for path in files if is_named_by(path, customer.id)), "")
