"""The lists of national standards."""

from __future__ import annotations

import pytest

from crmtext.checks.industry_code import is_known
from crmtext.standards import industries, region, regions


def test_the_lists_are_whole() -> None:
    divisions = [code for _name, below in industries().values() for code in below]
    assert ("".join(industries()), divisions) == (
        "ABCDEFGHIJKLMNOPQRST",
        [f"{number:02}" for number in range(1, 98)],
    )
    assert (len(regions()), regions()["32"][1]["05"]) == (34, "苏州市")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("310115", ("上海市", "")),
        ("330113", ("浙江省", "杭州市")),
        ("330000", ("浙江省", "")),
        ("441900", ("广东省", "东莞市")),
        ("419001", ("河南省", "省直辖")),
        ("810000", ("香港特别行政区", "")),
        ("339900", None),
        ("990000", None),
    ],
)
def test_a_code_begins_with_a_province_and_a_city(code: str, found: tuple[str, str] | None) -> None:
    assert region(code) == found


@pytest.mark.parametrize(
    ("section", "number", "known"),
    [("C", "39", True), ("", "3911", True), ("C", "", True), ("C", "65", False), ("Z", "", False), ("", "98", False)],
)
def test_a_section_and_a_division_go_together(section: str, number: str, *, known: bool) -> None:
    assert is_known(section, number) is known
