"""Which customer is meant by what a person types."""

from __future__ import annotations

import pytest
import stores

from crmtext.problem import CrmError, Exit
from crmtext.query.find import find

CUSTOMERS = stores.snapshot(
    stores.record(
        "K7QM",
        "上海示例电子有限公司",
        '    phones: ["13800138000", "021-5555 0180转802"]\n    emails: [Zhang@shili.example]\n',
        short_name="示例电子",
        aliases="[SHSL]",
    ),
    stores.record("001", "华东精密机械股份有限公司", '    phones: ["13900139000"]\n', phones='["0512-5555 6100"]'),
    stores.record("002", "华东精密机械（苏州）智能装备有限公司", short_name="华东"),
    stores.record("003", "Müller & Söhne Anlagenbau GmbH").replace("张三", "李雷"),
    stores.record("004", "株式会社山手精機"),
).customers


@pytest.mark.parametrize("typed", ["Vogel", "vogel", "TIM", "tim vogel"])
def test_a_word_of_a_contacts_name_is_found(typed: str) -> None:
    texts = (stores.record("005", "Nordwind AG").replace("张三", "Tim Vogel"), stores.record("006", "Südlicht AG"))
    assert find(stores.snapshot(*texts).customers, typed).id == "C20240501005"


@pytest.mark.parametrize("typed", ["Vog", "ogel", "Nobody"])
def test_a_part_of_a_word_of_a_contacts_name_is_not(typed: str) -> None:
    texts = (stores.record("005", "Nordwind AG").replace("张三", "Tim Vogel"), stores.record("006", "Südlicht AG"))
    with pytest.raises(CrmError):
        find(stores.snapshot(*texts).customers, typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("C20240501K7QM", "K7QM"),
        ("c20240501k7qm", "K7QM"),
        ("k7qm", "K7QM"),
        ("004", "004"),
        ("上海示例电子有限公司", "K7QM"),
        ("示例", "K7QM"),
        ("shsl", "K7QM"),
        # A whole name goes before a part of one, which two have.
        ("华东", "002"),
        ("股份", "001"),
        # Full width, blanks and capitals are how people type.
        ("ＭÜＬＬＥＲ　＆", "003"),
        ("muller & söhne".replace("u", "ü"), "003"),
        ("华 东 精 密 机 械 股 份", "001"),
        ("zhang@shili.example", "K7QM"),
        ("ZHANG@SHILI.EXAMPLE", "K7QM"),
        ("138 0013 8000", "K7QM"),
        ("+86 13800138000", "K7QM"),
        ("9000", "001"),
        ("5556100", "001"),
        ("shsldz", "K7QM"),
        ("hdjmjxgf", "001"),
        ("山手", "004"),
        ("李雷", "003"),
        # Contacts are found by pinyin and initials as well, by the whole name.
        ("lilei", "003"),
        ("ll", "003"),
        ("Mueller", "003"),
        ("muller", "003"),
        ("上海示例電子有限公司", "K7QM"),
        ("株式會社山手", "004"),
        ("华东·精密机械·股份", "001"),
        ("shanghai shili", "K7QM"),
        ("huadongjingmijixie gufen", "001"),
    ],
)
def test_a_customer_is_found(typed: str, number: str) -> None:
    assert find(CUSTOMERS, typed).id == f"C20240501{number}"


def refused(typed: str) -> CrmError:
    with pytest.raises(CrmError) as caught:
        find(CUSTOMERS, typed)
    return caught.value


def test_several_are_named_and_none_is_guessed() -> None:
    error = refused("精密机械")
    assert (error.problem.rule, error.problem.message, error.exit_code) == (
        "several-customers",
        "'精密机械' matches 2 customers",
        Exit.USAGE,
    )
    assert error.problem.hint.splitlines() == [
        "choose one by its id:",
        "C20240501001  华东精密机械股份有限公司",
        "C20240501002  华东精密机械（苏州）智能装备有限公司",
    ]


def test_of_many_the_first_ten_are_named() -> None:
    many = stores.snapshot(*(stores.record(f"{n:03}", f"示例{n}号") for n in range(12))).customers
    with pytest.raises(CrmError) as caught:
        find(many, "示例")
    lines = caught.value.problem.hint.splitlines()
    assert (caught.value.problem.message, len(lines), lines[-1]) == ("'示例' matches 12 customers", 12, "…")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("上海示列电子有限公司", "did you mean 上海示例电子有限公司 (C20240501K7QM)?"),
        ("没有这家", "see all: crmtext list"),
        ("shanghaishiliedianzi", "did you mean 上海示例电子有限公司 (C20240501K7QM)?"),
        ("Muller & Sohnen", "did you mean Müller & Söhne Anlagenbau GmbH (C20240501003)?"),
        ("qwertzu", "see all: crmtext list"),
        ("", "give an id, a name or a part of a name"),
        ("  ", "give an id, a name or a part of a name"),
        # Too short for the tail of a number.
        ("80", "see all: crmtext list"),
        ("nobody@shili.example", "see all: crmtext list"),
    ],
)
def test_nobody_is_found_for_what_fits_none(typed: str, hint: str) -> None:
    problem = refused(typed).problem
    assert (problem.rule, problem.hint) == ("no-customer", hint)


def test_the_same_customer_under_several_names_is_one() -> None:
    assert find(CUSTOMERS, "电子").id == "C20240501K7QM"


def test_all_names_of_a_customer_are_known() -> None:
    assert CUSTOMERS[-1].names == ("上海示例电子有限公司", "示例电子", "SHSL")
