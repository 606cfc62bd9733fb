"""Colleagues and industries in words, in files with labels, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st
from import_runs import customers, new_store, run

from crmtext.exporters.codes import codes_of
from crmtext.exporters.tables import Shape
from crmtext.schema import Schema
from crmtext.settings import read

if TYPE_CHECKING:
    from pathlib import Path

#: Two colleagues of one name, one whose name is a handle, and one without a name.
TEAM = stores.TEAM + "".join(
    f'\n[team.{handle}]\nname = "{name}"\nemail = "{handle}@example.com"\n'
    for handle, name in (("wang1", "王芳"), ("wang2", "王芳"), ("max", "lilei"), ("zoe", "zoe"))
)
INDUSTRY = "C39 计算机、通信和其他电子设备制造业"
MORE = "collaborators: [hanmei]\nindustry: C39\n"


@given(
    st.sampled_from(["owner", "industry"]),
    st.text(st.sampled_from("'C3 李"), max_size=4)
    | st.sampled_from(
        ["李雷", "'李雷", "lilei", "max", "wang1", "王芳", "zoe", "C39", INDUSTRY, f"'{INDUSTRY}", "C3999"]
    ),
)
def test_every_text_comes_back(path: str, text: str) -> None:
    codes = codes_of(Shape("text", Schema.shipped().by_path[path]), read(TEAM.encode()))
    assert codes is not None
    assert codes.read(codes.shown(text)) == text
    assert codes.read(codes.shown([text])) == [text]


@pytest.mark.parametrize(
    ("path", "code", "word"),
    [
        ("owner", "lilei", "李雷"), ("owner", "max", "max"), ("owner", "wang1", "wang1"), ("owner", "nobody", "nobody"),
        ("industry", "C39", INDUSTRY), ("industry", "机械", "机械"), ("industry", INDUSTRY, f"'{INDUSTRY}"),
    ],
)  # fmt: skip
def test_codes_in_words(path: str, code: str, word: str) -> None:
    codes = codes_of(Shape("text", Schema.shipped().by_path[path]), read(TEAM.encode()))
    assert codes
    assert codes.shown(code) == word


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_file_with_labels_names_people_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, form: str
) -> None:
    root = new_store(tmp_path / "here")
    stores.made(root, stores.record("001", more=MORE), team=(root / "crmtext.toml").read_text("utf-8"))
    path = tmp_path / f"all.{form}"
    code, output = run("-C", str(root), "export", "--headers", "labels", "-o", str(path), language=language)
    assert code == 0, output
    if form == "xlsx":
        [header, row, *_more] = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
        shown = {*zip(header, row, strict=True)}
    else:
        [header, row, *_more] = [line.split(",") for line in path.read_text("utf-8-sig").splitlines()]
        shown = {*zip(header, row, strict=True)}
    owner, industry = ("Owner", "Industry") if language == "en" else ("负责人", "所属行业")
    assert {(owner, "李雷"), (industry, INDUSTRY)} <= shown
    there = new_store(tmp_path / "there")
    monkeypatch.chdir(there)
    code, output = run("import", str(path))
    assert code == 0, output
    [one] = customers()
    assert (one["owner"], one["industry"], one["collaborators"]) == ("lilei", "C39", ["hanmei"])
