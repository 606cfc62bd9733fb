from __future__ import annotations

import pytest
from spoil import BASE, CALL, CONTACT, PERSON, assert_told, replaced

UNITS = "use a number in whole units of the currency, such as 500000"
#: The text in place of a call's date, 2024-05-01; the hint; the value after the fix, if any.
WHOLE, A_DAY = "use 2024-05-01", "use year, month and day, such as 2024-05-01"
DAYS: dict[str, tuple[str, str, str]] = {
    "a number for a date": ("20240501", WHOLE, "2024-05-01"),
    "a year for a date": ("2024", A_DAY, ""),
    "slashes": ("2024/5/1", WHOLE, "2024-05-01"),
    "dots in quotes": ('"2024.5.1"', WHOLE, '"2024-05-01"'),
    "Chinese": ("2024年5月1日", WHOLE, "2024-05-01"),
    "full-width digits": ("２０２４-05-01", WHOLE, "2024-05-01"),
    "a day without a year": ("5月1日", A_DAY, ""),
    "a vague day": ("上周", A_DAY, ""),
    "a day that is none": ("2023-02-29", "this date does not exist", ""),
}

#: Values of a wrong type or form: the text; rule, line and column; the hint; the line after the fix, if any.
FORMS: dict[str, tuple[str, tuple[str, int, int], str, str]] = {
    "a phone without quotes": (
        CONTACT + "    phones: [13800138000]\n",
        ("number-as-text", 8, 14),
        'put it in quotes: "13800138000"',
        '    phones: ["13800138000"]',
    ),
    "a postcode with a zero": (
        BASE + "addresses:\n  - postcode: 010010\n",
        ("number-as-text", 7, 15),
        'put it in quotes: "010010"',
        '  - postcode: "010010"',
    ),
    "a truth for text": (
        replaced("上海示例", "true"),
        ("number-as-text", 2, 7),
        'put it in quotes: "true"',
        'name: "true"',
    ),
    "a number for an id": (
        replaced("C20240501K7QM", "20240501001"),
        ("wrong-form", 1, 5),
        "C + date + three to six digits or capital letters, such as C20240501K7QM",
        "",
    ),
    **{
        name: (replaced("2024-05-01", typed, CALL), ("date-format", 7, 11), hint, day and f"  - date: {day}")
        for name, (typed, hint, day) in DAYS.items()
    },
    "a month of a person": (
        PERSON + "person:\n  birth_date: 1990/5\n",
        ("wrong-form", 7, 15),
        "use the part you know: 1990, 1990-05, 1990-05-01, or --05-01 without the year",
        "  birth_date: 1990-05",
    ),
    "a birthday": (
        CONTACT + "    birthday: 5月1日\n",
        ("wrong-form", 8, 15),
        "use the part you know: 1990, 1990-05, 1990-05-01, or --05-01 without the year",
        '    birthday: "--05-01"',
    ),
    "an e-mail address": (
        BASE + "emails: [a＠example.com]\n",
        ("email-format", 6, 10),
        "use a@example.com",
        "emails: [a@example.com]",
    ),
    "no e-mail address": (
        BASE + "emails: [见名片]\n",
        ("email-format", 6, 10),
        "use one address, such as name@example.com",
        "",
    ),
    "two e-mail addresses": (
        BASE + "emails: [a@example.com b@example.com]\n",
        ("email-format", 6, 10),
        "use one address, such as name@example.com",
        "",
    ),
    "full-width digits in a code": (
        BASE + "addresses: [{region_code: ３１０１１５}]\n",
        ("fullwidth-digits", 6, 27),
        "use 310115",
        'addresses: [{region_code: "310115"}]',
    ),
    "a code in lower case": (
        BASE + "transactions: [{date: 2024-05-01, amount: 5, currency: cny}]\n",
        ("wrong-form", 6, 56),
        "use CNY",
        "transactions: [{date: 2024-05-01, amount: 5, currency: CNY}]",
    ),
    "blanks in a code": (
        BASE + "uscc: 9132 0505 MA6W EBUA 6L\n",
        ("wrong-form", 6, 7),
        "use 91320505MA6WEBUA6L",
        "uscc: 91320505MA6WEBUA6L",
    ),
    "a line break": (replaced("上海示例", '"上海\\n示例"'), ("line-break", 2, 7), "put it on one line", ""),
    "a line break in an id": (
        replaced("C20240501K7QM", '"C20240501K7QM\\n"'),
        ("line-break", 1, 5),
        "put it on one line",
        "",
    ),
    "nothing, of a value": (
        replaced(" lead", ""),
        ("empty-value", 4, 1),
        "use one of: lead 潜在客户, prospect 意向客户, active 合作中, paused 暂停合作, lost 流失客户",
        "",
    ),
    "nothing, required": (replaced("上海示例", "''"), ("empty-value", 2, 1), "enter a value", ""),
    "nothing, optional": (BASE + "notes:\n", ("empty-value", 6, 1), "enter a value, or remove the field", ""),
    "nothing, in a list": (BASE + "contacts:\n", ("empty-value", 6, 1), "enter a value, or remove the field", ""),
    "one for a list": (
        BASE + "tags: 重点\n",
        ("wrong-type", 6, 7),
        "put it in brackets: tags: [重点]",
        "tags: [重点]",
    ),
    "a phone for a list": (
        BASE + "phones: 13800138000\n",
        ("wrong-type", 6, 9),
        'put it in brackets: phones: ["13800138000"]',
        'phones: ["13800138000"]',
    ),
    "some for a list": (
        BASE + "tags: 重点，冷链\n",
        ("wrong-type", 6, 7),
        "put it in brackets: tags: [重点, 冷链]",
        "",
    ),
    "other brackets": (
        BASE + "tags: 【重点】\n",
        ("wrong-type", 6, 7),
        "make it a list: one line '- …' per item below 'tags:'",
        "",
    ),
    "a name for a contact": (
        BASE + "contacts: 张三\n",
        ("wrong-type", 6, 11),
        "make it a list: one line '- …' per item below 'contacts:'",
        "",
    ),
    "a block for a list": (
        BASE + "contacts:\n  name: 张三\n",
        ("wrong-type", 6, 1),
        "make it a list: one line '- …' per item below 'contacts:'",
        "",
    ),
    "a list for text": (BASE + "notes: [a, b]\n", ("wrong-type", 6, 1), "put one value after 'notes:'", ""),
    "text for a block": (
        BASE + "company: 上海\n",
        ("wrong-type", 6, 10),
        "put 'field: value' lines below it, indented by two spaces",
        "",
    ),
    "thousands": (
        BASE + "opportunities: [{title: a, stage: proposal, amount: '500,000.50'}]\n",
        ("wrong-type", 6, 53),
        "use 500000.5",
        "opportunities: [{title: a, stage: proposal, amount: 500000.5}]",
    ),
    "ten thousands": (
        BASE + "opportunities:\n  - {title: a, stage: proposal, amount: 1.5万}\n",
        ("wrong-type", 7, 41),
        "use 15000",
        "  - {title: a, stage: proposal, amount: 15000}",
    ),
    "a currency sign": (
        BASE + "opportunities:\n  - {title: a, stage: proposal, amount: ¥500}\n",
        ("wrong-type", 7, 41),
        UNITS,
        "",
    ),
    "about": (
        BASE + "opportunities:\n  - {title: a, stage: proposal, amount: 约50万}\n",
        ("wrong-type", 7, 41),
        UNITS,
        "",
    ),
    "per cent": (
        BASE + "opportunities:\n  - {title: a, stage: proposal, probability: 50%}\n",
        ("wrong-type", 7, 46),
        "use 50",
        "  - {title: a, stage: proposal, probability: 50}",
    ),
    "per cent of money": (
        BASE + "opportunities:\n  - {title: a, stage: proposal, amount: 50%}\n",
        ("wrong-type", 7, 41),
        UNITS,
        "",
    ),
    "yes": (CONTACT + "    primary: 是\n", ("wrong-type", 8, 14), "use true", "    primary: true"),
    "no": (CONTACT + "    primary: no\n", ("wrong-type", 8, 14), "use false", "    primary: false"),
    "perhaps": (CONTACT + "    primary: 也许\n", ("wrong-type", 8, 14), "use true or false", ""),
    "a block in the custom one": (
        BASE + "custom: {a: {b: 1}}\n",
        ("wrong-type", 6, 10),
        "put one value after 'a:'",
        "",
    ),
}


@pytest.mark.parametrize(("text", "place", "hint", "line"), FORMS.values(), ids=list(FORMS))
def test_a_wrong_form_has_one_message_and_a_fix_if_only_one_is_possible(
    text: str, place: tuple[str, int, int], hint: str, line: str
) -> None:
    assert_told(text, place, hint, line)
