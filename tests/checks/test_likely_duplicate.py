"""Which records are taken for two of one customer, and which are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

from crmtext import checks
from crmtext.checks import related
from crmtext.checks.records import Records
from crmtext.checks.scope import comparing
from crmtext.duplicates import company_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.snapshot import Fact

PHONE = 'phones: ["021-62581234"]\n'
MAIL = "emails: [info@shili.example.com]\n"
CODE = "uscc: 91310115MA1K35J34C\n"
OTHER_CODE = "uscc: 91320505MA6WEBUA6L\n"

#: Two names, what both records hold besides, and whether they are one.
PAIRS = [
    ("上海示例电子有限公司", "上海示例电子股份有限公司", "", True),
    ("上海示例电子有限公司", "示例电子(上海)有限公司", "", True),
    ("上海示例電子有限公司", "上海示例电子有限公司", "", True),
    ("Sample Electronics GmbH", "SAMPLE ELECTRONICS Inc.", "", True),
    ("上海示例电子有限公司", "苏州样例机械有限公司", CODE, True),
    ("上海示例电子有限公司", "上海示列电子有限公司", PHONE, True),
    ("上海示例电子有限公司", "示例电子", MAIL, True),
    ("上海示例电子有限公司", "上海示列电子有限公司", "", False),
    ("Schaefer Anlagentechnik GmbH", "Schaeffer Anlagentechnik GmbH", "", True),
    ("Brandt Systems GmbH", "Brandt Sistem GmbH", "", False),
    ("上海示例电子有限公司", "示例电子", "", False),
    ("上海示例电子有限公司", "苏州样例机械有限公司", PHONE, False),
    ("中国银行上海分行", "中国银行北京分行", "website: https://www.boc.example.com\n", False),
    ("中国银行上海浦东支行", "中国银行上海徐汇支行", "emails: [a@boc.example.com]\n", False),
    ("上海示例电子第一厂", "上海示例电子第二厂", PHONE, False),
]


def problems_of(*texts: str) -> list[tuple[str, str]]:
    problems = checks.run(stores.snapshot(*texts), select=["likely-duplicate"])
    return [(problem.place.path, problem.message) for problem in problems]


@pytest.mark.parametrize(("one", "other", "both", "same"), PAIRS)
def test_names_count_with_their_places_and_with_what_else_is_the_same(
    one: str, other: str, both: str, same: bool
) -> None:
    problems = problems_of(stores.record("001", one, both), stores.record("002", other, both))
    assert [path for path, _message in problems] == ([stores.path("002")] if same else [])


def test_the_reasons_are_given_and_both_places(tmp_path: object) -> None:
    one, other = stores.record("001", more=PHONE), stores.record("002", "示例电子（上海）有限公司", PHONE)
    (problem,) = checks.run(stores.snapshot(one, other))
    assert (problem.message, problem.hint, [str(place) for place in problem.also]) == (
        "likely a duplicate of C20240501001: same phone number 02162581234, similar names",
        (
            "merge the two records: crmtext merge C20240501001 C20240501002\n"
            "or mark them as different: not_duplicate_of: [C20240501001]"
        ),
        ["records/C20240501001.yaml:2:7"],
    )


@pytest.mark.parametrize(
    "apart",
    [
        "not_duplicate_of: [C20240501001]\n",
        "relations: [{id: C20240501001, kind: subsidiary}]\n",
        OTHER_CODE,
    ],
)
def test_records_that_say_they_are_two_are_two(apart: str) -> None:
    assert problems_of(stores.record("001", more=CODE), stores.record("002", more=apart)) == []


def test_persons_of_one_name_are_one_with_a_phone_number_in_common() -> None:
    def person(number: str, more: str = "", kind: str = "person") -> str:
        return stores.record(number, "张伟", more, type=kind)

    assert problems_of(person("001"), person("002")) == []
    assert len(problems_of(person("001", PHONE), person("002", PHONE))) == 1
    assert problems_of(person("001", PHONE), person("002", PHONE, "company")) == []


def _many(count: int, more: str = PHONE) -> list[str]:
    return [
        stores.record(f"{n:03}", f"示例电子{chr(0x4E00 + n * 7)}{chr(0x6000 + n)}", more) for n in range(1, count + 1)
    ]


def test_what_very_many_have_in_common_says_nothing_and_is_told_once() -> None:
    assert problems_of(*_many(30)) == [
        (stores.path("001"), "30 customers share the phone number 02162581234, so it does not show duplicates")
    ]


def test_a_name_given_to_very_many_is_told_of_each_but_the_first() -> None:
    problems = problems_of(*(stores.record(f"{n:03}") for n in range(1, 31)))
    assert problems == [(stores.path(f"{n:03}"), "likely a duplicate of C20240501001: same name") for n in range(2, 31)]


def test_one_that_is_like_several_is_told_once() -> None:
    same = [stores.record(f"{n:03}") for n in range(1, 7)]
    assert problems_of(*same)[-1] == (
        stores.path("006"),
        "likely a duplicate of C20240501001, C20240501002, C20240501003 and 2 more: same name",
    )


def test_branches_of_one_bank_may_have_one_domain() -> None:
    branches = [
        stores.record(f"{n:03}", f"中国银行上海{chr(0x4E00 + n)}{chr(0x5000 + n)}支行", "emails: [a@boc.example.com]\n")
        for n in range(30)
    ]
    assert problems_of(*(text.replace("a@", f"a{n}@") for n, text in enumerate(branches))) == []


def test_places_in_names_are_known() -> None:
    assert company_names.places("黑龙江省哈尔滨示例") == {"黑龙江", "哈尔滨"}
    assert company_names.without_places("示例(上海)北京") == "示例()"


def test_a_name_given_to_very_many_is_looked_up_once() -> None:
    class Counted(Records):
        asked = 0

        def both(self, fact: Fact, other: Fact) -> Sequence[str]:
            self.asked += 1
            return super().both(fact, other)

    snapshot = stores.snapshot(*(stores.record(f"{n:03}") for n in range(1, 61)))
    records = Counted(snapshot, comparing())
    records.asked = 0
    every = {customer.path for customer in snapshot.customers}
    assert related.Around(records, comparing()).of(every) == every
    shared = {fact for path in every for fact in records.traits(path).facts if records.count(fact) == len(every)}
    assert 0 < records.asked <= len(shared)
