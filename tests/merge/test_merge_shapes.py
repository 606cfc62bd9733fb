"""Texts that are no records, or no usual ones: lists at the root, wrapped lists, keys that stand twice, only items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.merge.decide import Why
from crmtext.merge.lines import rows, stretches, three_way
from crmtext.merge.merge_texts import Conflict, merge
from crmtext.text import conflict_hunks

LIST = "- a\n- b\n- c\n- d\n- e\n"
DOCUMENTS = "---\na: 1\n---\nb: 2\n"
WRAPPED = "id: C1\nlinks: [aaaa,\nbbbb,\ncccc]\nstatus: lead\nnotes: x\n"
RECORD = "id: C1\nname: x\nstatus: lead\nowner: a\nnotes: n\ntags: [a]\n"
KEYS = {"contacts": ("name",)}
CONTACT = "id: C1\ncontacts:\n  - name: 张三\n    title: 采购\nstatus: lead\n"
NEED = "id: C1\nneeds:\n  - description: 温控\n    budget: 5\nstatus: lead\n"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        pytest.param(
            LIST, LIST.replace("- a", "- A"), LIST.replace("- e", "- E"), "- A\n- b\n- c\n- d\n- E\n", id="list"
        ),
        pytest.param(LIST, LIST + "- f\n", LIST.replace("- a\n", ""), "- b\n- c\n- d\n- e\n- f\n", id="list grows"),
        pytest.param(
            DOCUMENTS, DOCUMENTS.replace("1", "3"), DOCUMENTS.replace("2", "4"), "---\na: 3\n---\nb: 4\n",
            id="documents",
        ),
        pytest.param(
            WRAPPED,
            WRAPPED.replace("lead", "won").replace("cccc]", "cccc, dddd]"),
            WRAPPED.replace("notes: x", "notes: y"),
            "id: C1\nlinks: [aaaa,\nbbbb,\ncccc, dddd]\nstatus: won\nnotes: y\n",
            id="wrapped list",
        ),
    ],
)  # fmt: skip
def test_it_is_merged_as_git_would(base: str, ours: str, theirs: str, merged: str) -> None:
    assert merge(base, ours, theirs) == (merged, ())
    assert merge(base, theirs, ours) == (merged, ())


def test_a_list_at_the_root_that_both_sides_changed_is_in_conflict_there_alone() -> None:
    merged = merge(LIST, LIST + "- f\n", LIST + "- g\n")
    assert merged.conflicts == (Conflict("", Why.CHANGED),)
    assert merged.text == LIST + "<<<<<<< ours\n- f\n=======\n- g\n>>>>>>> theirs\n"


def test_beside_a_wrapped_list_the_field_alone_is_in_conflict() -> None:
    merged = merge(
        WRAPPED, WRAPPED.replace("lead", "won").replace("cccc]", "cccc,\ndddd]"), WRAPPED.replace("lead", "lost")
    )
    assert merged.conflicts == (Conflict("status", Why.CHANGED),)
    assert conflict_hunks.resolve(merged.text, lambda hunk: hunk.theirs) == WRAPPED.replace("lead", "lost").replace(
        "cccc]", "cccc,\ndddd]"
    )


@pytest.mark.parametrize("turned", [False, True])
def test_a_key_that_stands_twice_on_one_side_is_marked_in_its_place(*, turned: bool) -> None:
    twice, other = RECORD + "owner: b\n", RECORD.replace("lead", "won")
    merged = merge(RECORD, *((other, twice) if turned else (twice, other)))
    assert merged.conflicts == (Conflict("", Why.UNREADABLE),)
    wanted = {other, RECORD.replace("lead", "won") + "owner: b\n"}
    assert {conflict_hunks.resolve(merged.text, lambda hunk, at=at: hunk[at]) for at in (0, 1)} == wanted  # type: ignore[misc]
    assert len(conflict_hunks.spots(merged.text)) == 1


def test_what_is_unreadable_in_two_places_is_left_whole() -> None:
    broken = RECORD.replace("id: C1", "id: C1\nid: C2") + "owner: b\n"
    assert merge(RECORD, broken, RECORD.replace("lead", "won")).text.startswith("<<<<<<< ours\nid: C1\n")


def test_the_only_item_of_each_side_is_the_same_one() -> None:
    result = merge(NEED, NEED.replace("温控", "除湿").replace("5", "6"), NEED.replace("温控", "加湿"))
    assert result.conflicts == (Conflict("needs[0].description", Why.CHANGED),)
    assert merge(NEED, NEED.replace("温控", "除湿").replace("5", "6"), NEED).text.count("description") == 1


def test_the_only_contact_may_be_another_one_now_so_that_nothing_is_mixed() -> None:
    ours, theirs = CONTACT.replace("张三", "李四").replace("采购", "销售"), CONTACT.replace("采购", "总监")
    merged = merge(CONTACT, ours, theirs, KEYS)
    assert merged.conflicts == (Conflict("contacts[0]", Why.CHANGED),)
    assert {conflict_hunks.resolve(merged.text, lambda hunk, at=at: hunk[at]) for at in (0, 1)} == {ours, theirs}  # type: ignore[misc]
    # One side alone changed it; or the names alone differ.
    assert merge(CONTACT, ours, CONTACT.replace("lead", "won"), KEYS).conflicts == ()
    both = merge(CONTACT, CONTACT.replace("张三", "张山"), CONTACT.replace("张三", "章三"), KEYS)
    assert both.conflicts == (Conflict("contacts[0].name", Why.CHANGED),)


def test_the_only_contact_with_nothing_that_contradicts_is_the_same_one() -> None:
    bare = CONTACT.partition("    title")[0]
    merged = merge(bare, bare.replace("张三", "张三丰"), bare + "    title: 经理\n", KEYS)
    assert (merged.conflicts, merged.text) == ((), bare.replace("张三", "张三丰") + "    title: 经理\n")


lines = st.lists(st.sampled_from([*"abcdefgh", "by: x", "by: x"]), max_size=25).map("\n".join)


@given(lines, lines, lines)
def test_texts_are_laid_side_by_side_without_losing_a_line(base: str, ours: str, theirs: str) -> None:
    hunks = [*stretches(base, ours, theirs)]
    assert tuple("".join(getattr(hunk, side) for hunk in hunks) for side in ("base", "ours", "theirs")) == (
        base,
        ours,
        theirs,
    )
    assert (
        three_way(base, base, theirs) == ((theirs,) if theirs else ())
        or "".join(map(str, three_way(base, base, theirs))) == theirs
    )


def test_lines_that_stand_once_are_found_again_among_thousands_that_do_not() -> None:
    base = "".join(f"- by: x\n  n: {n}\n" for n in range(2000))
    ours = base.replace("n: 7\n", "n: seven\n").replace("n: 1990\n", "n: 1990\n  more: y\n")
    theirs = base.replace("n: 1000\n", "n: thousand\n")
    (merged,) = ["".join(map(str, three_way(base, ours, theirs)))]
    assert merged == ours.replace("n: 1000\n", "n: thousand\n")
    assert len(rows(merged)) == 4001


DEAL = "id: C1\nopportunities:\n  - title: 一期\n    amount: 5\n    external_ids:\n      zoho: d1\nstatus: lead\n"
DEALS = {"opportunities": ("title",)}


def test_a_renamed_deal_with_an_external_id_stays_one_deal() -> None:
    ours, theirs = DEAL.replace("一期", "二期扩容"), DEAL.replace("amount: 5", "amount: 8\n    stage: won")
    merged = DEAL.replace("一期", "二期扩容").replace("amount: 5", "amount: 8\n    stage: won")
    assert merge(DEAL, ours, theirs, DEALS) == (merged, ())
    assert merge(DEAL, theirs, ours, DEALS) == (merged, ())


def test_new_deals_are_one_by_their_external_id_and_two_by_different_ids_of_a_system() -> None:
    base = "id: C1\nstatus: lead\n"
    added = base + "opportunities:\n  - title: 一期\n    external_ids: {zoho: d1}\n"
    fuller = added.replace("一期", "二期").replace("d1}", "d1, k3: x}")
    assert len(merge(base, added, fuller, DEALS).conflicts) == 1
    other = added.replace("d1", "d2")
    both = added + "  - title: 一期\n    external_ids: {zoho: d2}\n"
    assert merge(base, added, other, DEALS) == (both, ())
