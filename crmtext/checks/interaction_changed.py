"""Interactions that were changed or removed since the previous commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.checks.scope import Scope
from crmtext.duplicates.similarity import alike
from crmtext.i18n import _
from crmtext.model import signature
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.model import Customer
    from crmtext.snapshot import Previous, Snapshot

SCOPE = Scope.HISTORY

#: The least similarity (0 to 1) of two summaries that differ only in corrected spelling.
_SIMILAR = 0.7


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of interactions of the previous commit that were removed, moved to another date or changed."""
    earlier = snapshot.earlier()
    reported: set[tuple[str, str, str]] = set()
    for side in (earlier.sides or (earlier,)) if earlier else ():
        for problem in _since(side, snapshot):
            # Both sides of a merge may have had the same interaction.
            if problem.identity not in reported:
                reported.add(problem.identity)
                yield problem


def _since(earlier: Previous, snapshot: Snapshot) -> Iterator[Problem]:
    for before in earlier.customers:
        if now := snapshot.successor(before):
            for message, pointer in _changed(before, now):
                yield now.document.problem(
                    "interaction-changed",
                    message,
                    pointer,
                    hint=_("restore it, and add a new entry; before: git show {commit}:./{path}").format(
                        commit=earlier.commit[:10], path=before.path
                    ),
                    severity=Severity.WARNING,
                    key=pointer.count("/") == 1,
                )


def _changed(before: Customer, now: Customer) -> Iterator[tuple[str, str]]:
    """Message and place for each old entry that was removed or changed."""
    kept = {signature(entry) for entry in now.interactions}
    old = {signature(entry): entry for entry in before.interactions if signature(entry) not in kept}
    known = {signature(entry) for entry in before.interactions}
    new = [index for index, entry in enumerate(now.interactions) if signature(entry) not in known]
    for entry in old.values():
        index = _successor(entry, new, now)
        if index is None:
            message = _("the interaction of {date} ({channel}) was removed").format(
                date=entry["date"], channel=entry["channel"]
            )
            yield message, "/interactions"
            continue
        new.remove(index)
        if change := _difference(entry, now.interactions[index], index):
            yield change


def _successor(entry: Mapping[str, Any], new: list[int], now: Customer) -> int | None:
    """The new entry that replaced the old one: with the same summary, else with the same date and channel."""
    alike_ = [index for index in new if _says_the_same(entry, now.interactions[index])]
    same_day = [i for i in new if all(entry[key] == now.interactions[i][key] for key in ("date", "channel"))]
    both = [index for index in alike_ if index in same_day]
    return next(iter((*both, *alike_, *same_day)), None)


def _says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return alike(str(one["summary"]), str(other["summary"])) >= _SIMILAR


def _difference(old: Mapping[str, Any], new: Mapping[str, Any], index: int) -> tuple[str, str] | None:
    if old["date"] != new["date"]:
        message = _("the interaction of {date} was moved to {new}").format(date=old["date"], new=new["date"])
        return message, f"/interactions/{index}/date"
    for key in ("by", "channel"):
        if old[key] != new[key]:
            message = _("'{key}' of the interaction of {date} was changed; it was {old}")
            message = message.format(key=key, date=old["date"], old=old[key])
            return message, f"/interactions/{index}/{key}"
    if not _says_the_same(old, new):
        message = _("the summary of the interaction of {date} was changed").format(date=old["date"])
        return message, f"/interactions/{index}/summary"
    return None
