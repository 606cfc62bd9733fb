"""Numbers that must not enter the history: what is seen, and what looks like one and is none."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from crmtext.problem import CrmError, Place
from crmtext.record import ids
from crmtext.text.numbers import in_prose, is_resident_id, refuse_in_name
from crmtext.text.parse import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable

#: Made-up numbers of a valid form: of 18 digits, and of the 15 that there were before.
RESIDENT = "11010519491231002X"
OLD = "110105" + "491231" + "002"


def rules(text: str) -> list[str]:
    return [rule for rule, _message in in_prose(text)]


@pytest.mark.parametrize(
    "text",
    [
        RESIDENT,
        RESIDENT.lower(),
        f"ID{RESIDENT}",
        f"身份证{RESIDENT}。",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "110105.19491231.002X",
        "110105_19491231_002X",
        "110105–19491231–002X",
        "110105\u00a019491231\u00a0002X",
        "110105 1949-12-31 002X",
        "1101 0519 4912 3100 2X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５－１９４９１２３１－００２Ｘ",
        "83000019920130002" + "2",
        OLD,
        f"身份证号：{OLD}",
        "110105 491231 002",
        "110105-491231-002",
        "372922" + "650101" + "123",
        "证件 110105" + "050101" + "002",
        f"订单已发, 身份证 {OLD}",
    ],
)
def test_a_resident_id_number_is_seen_however_it_is_written(text: str) -> None:
    assert rules(text) == ["resident-id"]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # the check digit
        "110105194913310029",  # the month
        "990105194912310023",  # the province
        f"1{RESIDENT}",
        f"{RESIDENT}1",
        "13800138000",
        "+86 138 0013 8000",
        "008613800138000",
        "13800138000 13900139000",
        "021-5555 0180 转 8001",
        "400-820-8820",
        "91310115MA1K4BXY7N",
        "911101085513850829",
        "2024051012345678",
        "202405101234567",
        "2024-05-01 2024-06-01",
        "230512000123456",  # a day and a running number
        f"订单号 {OLD}",
        f"order_no: {OLD}",
        f"invoice {OLD}",
        f"招商银行 {OLD}",
        f"SN{OLD}",
        f"{OLD}0",
        "110100" + "491231" + "002",  # no district
        "119905" + "491231" + "002",  # no city
        "110105" + "491231" + "000",
    ],
)
def test_what_only_looks_like_one_is_left_in_peace(text: str) -> None:
    assert rules(text) == []


def test_hardly_a_number_by_chance_is_taken_for_one() -> None:
    drawn = random.Random(1)
    for digits, most in ((18, 20), (15, 600), (16, 0), (17, 0), (20, 0)):
        texts = (str(drawn.randrange(10 ** (digits - 1), 10**digits)) for _ in range(100_000))
        assert sum("resident-id" in rules(text) for text in texts) <= most


def test_an_american_express_card_is_no_resident_id() -> None:
    assert rules("378282246310005") == ["bank-card"]


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("990105194912310023", False),
        ("941001519491231004", False),
        ("911011194912310021", True),
        ("830000199201300022", True),
        (RESIDENT, True),
    ],
)
def test_a_number_of_eighteen_digits_has_a_province_and_a_day(number: str, is_one: bool) -> None:
    assert is_resident_id(number) is is_one


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        (f"notes: 见 {RESIDENT}\n", (1, 10, 1, 28, "/notes"), ""),
        (f"notes: 见 {OLD}\n", (1, 10, 1, 25, "/notes"), "\nif it is another number, say before it which: order …"),
    ],
)
def test_it_is_told_with_its_place_and_without_its_digits(text: str, place: tuple[int, ...], hint: str) -> None:
    (problem,) = parse_text(text, "records/a.yaml").problems
    assert problem.place == Place("records/a.yaml", *place)
    assert problem.hint == "delete it: git never forgets what was committed once" + hint
    assert not any(digits in f"{problem} {problem.hint} {problem.excerpt}" for digits in (RESIDENT, OLD))


def test_what_a_key_says_counts_where_the_line_says_nothing() -> None:
    text = f'external_ids:\n  erp: "{OLD}"\ntransactions:\n  - order_no: "{OLD}"\n'
    assert parse_text(text, "records/a.yaml").problems == ()
    assert len(parse_text(f'custom:\n  x: "{OLD}"\n', "records/a.yaml").problems) == 1


def test_a_file_name_is_searched_too() -> None:
    path = f"records/C20240501K7QM-{RESIDENT}.yaml"
    (problem,) = parse_text("id: C20240501K7QM\n", path).problems
    assert (problem.rule, problem.place, problem.hint) == ("resident-id", Place(path), "give the file another name")


@pytest.mark.parametrize("named", [lambda: ids.read_slug(f"zhang {RESIDENT}"), lambda: refuse_in_name(f"x-{RESIDENT}")])
def test_no_file_and_no_branch_is_named_after_one(named: Callable[[], object]) -> None:
    with pytest.raises(CrmError) as caught:
        named()
    assert (caught.value.problem.rule, caught.value.problem.hint) == ("resident-id", "choose another name")
