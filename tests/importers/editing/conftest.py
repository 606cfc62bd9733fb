"""A store with three customers, and a workbook of them in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from edited_books import exported, store_of_three

if TYPE_CHECKING:
    from pathlib import Path

    from edited_books import Copy


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = store_of_three(tmp_path / "store")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def book(store: Path, tmp_path: Path) -> Copy:
    return exported(tmp_path / "我的客户.xlsx")
