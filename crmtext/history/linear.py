"""Whether commits follow one another in a history with merges, without asking git about each pair."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.git.history import Step


class _Place(NamedTuple):
    """The place of a commit on HEAD's first-parent line: from its last commit before, to the first that contains it."""

    after: int
    within: int
    #: The last commit of its own first-parent line.
    tip: str


def linear(steps: Sequence[Step]) -> Callable[[Iterable[str]], bool]:
    """Return a function that says if each of some commits contains all earlier ones; the steps come oldest first.

    It may say no for commits of a branch that was itself merged from branches.
    """
    parents = {step.id: step.parents for step in steps}
    line = list(_first_parents(steps[-1].id, parents)) if steps else []
    numbers = {commit: number for number, commit in enumerate(reversed(line))}
    within = {commit: (number, line[0]) for commit, number in numbers.items()}
    for commit in reversed(line):
        tips = list(parents[commit][1:])
        while tips:
            tip = tips.pop()
            for side in _first_parents(tip, parents):
                if side in within:
                    break
                within[side] = (numbers[commit], tip)
                tips += parents[side][1:]
    after: dict[str, int] = {}
    for step in steps:
        after[step.id] = numbers.get(step.id, max((after[parent] for parent in step.parents), default=-1))

    def are_linear(commits: Iterable[str]) -> bool:
        places = sorted(_Place(after[commit], *within[commit]) for commit in commits)
        return all(
            one.within <= other.after or (one.within, one.tip) == (other.within, other.tip)
            for one, other in pairwise(places)
        )

    return are_linear


def _first_parents(commit: str, parents: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield commit
    while above := parents.get(commit):
        commit = above[0]
        yield commit
