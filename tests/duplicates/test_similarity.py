"""Who may be whom once more."""

from __future__ import annotations

import pytest

from crmtext.duplicates.similarity import core, marks, similar
from crmtext.model import Customer
from crmtext.text.document import Document

FIRM = {"id": "C1", "name": "无锡东方仪表有限公司", "type": "company"}


def found(data: dict[str, object], *others: dict[str, object]) -> list[tuple[object, list[str], bool]]:
    customers = [Customer(Document(f"records/{other['id']}.yaml", "", other)) for other in others]
    return [
        (match.customer.id, sorted({kind for kind, _value in match.common}), match.certain)
        for match in similar(data, customers)
    ]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("上海示例电子有限公司", "上海示例电子"),
        ("上海市示例电子(集团)股份有限公司", "上海示例电子"),
        ("江苏省某某厂", "江苏某某厂"),
        ("Lakeshore Cold Storage, Inc.", "lakeshorecoldstorage"),
        ("Müller Anlagenbau GmbH & Co. KG", "mülleranlagenbau"),
        ("ＡＢＣ　Ltd.", "abc"),
        ("AG", "ag"),
        ("集团", ""),
        ("株式会社山手精機", "山手精机"),
        ("株式會社山手精機", "山手精机"),
        ("市", "市"),
    ],
)
def test_a_name_is_compared_without_its_legal_form(name: str, kept: str) -> None:
    assert core(name) == kept


@pytest.mark.parametrize(
    ("more", "other", "common", "certain"),
    [
        ({}, {"name": "无锡东方仪表有限公司"}, ["full-name", "name"], True),
        ({}, {"name": "无锡市东方仪表有限责任公司"}, ["name"], False),
        ({}, {"name": "無錫東方儀錶有限公司"}, ["full-name", "name"], True),
        ({}, {"name": "无锡·东方仪表 有限公司"}, ["full-name", "name"], True),
        ({}, {"name": "别的名字", "aliases": ["无锡东方仪表"]}, ["name"], False),
        ({"uscc": "91310114MAMH92912R"}, {"name": "甲", "uscc": "91310114mamh92912r"}, ["uscc"], True),
        ({"phones": ["0510-5555 2381"]}, {"name": "甲", "phones": ["+86 510 55552381转8"]}, ["phone"], False),
        (
            {"contacts": [{"name": "张三", "phones": ["138 0013 8000"]}]},
            {"name": "甲", "phones": ["13800138000"]},
            ["phone"],
            False,
        ),
        (
            {"emails": ["Info@dongfang.example"]},
            {"name": "甲", "emails": ["info@dongfang.example"]},
            ["domain", "email"],
            False,
        ),
        (
            {"emails": ["a@dongfang.example"]},
            {"name": "甲", "website": "https://www.dongfang.example/x"},
            ["domain"],
            False,
        ),
        ({}, {"name": "无锡东方仪表科技有限公司"}, [], False),
    ],
)
def test_what_two_have_in_common_is_found(
    more: dict[str, object], other: dict[str, object], common: list[str], certain: bool
) -> None:
    assert found({**FIRM, **more}, {"id": "C2", "type": "company", **other}) == [("C2", common, certain)]


@pytest.mark.parametrize(
    ("more", "other"),
    [
        ({}, {"name": "苏州西方阀门有限公司"}),
        ({"emails": ["a@qq.com"]}, {"name": "甲", "emails": ["b@qq.com"]}),
        ({"phones": ["110"]}, {"name": "甲", "phones": ["110"]}),
        ({"not_duplicate_of": ["C2"]}, {"name": "无锡东方仪表有限公司"}),
        ({}, {"name": "无锡东方仪表有限公司", "not_duplicate_of": ["C1"]}),
    ],
)
def test_those_with_nothing_in_common_are_left_out(more: dict[str, object], other: dict[str, object]) -> None:
    assert found({**FIRM, **more}, {"id": "C2", "type": "company", **other}) == []


def test_two_persons_of_one_name_are_the_same_only_with_one_number() -> None:
    one = {"id": "C1", "name": "王伟", "type": "person", "phones": ["13900139000"]}
    assert found(one, {"id": "C2", "name": "王伟", "type": "person"}) == [("C2", ["full-name", "name"], False)]
    other = {"id": "C2", "name": "王伟", "type": "person", "phones": ["139-0013-9000"]}
    assert found(one, other) == [("C2", ["full-name", "name", "phone"], True)]


def test_certain_ones_come_first() -> None:
    near = {"id": "C2", "name": "无锡市东方仪表厂", "type": "company"}
    same = {"id": "C3", "name": "无锡东方仪表有限公司", "type": "company"}
    assert [match[0] for match in found(FIRM, near, same)] == ["C3", "C2"]


def test_duplicates_share_a_mark() -> None:
    assert ("name", "无锡东方仪表") in marks(FIRM) & marks({"name": "无锡市东方仪表"})
