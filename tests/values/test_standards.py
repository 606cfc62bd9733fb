"""The lists of national standards."""

from __future__ import annotations

import pytest

from crmtext.checks.industry_code import is_known
from crmtext.values.standards import currencies, industries, industry, region, regions


def test_the_lists_are_whole() -> None:
    divisions = [code for _name, below in industries().values() for code in below]
    assert ("".join(industries()), divisions) == (
        "ABCDEFGHIJKLMNOPQRST",
        [f"{number:02}" for number in range(1, 98)],
    )
    assert (len(regions()), regions()["32"][1]["05"]) == (34, "苏州市")


@pytest.mark.parametrize(
    ("code", "names"),
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
def test_a_code_begins_with_a_province_and_a_city(code: str, names: tuple[str, str] | None) -> None:
    assert region(code) == names


@pytest.mark.parametrize(
    ("section", "number", "known"),
    [("C", "39", True), ("", "3911", True), ("C", "", True), ("C", "65", False), ("Z", "", False), ("", "98", False)],
)
def test_a_section_and_a_division_go_together(section: str, number: str, *, known: bool) -> None:
    assert is_known(section, number) is known


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("CNY", "CNY"), ("cny", "CNY"), ("RMB", "CNY"), ("Rmb", "CNY"), ("人民币", "CNY"), ("￥", "CNY"), ("¥", "CNY"),
        ("元", "CNY"), ("CNH", "CNY"), ("NTD", "TWD"), ("NT$", "TWD"), ("新台币", "TWD"),
        ("港币", "HKD"), ("HK＄", "HKD"),
        ("美元", "USD"), ("US$", "USD"), ("€", "EUR"), ("Euro", "EUR"), ("UKP", "GBP"), ("日元", "JPY"), ("XOF", "XOF"),
        ("XYZ", ""), ("DEM", ""), ("XXX", ""), ("XTS", ""), ("$", ""), ("", ""), ("人民币元整", ""),
    ],
)  # fmt: skip
def test_a_currency_is_known_by_its_code_and_what_people_write(typed: str, code: str) -> None:
    assert currencies.code_of(typed) == code


def test_withdrawn_currencies_are_no_codes_and_lead_to_one() -> None:
    assert (currencies.successor("DEM"), currencies.successor("rur"), currencies.successor("CNY")) == ("EUR", "RUB", "")
    assert len(currencies.codes()) == 178
    assert all(len(code) == 3 and code.isupper() for code in currencies.codes())


@pytest.mark.parametrize(
    ("typed", "home", "parts"),
    [
        ("50万", "CNY", ("50万", "")),
        ("50万元", "CNY", ("50万", "CNY")),
        ("50万元", "TWD", ("50万", "TWD")),
        ("￥1,234.50", "CNY", ("1,234.50", "CNY")),
        ("¥500", "JPY", ("500", "JPY")),
        ("人民币5万元", "CNY", ("5万", "CNY")),
        ("$500", "CNY", ("500", "USD")),
        ("$500", "HKD", ("500", "HKD")),
        ("US$50万", "CNY", ("50万", "USD")),
        ("500 EUR", "CNY", ("500", "EUR")),
        ("500美元", "CNY", ("500", "USD")),
        ("-300", "CNY", ("-300", "")),
        ("50-80万", "CNY", ("50-80万", "")),
        ("约50万", "CNY", ("约50万", "")),
        ("5%", "CNY", ("5%", "")),
    ],
)
def test_an_amount_is_parted_from_the_currency_beside_it(typed: str, home: str, parts: tuple[str, str]) -> None:
    assert currencies.of_amount(typed, home) == parts


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("C", "制造业"),
        ("C39", "计算机、通信和其他电子设备制造业"),
        ("39", "计算机、通信和其他电子设备制造业"),
        ("C3912", "计算机、通信和其他电子设备制造业"),
        ("A39", ""),
        ("C99", ""),
        ("电子制造", ""),
        ("", ""),
    ],
)
def test_an_industry_is_called_by_the_name_of_its_division(code: str, name: str) -> None:
    assert industry(code) == name
