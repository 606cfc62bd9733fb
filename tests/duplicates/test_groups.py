"""Which members of pairs are connected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crmtext.duplicates.groups import connected

PAIRS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")))


def test_a_chain_is_one_group() -> None:
    heads = connected([("a", "b"), ("c", "d"), ("b", "c"), ("x", "y")])
    assert {heads[member] for member in "abcd"} == {heads["a"]}
    assert heads["x"] == heads["y"] != heads["a"]


@given(PAIRS)
def test_members_have_one_head_if_pairs_lead_from_one_to_the_other(pairs: list[tuple[str, str]]) -> None:
    heads = connected(pairs)
    reached = {member: {member} for pair in pairs for member in pair}
    for _round in range(8):
        for one, other in pairs:
            reached[one] = reached[other] = reached[one] | reached[other]
            for member in reached[one]:
                reached[member] = reached[one]
    assert heads.keys() == reached.keys()
    assert all((heads[one] == heads[other]) == (other in reached[one]) for one in heads for other in heads)
