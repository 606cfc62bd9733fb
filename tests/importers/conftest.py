"""A store to import into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from import_runs import new_store
from weekly_runs import Weekly

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store, which is the current folder."""
    folder = new_store(tmp_path / "store")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def weekly(new: Path) -> Weekly:
    """A store with the first import of an export."""
    export = Weekly(new)
    export.first()
    return export
