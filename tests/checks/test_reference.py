"""References to customers who are missing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import stores

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_same_id_is_suggested_in_each_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stores.made(
        tmp_path,
        stores.record("BAC"),
        stores.record("ACB", "北京样例机械有限公司"),
        stores.record("XYZ", "无锡演示阀门有限公司", "relations:\n  - {id: C20240501ABC, kind: partner}\n"),
    )
    outputs = set()
    for seed in ("1", "3"):
        # Two adjacent letters are swapped in both: which one is suggested depended on the order of a set.
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        command = [sys.executable, "-m", "crmtext", "-C", str(folder), "check", "--select", "reference"]
        outputs.add(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    (output,) = outputs
    assert "did you mean 'C20240501BAC'?" in output
