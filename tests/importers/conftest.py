"""A store to import into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from import_runs import new_store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store, which is the current folder."""
    folder = new_store(tmp_path / "store")
    monkeypatch.chdir(folder)
    return folder
