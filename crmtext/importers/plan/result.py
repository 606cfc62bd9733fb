"""An import as it is decided: what is new, changed and the same, and what needs a decision first."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.duplicates.similarity import Mark
    from crmtext.importers.findings import Findings, RowRef
    from crmtext.importers.incoming import Incoming
    from crmtext.importers.joining.row_fates import Fates
    from crmtext.importers.mapping import Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.past.imports import Accepted
    from crmtext.importers.plan.decided import Difference
    from crmtext.importers.plan.edited import Edited
    from crmtext.record.change.draft import Draft
    from crmtext.store import Store

#: An item in the path of a field: `contacts[张三].title`.
NAMED = lazy.pattern(r"\[.*\]")


class Planned(NamedTuple):
    """A customer that the import adds or changes."""

    incoming: Incoming
    draft: Draft

    @property
    def kind(self) -> str:
        """`new` or `changed`."""
        return "changed" if self.draft.before else "new"

    @property
    def name(self) -> str:
        """The customer's name."""
        return str(self.draft.after.data["name"]) if self.draft.after else ""


class Same(NamedTuple):
    """A customer that holds all that the files say."""

    incoming: Incoming
    id: str


class LikelyDuplicate(NamedTuple):
    """A row that may be a customer of the store."""

    at: RowRef
    incoming: Incoming
    id: str
    name: str
    score: float
    #: The values that both have.
    shared: tuple[Mark, ...]


class Conflict(NamedTuple):
    """A field with different values in the store and in a row."""

    at: RowRef
    id: str
    name: str
    difference: Difference
    #: The customer and the place of the field in names that stay if people, deals or the customer are renamed.
    place: tuple[str, ...]
    #: The rows that wait for the decision.
    rows: tuple[RowRef, ...] = ()

    @property
    def trailer(self) -> tuple[str, str, str]:
        """The customer, the field without names of people, and a short hash of the value, as a commit notes them."""
        whole = json.dumps([*self.place, self.difference.theirs], ensure_ascii=False, sort_keys=True, default=str)
        path = "_".join(NAMED.sub("[]", self.difference.field).split())
        return self.id, path, sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:4]


class Missing(NamedTuple):
    """A customer, or an item of its lists, that an import of the source wrote and that the files don't have."""

    id: str
    name: str
    #: The item's path, such as `contacts[张三]`; empty for the customer itself.
    field: str = ""


@dataclass
class Plan:
    """An import, decided and not yet written."""

    store: Store
    understanding: Understanding
    findings: Findings
    options: Options
    customers: list[Planned] = field(default_factory=list)
    same: list[Same] = field(default_factory=list)
    likely: list[LikelyDuplicate] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    #: Conflicts in which the value of the files counts.
    overwritten: list[Conflict] = field(default_factory=list)
    #: Conflicts that are decided for the store's value now.
    kept: list[Conflict] = field(default_factory=list)
    gone: list[Missing] = field(default_factory=list)
    #: Records to delete, because they are gone from the source.
    deleted: list[Draft] = field(default_factory=list)
    #: By number of rows: the customers with so many rows that differ.
    several: dict[int, list[str]] = field(default_factory=dict)
    #: The commits that count as imports of the source from now on, although their hashes don't fit.
    accepted: tuple[Accepted, ...] = ()
    #: Files besides records: the saved mapping.
    further: list[Draft] = field(default_factory=list)
    fates: Fates | None = None
    #: The commit that a workbook for editing shows; None for other files.
    edited: Edited | None = None
    commit: str | None = None
    branch: str | None = None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The files to write, records first."""
        return (*(planned.draft for planned in self.customers), *self.deleted, *self.further)

    @property
    def writes(self) -> bool:
        """Whether there is anything to commit: files, or decisions."""
        return bool(self.drafts or self.kept or self.accepted)

    @property
    def is_ready(self) -> bool:
        """Whether the import can be applied: nothing is open, and rejected rows may stay out."""
        rejected = bool(self.fates and self.fates.rejected) and not self.options.partial
        return not (self.findings.questions or self.likely or self.conflicts or rejected)

    def count(self, kind: str) -> int:
        """The number of customers of a kind: `new` or `changed`."""
        return sum(planned.kind == kind for planned in self.customers)
