"""Making new customers."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import customers as stores
import pytest
from customers import WRITE

from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.record import ids
from crmtext.record.add import New, asked, guess, run
from crmtext.record.change.write import WriteOptions
from crmtext.record.fmt import form

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.duplicates.similarity import Match
    from crmtext.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stores.store(tmp_path)


def added(store: Store, new: New, *, force: bool = False) -> tuple[str, str]:
    """The path and the text of the record that comes of it."""
    ((_id, path),) = run(store, new, WRITE, force=force).changed
    return path, stores.read(store, path)


def test_a_record_is_written_in_the_order_of_the_schema(store: Store) -> None:
    typed = (
        "标签=vip,展会",
        "contacts.name=王五",
        "contacts[0].phones=13700137000",
        "简称=测试仪器",
        "sources.channel=展会",
        "needs.预算下限=5万",
        "需求[0].description=两台",
    )
    new = New("杭州测试仪器有限公司", "企业", owner="韩梅", assignments=typed, id="C20261120TEST")
    path, text = added(store, new)
    assert path == "records/C20261120TEST-ceshi-yiqi.yaml"
    assert text == (
        "id: C20261120TEST\n"
        "name: 杭州测试仪器有限公司\n"
        "short_name: 测试仪器\n"
        "type: company\n"
        "status: lead\n"
        "owner: hanmei\n"
        "sources:\n"
        "  - channel: exhibition\n"
        "contacts:\n"
        "  - name: 王五\n"
        "    phones:\n"
        '      - "13700137000"\n'
        "tags:\n"
        "  - vip\n"
        "  - 展会\n"
        "needs:\n"
        "  - description: 两台\n"
        "    budget:\n"
        "      min: 50000\n"
    )
    assert form(text, store.schema) == text


def test_an_id_is_allotted_and_a_person_has_no_slug(store: Store) -> None:
    path, _text = added(store, New("张三丰", "个人", owner="李雷", folder="个人/散客"))
    assert re.fullmatch(r"records/个人/散客/C20261120[34679ACDEFGHJKMNPQRTUVWXY]{4}\.yaml", path)


def test_an_active_customer_has_the_day_the_cooperation_began(store: Store) -> None:
    _path, text = added(store, New("甲公司", "企业", "合作中", "李雷"))
    assert text.endswith("cooperation:\n  since: 2026-11-20\n")
    _path, text = added(store, New("乙公司", "企业", "合作中", "李雷", ("合作开始日期=2020-01-01",)))
    assert text.endswith("cooperation:\n  since: 2020-01-01\n")


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        (New("甲公司", ""), "missing-key"),
        (New("甲公司", "公私"), "unknown-value"),
        (New(" ", "企业"), "empty-value"),
        (New("甲公司", "企业", owner="没有"), "team-member"),
        (New("甲公司", "企业", owner="李雷", assignments=("emails=keine",)), "email-format"),
        (New("甲公司", "企业", owner="李雷", assignments=("person.gender=男",)), "person-block-of-non-person"),
        (New("甲公司", "企业", owner="李雷", id="C20240501K7QM"), "unique-id"),
        (New("甲公司", "企业", owner="李雷", id="c20240501k7qm"), "id-form"),
        (New("甲公司", "企业", owner="李雷", folder="../x"), "folder"),
        (New("甲公司", "企业", owner="李雷", folder=".git"), "folder"),
        (New("上海示例电子有限公司", "企业", owner="李雷"), "duplicate"),
        (New("王小明", "个人", owner="李雷", assignments=("phones=139-0013-9000",)), "duplicate"),
    ],
)
def test_what_cannot_be_a_new_customer_is_refused(store: Store, new: New, rule: str) -> None:
    before = sorted(store.root.rglob("*.yaml"))
    with pytest.raises(CrmError) as caught:
        run(store, new, WRITE, force=False)
    assert caught.value.problem.rule == rule
    assert sorted(store.root.rglob("*.yaml")) == before


def test_one_who_may_be_there_already_is_added_with_a_warning(store: Store) -> None:
    done = run(store, New("王小明", "个人", owner="李雷"), WRITE, force=False)
    assert [problem.rule for problem in done.problems] == ["duplicate"]
    assert "C20250202PPPP 王小明" in done.problems[0].message


def test_somebody_at_the_terminal_is_asked_before_anything_is_written(store: Store) -> None:
    seen: list[str] = []

    class NoError(Exception):
        pass

    def confirm(matches: tuple[Match, ...]) -> None:
        seen.extend(match.customer.name for match in matches)
        raise NoError

    with pytest.raises(NoError):
        run(store, New("上海示例电子", "企业", owner="李雷"), WRITE, force=False, confirm=confirm)
    assert seen == ["上海示例电子有限公司"]
    assert len(list(store.root.rglob("*.yaml"))) == len(stores.FILES)


def test_force_adds_one_more_of_the_same_name(store: Store) -> None:
    path, _text = added(store, New("上海示例电子有限公司", "企业", owner="李雷"), force=True)
    assert path.endswith("-shanghai-shili-dianzi.yaml")


def test_a_dry_run_shows_the_file_and_writes_none(store: Store) -> None:
    done = run(store, New("甲公司", "企业", owner="李雷"), WriteOptions(dry_run=True), force=False)
    assert "+name: 甲公司\n" in done.diff
    assert len(list(store.root.rglob("*.yaml"))) == len(stores.FILES)


def test_an_id_that_exists_is_never_allotted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("AAAA" + "CCCC")
    monkeypatch.setattr(ids.secrets, "choice", lambda _letters: next(letters))
    taken = New("甲公司", "企业", owner="李雷", id="C20261120AAAA")
    run(store, taken, WRITE, force=False)
    assert ids.new_id(store.worktree(), store.today) == "C20261120CCCC"


def test_about_ten_keys_are_asked_for_with_type_status_and_owner(store: Store) -> None:
    assert [len(asked(store.schema, kind)) + 3 for kind in ("company", "person")] == [11, 10]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("上海示例电子有限公司", "company"),
        ("王小明", "person"),
        ("江城大学材料学院", "institution"),
        ("Müller GmbH", "company"),
        ("某某厂", "company"),
        ("Alice Smith", "company"),
    ],
)
def test_a_name_sounds_like_a_type(name: str, kind: str) -> None:
    assert guess(name) == kind


@pytest.mark.parametrize(
    ("assignment", "hint"),
    [
        ("来源=展会", "use: --set sources.channel=展会"),
        ("sources=fair", "use: --set sources.channel=fair"),
        ("联系人=张三", "use: --set contacts.name=张三"),
        ("needs=80 flow meters", "use: --set needs.description='80 flow meters'"),
        ("contracts=x", "use: --set cooperation.contracts.number=x"),
        ("联系人.电话=13800138000", "add: --set contacts.name=…"),
        ("opportunities.stage=proposal", "add: --set opportunities.title=…"),
    ],
)
def test_a_hint_about_a_new_customer_is_an_option_of_add(store: Store, assignment: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        run(store, New("晨光仪表", "企业", owner="李雷", assignments=(assignment,)), WRITE, force=False)
    assert caught.value.problem.hint == hint
    if "…" not in hint:
        typed = tuple(shlex.split(hint.removeprefix("use: --set ")))
        run(store, New("晨光仪表", "企业", owner="李雷", assignments=typed), WRITE, force=False)


def test_a_chinese_hint_about_a_new_customer_names_chinese_fields(store: Store) -> None:
    for assignment, hint in (("来源=展会", "来源.来源渠道=展会"), ("联系人.电话=138", "联系人.姓名=…")):
        with speaking("zh"), pytest.raises(CrmError) as caught:
            run(store, New("晨光仪表", "企业", owner="李雷", assignments=(assignment,)), WRITE, force=False)
        assert caught.value.problem.hint.endswith(f"--set {hint}")
