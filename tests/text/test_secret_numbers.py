"""Numbers that must not enter the history: those that are reported, and look-alikes that aren't."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import stores
from stdnum import luhn

from crmtext import checks
from crmtext.problem import CrmError, Place
from crmtext.record import ids
from crmtext.text import bank_cards
from crmtext.text.read.load import parse_text
from crmtext.text.secret_numbers import in_prose, in_text, is_resident_id, masked, reject_in_name

if TYPE_CHECKING:
    from collections.abc import Callable

#: Made-up numbers of a valid form: of 18 digits, and of the 15 that there were before.
RESIDENT = "11010519491231002X"
OLD = "110105" + "491231" + "002"
#: Made-up cards of valid forms.
UNIONPAY, VISA = "6222020200112233" + "446", "4111111111111111"
HINT = """\
delete it; once committed, it stays in git's history
if it is another number, add to the line: # crmtext: not-a-card REASON"""


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
        f"{RESIDENT}号",
        f"abc{RESIDENT}abc",
        f"13800138000 {RESIDENT}",
        "110105/19491231/002X",
        "110105 - 19491231 - 002X",
        "110105—19491231—002x",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "11010519491231002\u0425",
        "11010519491231002\u0445",
        "11010519491231002Ｘ",
        "110105\u200b19491231002X",
        "110105\n19491231002X",
        "110105\r\n19491231-\r\n002X",
        "notes: >\n  身份证 110105\n  19491231\n  002X\n",
        "# 110105\n# 19491231002X",
        'notes: "110105\\\n  19491231002X"',
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
        "210203" + "491231" + "002",  # an order of the second of March 2021
    ],
)
def test_what_only_looks_like_one_is_left_in_peace(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    [
        UNIONPAY,
        VISA,
        "5105105105105100",
        "2223000012345671",
        "378282246310005",
        "3530111333300000",
        "6011111111111117",
        f"卡号{UNIONPAY}",
        f"abc{UNIONPAY}",
        f"{UNIONPAY}元",
        f"13800138000 {UNIONPAY}",
        f"{UNIONPAY} 13800138000",
        "6222 0202 0011 2233 446",
        "6222-0202-0011-2233-446",
        "6222.0202.0011.2233.446",
        "6222_0202_0011_2233_446",
        "6222/0202/0011/2233/446",
        "6222 0202 0011 2233 446 100 元",
        "622202 0200112233446",
        "4111 1111 1111 1111",
        "3782 822463 10005",
        "订单 4111 1111 1111 1111",
        "６２２２０２０２００１１２２３３４４６",
        "6222 0202\n  0011 2233 446",
        "卡号 622202\n  0200112233446",
        f"卡号：\n  {UNIONPAY}",
        f"13800138000\n{UNIONPAY}\n",
        "卡号 6 2 2 2 0 2 0 2 0 0 1 1 2 2 3 3 4 4 6",
        # Issued before UnionPay had numbers of its own, and such as are too short to be seen by themselves.
        "卡号 9558801234567890128",
        "银行卡 4367421234567890129",
        "card no. 30569309025904",
        f"订单付款，卡号 {UNIONPAY}",
        f"card for order {VISA}",
        f"招商银行 账号 {UNIONPAY}",
        f'"card_no": "{VISA}"',
        f"姓名,银行卡\n张三,{VISA}\n",
    ],
)
def test_a_card_number_is_seen_however_it_is_written(text: str) -> None:
    assert rules(text) == ["bank-card"]


@pytest.mark.parametrize(
    "text",
    [
        f"{UNIONPAY[:-1]}0",  # the check digit
        f"订单 {UNIONPAY}",
        f"银行卡付款，会员卡号 2{VISA}",
        f"会员卡号 {VISA}",
        f"order_no: {VISA}",
        f"orderNo={VISA}",
        f"invoice {VISA}",
        f"PO{VISA}",
        f"SN {UNIONPAY}",
        f"合同编号：{VISA}",
        f"{VISA} (order no)",
        f"订单号,金额\n{VISA},5\n",
        f"| 订单号 | 金额 |\n|---|---|\n| {VISA} | 5 |",
        f"0.{VISA}",
        f"31.2304{VISA}",
        f"sha a1b2{VISA}c3d4",
        "2405011234567893",
        "卡号 2024050112345674",
        "20240501123045123",  # a moment
        "4006381333931",  # a barcode
        "490154203237518",  # an IMEI
        "30569309025904",  # a card of few digits, that nothing calls a card
        "4001 4002 4003 4005",  # rooms
        "62345678 62345679",
        "5234-5678 5234-5676",  # telephones
        "2024-05-10 2024-06-01",
    ],
)
def test_what_only_looks_like_a_card_is_left_in_peace(text: str) -> None:
    assert rules(text) == []


def test_a_field_says_what_the_number_in_its_text_is() -> None:
    text = f"transactions:\n  - order_no: >-\n      见\n      {VISA}\n"
    assert parse_text(text, "records/a.yaml").problems == ()
    assert len(parse_text(text.replace("order_no", "note"), "records/a.yaml").problems) == 1


def with_check_digit(digits: str) -> str:
    return digits + luhn.calc_check_digit(digits)


def test_the_check_digit_is_that_of_the_standard() -> None:
    drawn = random.Random(3)
    for size in (12, 13, 16, 19, 20):
        for _ in range(300):
            digits = "".join(drawn.choices("0123456789", k=size))
            assert bank_cards.may_be(digits) is (digits[0] != "0" and 13 <= size <= 19 and luhn.is_valid(digits))
    assert [bank_cards.may_be(number) for number in (VISA, VISA[:-1] + "x", VISA[:-1] + "\uff11")] == [
        True,
        False,
        False,
    ]


def test_every_card_is_seen_with_a_word_and_in_groups() -> None:
    drawn = random.Random(2)
    for first, size in (("62", 16), ("62", 17), ("62", 19), ("4", 16), ("51", 16), ("55", 16), ("2230", 16)):
        for _ in range(300):
            rest = "".join(drawn.choices("0123456789", k=size - len(first) - 1))
            card = with_check_digit(first + rest)
            groups = drawn.choice(" -._/").join(card[at : at + 4] for at in range(0, size, 4))
            assert [rules(f"卡号 {card}"), rules(f"付 {groups}")] == [["bank-card"]] * 2


@pytest.mark.parametrize("size", range(13, 21))
def test_an_order_number_that_begins_with_its_day_is_no_card(size: int) -> None:
    drawn = random.Random(size)
    days = (date(2020, 1, 1) + timedelta(days=drawn.randrange(3650)) for _ in range(2000))
    texts = [f"{day:%y%m%d}" + "".join(drawn.choices("0123456789", k=size - 6)) for day in days]
    assert sum(rules(text) != [] for text in texts) <= 1
    assert sum(rules(f"订单 {text}") != [] for text in texts) <= 1


@pytest.mark.parametrize("count", [20_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_hardly_a_number_by_chance_is_taken_for_one(count: int) -> None:
    drawn = random.Random(1)
    for digits, most_of_5_000 in ((18, 1), (15, 30), (16, 0), (17, 0), (20, 0)):
        texts = (str(drawn.randrange(10 ** (digits - 1), 10**digits)) for _ in range(count))
        assert 5_000 * sum("resident-id" in rules(text) for text in texts) <= most_of_5_000 * count


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
    ("text", "place"),
    [
        (f"notes: 见 {RESIDENT}\n", (1, 10, 1, 28, "/notes")),
        (f"notes: 见 {OLD}\n", (1, 10, 1, 25, "/notes")),
    ],
)
def test_the_problem_has_the_place_and_not_the_digits(text: str, place: tuple[int, ...]) -> None:
    (problem,) = parse_text(text, "records/a.yaml").problems
    assert problem.place == Place("records/a.yaml", *place)
    assert problem.hint == HINT
    assert not any(digits in f"{problem} {problem.hint} {problem.excerpt}" for digits in (RESIDENT, OLD))


def test_what_a_key_says_counts_where_the_line_says_nothing() -> None:
    text = f'external_ids:\n  erp: "{OLD}"\ntransactions:\n  - order_no: "{OLD}"\n'
    assert parse_text(text, "records/a.yaml").problems == ()
    assert len(parse_text(f'custom:\n  x: "{OLD}"\n', "records/a.yaml").problems) == 1


def test_a_file_name_is_searched_too() -> None:
    path = f"records/C20240501K7QM-{RESIDENT}.yaml"
    (problem,) = parse_text("id: C20240501K7QM\n", path).problems
    assert (problem.rule, problem.place, problem.hint) == ("resident-id", Place(path), "rename the file")


@pytest.mark.parametrize("named", [lambda: ids.read_slug(f"zhang {RESIDENT}"), lambda: reject_in_name(f"x-{RESIDENT}")])
def test_no_file_and_no_branch_is_named_after_one(named: Callable[[], object]) -> None:
    with pytest.raises(CrmError) as caught:
        named()
    assert (caught.value.problem.rule, caught.value.problem.hint) == ("resident-id", "choose another name")


CARD = f"付 {UNIONPAY}"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"a: {CARD} # crmtext: not-a-card 我们的单号\n", []),
        (f"a: {RESIDENT} # crmtext：not-a-card：our code\n", []),
        (f'a: "{CARD}" # crmtext: not-a-card order, not a card\n', []),
        (f"a: {CARD} # crmtext: not-a-card\n", ["bank-card", "not-a-card"]),
        (f"a: {CARD} # crmtext: not-a-card 123 --\n", ["bank-card", "not-a-card"]),
        (f"a: {CARD} # crmtext: not-a-card-ish 我们的单号\n", ["bank-card"]),
        (f"a: {CARD} # crmtext: ignore bank-card 我们的单号\n", ["bank-card"]),
        (f"# crmtext: not-a-card 我们的单号\na: {CARD}\n", ["bank-card"]),
        (f"a: {CARD} # crmtext: not-a-card 我们的单号\nb: {CARD}\n", ["bank-card"]),
        (f"a: |  # crmtext: not-a-card 我们的单号\n  {CARD}\n\n    {CARD}\nb: {CARD}\n", ["bank-card"]),
        (f"a: >-  # crmtext: not-a-card 我们的单号\n  {CARD}\n", []),
        (f"a:  # crmtext: not-a-card 我们的单号\n  {CARD}\n", ["bank-card"]),
        (f"a: |\n  {CARD}\n", ["bank-card"]),
        ("a: 1 # crmtext: not-a-card\n", ["not-a-card"]),
    ],
)
def test_a_comment_with_a_reason_lets_its_own_line_through(text: str, left: list[str]) -> None:
    problems = parse_text(text, "records/a.yaml").problems
    assert [problem.rule for problem in sorted(problems, key=lambda problem: (problem.place, problem.rule))] == left


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"a,{CARD}\n{CARD},# crmtext: not-a-card 订单\n", [1]),
        (f"<!-- crmtext: not-a-card 订单 --> {CARD}\n", []),
        (f"{CARD} <!-- crmtext: not-a-card -->\n", [1]),
        (f'"{CARD}","# crmtext: not-a-card"\n', [1]),
    ],
)
def test_a_line_of_any_file_is_let_through_by_the_same_comment(text: str, lines: list[int]) -> None:
    assert [problem.place.line for _number, problem in in_text("README.md", text)] == lines


def test_the_settings_cannot_silence_them() -> None:
    team = stores.TEAM + '[check]\nignore = ["bank-card"]\n'
    problems = checks.run(stores.snapshot(stores.record(more=f"notes: {CARD}\n"), team=team))
    assert [(problem.rule, problem.severity) for problem in problems] == [
        ("ignored-rule", "warning"),
        ("bank-card", "error"),
    ]


def test_a_masked_text_shows_none_of_its_digits() -> None:
    assert masked(f"张三 {RESIDENT}, 卡 {VISA}.") == f"张三 {'*' * 18}, 卡 {'*' * 16}."
