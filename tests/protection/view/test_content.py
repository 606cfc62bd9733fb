"""The files of a view: a valid store that says nothing of what is hidden, with the same bytes for the same records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext import checks, settings
from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.protection.view.content import Content, content
from crmtext.protection.view.visible import Visible
from crmtext.schema import Schema
from crmtext.sealing.mask import Masking
from crmtext.snapshot import Snapshot, build
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE = ("name", "type", "status", "owner")
#: A made-up number that passes the check of bank cards.
CARD = "6222020200112233" + "446"
COMMENTED = """\
# 备注：这位客户欠款 50 万
id: C20240501001
name: 上海示例电子有限公司  # 老板姓王
type: company
status: lead
owner: lilei
contacts:
  # 他们的采购已离职
  - name: 张三   # 手机 13800138000
    phones: ["13800138001"]
    birthday: 1990-05-01
notes: >-
  喜欢
  喝茶
"""


def made(snapshot: Snapshot, *see: str, where: str = "", masked: bool = False, team: str = stores.TEAM) -> Content:
    masking = Masking(snapshot.schema) if masked else None
    return content(snapshot, team.encode(), "support", Visible(snapshot.schema, see), where, masking)


def read(view: Content) -> Snapshot:
    """The records of a view, read as the program reads a store."""
    records = sorted((path, text) for path, text in view.files.items() if path.startswith("records/"))
    schema = Schema.read(view.files["schema/customer.schema.json"])
    given = settings.read(view.files["crmtext.toml"])
    return build(records, read="worktree", schema=schema, settings=given, today=stores.TODAY)


def test_a_record_is_written_from_what_is_shown() -> None:
    view = made(stores.snapshot(COMMENTED), *BASE, "contacts[].name", "contacts[].phones", "notes")
    assert view.files["records/C20240501001.yaml"].decode() == (
        "id: C20240501001\nname: 上海示例电子有限公司\ntype: company\nstatus: lead\nowner: lilei\n"
        'contacts:\n  - name: 张三\n    phones:\n      - "13800138001"\nnotes: 喜欢 喝茶\n'
    )
    assert b"#" not in view.files["records/C20240501001.yaml"]


def test_a_masked_view_has_no_full_value_anywhere() -> None:
    text = stores.record(name="张伟", type="person", more="notes: 张三的手机 13800138000\n").replace(
        "  - name: 张三\n", '  - name: 张三\n    phones: ["13800138000"]\n'
    )
    snapshot = stores.snapshot(**{"records/华东/C20240501001-张伟.yaml": text})
    view = made(snapshot, "*", masked=True)
    # The hints of the shipped schema show made-up numbers.
    texts = (f"{path}\n{content.decode()}" for path, content in view.files.items() if not path.startswith("schema/"))
    everything = "".join(texts)
    assert [word for word in ("张三", "张伟", "13800138000") if word in everything] == []
    assert sorted(path for path in view.files if path.startswith("records/")) == ["records/C20240501001.yaml"]
    assert checks.run(read(view)) == ()


def test_the_condition_chooses_customers_and_references_to_others_are_left_out() -> None:
    relation = "relations:\n  - id: C20240501002\n    kind: partner\n"
    snapshot = stores.snapshot(
        stores.record(more=relation), stores.record("002", owner="hanmei"), stores.record("003", status="prospect")
    )
    view = made(snapshot, "*", where="owner == 'lilei'")
    assert (view.customers, [customer.id[-3:] for customer in read(view).customers]) == (2, ["001", "003"])
    assert b"C20240501002" not in b"".join(view.files.values())
    assert checks.run(read(view)) == ()
    with pytest.raises(CrmError, match="unknown"):
        made(snapshot, "*", where="onwer == 'lilei'")


def test_a_number_that_a_comment_allows_is_allowed_in_the_view() -> None:
    more = (
        f"notes: |  # crmtext: not-a-card 王总的订单\n  付\n  {CARD}\n"
        f"custom:\n  note: 付 {CARD}  # crmtext: not-a-card 王总的订单\n"
    )
    view = made(stores.snapshot(stores.record(more=more)), "*")
    text = view.files["records/C20240501001.yaml"].decode()
    assert f"note: 付 {CARD}  # crmtext: not-a-card allowed in the store\n" in text
    assert f"notes: |  # crmtext: not-a-card allowed in the store\n  付\n  {CARD}\n" in text
    assert "王总" not in text
    assert checks.run(read(view)) == ()


def test_the_same_records_give_the_same_bytes_in_every_language_and_on_every_day() -> None:
    chinese = stores.TEAM.replace("[store]", '[store]\nlanguage = "zh"\nname = "示例客户库"')
    views = []
    for spoken in ("en", "zh"):
        with speaking(spoken):
            views.append(made(stores.snapshot(COMMENTED, team=chinese), "*", team=chinese))
    assert views[0] == views[1]
    assert views[0].files["README.md"].decode().startswith("# 视图：support\n")


def test_two_records_with_one_id_are_an_error() -> None:
    text = stores.record()
    snapshot = stores.snapshot(text, **{"records/a/C20240501001-x.yaml": text})
    with pytest.raises(CrmError, match="several records have the id C20240501001"):
        made(snapshot, "*")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Snapshot]:
    """The sample's records; a function, since hypothesis prints what a test is given."""
    folder: Path = tmp_path_factory.mktemp("content") / "sample"
    snapshot = Store(stores.sample(tmp_path_factory, folder)).worktree()
    return lambda: snapshot


PATHS = sorted(path for path in Schema.shipped().by_path if path)


@given(st.lists(st.sampled_from(PATHS), max_size=12), st.lists(st.sampled_from(PATHS), max_size=4), st.booleans())
def test_every_choice_of_fields_gives_a_valid_store(
    sample: Callable[[], Snapshot], shown: list[str], hidden: list[str], masked: bool
) -> None:
    see = (*BASE, *dict.fromkeys(shown), *(f"-{path}" for path in dict.fromkeys(hidden)))
    try:
        Visible(sample().schema, see).check()
    except CrmError:
        return
    view = made(sample(), *see, masked=masked)
    snapshot = read(view)
    assert (view.customers, snapshot.broken, checks.run(snapshot)) == (len(sample().customers), (), ())
