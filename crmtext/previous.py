"""The interactions that a merge must keep: those of each parent that no other parent removed."""

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
    """Access to commits, by paths in the store."""

    def files(self, commit: str) -> Mapping[str, Entry]:
        """A commit's files."""

    def customers(self, commit: str, paths: AbstractSet[str]) -> Sequence[Customer]:
        """A commit's valid records among these paths."""

    def bases(self, one: str, other: str) -> tuple[str, ...]:
        """The merge bases of two commits."""


def kept_by_merge(past: Past, merge: str, parents: Sequence[str]) -> tuple[Previous, ...]:
    """For each parent, the interactions that the merge must keep, of the records that differ from the parent's."""
    return tuple(Previous(parent, tuple(_given(past, merge, parent, parents))) for parent in parents)


def _given(past: Past, merge: str, parent: str, parents: Sequence[str]) -> Iterator[Customer]:
    others = {other: past.bases(parent, other) for other in parents if other != parent}
    files = {commit: past.files(commit) for commit in {merge, parent, *others, *sum(others.values(), ())}}
    now = files[merge]

    def settled(path: str) -> bool:
        """Whether the merge took a record from another parent and this parent had not changed it."""
        was = files[parent][path]
        return any(
            files[other].get(path) == now.get(path) and any(files[base].get(path) == was for base in bases)
            for other, bases in others.items()
        )

    paths = frozenset(path for path, was in files[parent].items() if now.get(path) != was and not settled(path))
    for customer in past.customers(parent, paths):
        logs = {commit: _log(past, commit, held, customer) for commit, held in files.items()}
        before = {other: {key for base in bases for key in logs[base]} for other, bases in others.items()}
        removed = {key for other in others for key in before[other] - logs[other].keys()}
        mine = {key: entry for key, entry in logs[parent].items() if key not in removed}
        # Without these, an entry of the other side would look like a changed one of this side.
        theirs = {key: entry for other in others for key, entry in logs[other].items() if key in logs[merge]}
        data = {**customer.data, "interactions": [*(mine | theirs).values()]}
        yield Customer(replace(customer.document, data=data))


def _log(past: Past, commit: str, files: Mapping[str, Entry], customer: Customer) -> Mapping[Signature, Any]:
    """The interactions of a customer in a commit, by signature."""
    path = _place(files, customer)
    versions = past.customers(commit, {path}) if path else ()
    return {signature(entry): entry for version in versions for entry in version.interactions}


def _place(files: Mapping[str, Entry], customer: Customer) -> str:
    """The path of a customer's record among files: its own, else one named by its id; empty if there is none."""
    if customer.path in files:
        return customer.path
    return next((path for path in files if is_named_by(path, customer.id)), "")
