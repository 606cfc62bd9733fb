"""Other customers that name a person who asks are listed by id and field, without their text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

PERSON = stores.record("001", "陈立群", "  - {name: 陈立群}\nnotes: 陈立群本人\n", type="person")
OTHER = stores.record("002", "云帆科技", "  - {name: 王芳}\nnotes: 由陈立群引荐\ntags: [vip]\n")
SIDE = stores.record("003", "明远机械", "  - {name: 李梅}\nnotes: 由陈立介绍\n")


@pytest.mark.parametrize(
    ("language", "title", "line"),
    [
        ("en", "Also named in", "1 other customer names the person: the answer has its id and fields, not the text"),
        ("zh", "其他提及之处", "另有 1 位客户的资料提到此人：答复中只列出其编号和字段，不引用原文"),
    ],
)
def test_other_customers_that_name_the_person_are_listed(
    repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, title: str, line: str
) -> None:
    files = {stores.path(f"00{number}"): text for number, text in enumerate((PERSON, OTHER, SIDE), 1)}
    repo.commit({"crmtext.toml": stores.TEAM, **files})
    program = stores.Program(capsys, repo.path)
    said = program("--lang", language, "subject-access", "陈立群", "-o", str(tmp_path / "answer"))
    assert (said.code, line in said.err.splitlines()) == (0, True), said.err
    page = (tmp_path / "answer/subject-access.md").read_text("utf-8")
    data = json.loads((tmp_path / "answer/subject-access.json").read_text("utf-8"))
    assert data["mentions"] == [{"id": "C20240501002", "field": "notes"}]
    assert f"## {title}\n\n- C20240501002" in page
    assert ("引荐" in page, "C20240501003" in page) == (False, False)
    # The contact of the company is named nowhere else.
    program("subject-access", "云帆科技", "--contact", "王芳", "-o", str(tmp_path / "contact"))
    assert json.loads((tmp_path / "contact/subject-access.json").read_text("utf-8"))["mentions"] == []
