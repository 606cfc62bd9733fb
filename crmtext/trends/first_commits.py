"""The first commit with each customer's id, as it was known in earlier commits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from crmtext.git.first_commits import CHANGED, added_ids
from crmtext.git.history import steps
from crmtext.git.plumbing import head
from crmtext.index import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.store import Store


class FirstCommits:
    """When the first commit with each id was made, among the commits up to some of HEAD's first-parent line."""

    def __init__(self, store: Store, line: Sequence[str]) -> None:
        self._store = store
        #: The commits, oldest first.
        self._line = line

    def of(self, commit: str, customers: Sequence[Customer]) -> Mapping[str, int | None]:
        """Return the times as of one of the commits, which has these customers.

        A later commit can only have made a time earlier if it added the same id as well.
        """
        later: dict[str, int] = {}
        for known in self._later[self._line.index(commit) :]:
            for id_, when in known.items():
                later[id_] = min(when, later.get(id_, when))
        now = self._now
        unknown = {id_ for id_, when in later.items() if (time := now.get(id_)) is None or time >= when}
        if not unknown:
            return now
        ids = {id_.removeprefix(CHANGED) for id_ in unknown}
        if any(one.id in ids for one in customers):
            return self._store.first_commits(commit)
        return {id_: when for id_, when in now.items() if id_ not in unknown}

    @cached_property
    def _now(self) -> Mapping[str, int | None]:
        return lookup.first_commits(self._store)()

    @cached_property
    def _later(self) -> Sequence[dict[str, int]]:
        """The ids that were added after each commit and up to the next one, with the earliest time."""
        repo = self._store.git()
        places: dict[str, int] = {}
        oldest = self._line[0]
        parents = {step.id: step.parents for step in steps(repo, oldest, "HEAD")}
        for place, commit in enumerate((*self._line[1:], head(repo) or "")):
            ahead = [commit]
            while ahead:
                one = ahead.pop()
                if one in parents and one not in places:
                    places[one] = place
                    ahead += parents[one]
        added: list[dict[str, int]] = [{} for _commit in self._line]
        for id_, addition in added_ids(repo, oldest, "HEAD"):
            known = added[places[addition.commit]]
            known[id_] = min(addition.when, known.get(id_, addition.when))
        return added
