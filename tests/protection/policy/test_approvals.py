"""Which merges approve a commit: those that brought it in as a later parent."""

from __future__ import annotations

import pytest

from crmtext.git.history import Step
from crmtext.protection.policy.approvals import approving

#: Commits by name with their parents: `base` is not among those of the push.
PLAIN = (("a", "base"), ("b", "base"), ("m", "a b"))
NESTED = (("a", "base"), ("b", "base"), ("inner", "a b"), ("c", "base"), ("outer", "c inner"))
TURNED = (("a", "base"), ("b", "base"), ("m", "b a"), ("n", "m"), ("o", "n a"))


def steps(*pairs: tuple[str, str]) -> tuple[Step, ...]:
    return tuple(Step(name, tuple(parents.split())) for name, parents in pairs)


@pytest.mark.parametrize(
    ("commits", "commit", "merges"),
    [
        (PLAIN, "b", ("m",)),
        (PLAIN, "a", ()),
        (PLAIN, "m", ()),
        (NESTED, "a", ("outer",)),
        (NESTED, "b", ("inner", "outer")),
        (NESTED, "inner", ("outer",)),
        (NESTED, "c", ()),
        # Brought in once: a later merge finds it in its first parent.
        (TURNED, "a", ("m",)),
        ((("root", ""), ("a", "root")), "root", ()),
    ],
)
def test_merges_that_brought_in_a_commit(
    commits: tuple[tuple[str, str], ...], commit: str, merges: tuple[str, ...]
) -> None:
    assert approving(steps(*commits), commit) == merges
