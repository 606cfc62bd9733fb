"""The days of the pages about personal data: the templates have none, and a page of last year is due again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.layout import ASSESSMENT, PRIVACY_PAGE, shipped
from crmtext.protection.security.assessment import days, examine
from crmtext.setup.doctor.patient import Patient

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", [ASSESSMENT, PRIVACY_PAGE])
def test_a_template_has_both_languages_and_no_day(path: str) -> None:
    text = shipped(path).read_text("utf-8")
    assert list(days(text)) == []
    assert list(days(text.replace("[YYYY-MM-DD]", "2026-11-29"))) == [date(2026, 11, 29)] * 2


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("- Date: 2026-11-29", date(2026, 11, 29)), ("- **Date:** 2026/1/2", date(2026, 1, 2)),
        ("日期：2026年11月29日\r", date(2026, 11, 29)), ("* Last reviewed: 2026-11-29", date(2026, 11, 29)),
        ("- Date: 2026-02-30", None), ("- Date: soon", None), ("Update: 2026-11-29", None), ("- Date:", None),
    ],
)  # fmt: skip
def test_a_line_says_the_day(line: str, day: date | None) -> None:
    assert list(days(f"# x\n\n{line}\n")) == ([day] if day else [])


@pytest.mark.parametrize(
    ("text", "state", "message"),
    [
        (None, "warning", "'privacy/pipia.md' is missing"), ("# x\n", "warning", "'privacy/pipia.md' has no date yet"),
        ("Date: 2026-11-21\n", "warning", "'privacy/pipia.md' has no date yet"),
        ("Date: 2026-11-20\n日期：2020-01-01\n", "fine", "'privacy/pipia.md' is of 2026-11-20"),
        ("Date: 2025-11-19\n", "fine", "'privacy/pipia.md' is of 2025-11-19"),
        ("Date: 2025-11-18\n", "warning", "'privacy/pipia.md' is of 2025-11-18, more than a year ago"),
    ],
)  # fmt: skip
def test_the_doctor_reads_it(tmp_path: Path, text: str | None, state: str, message: str) -> None:
    stores.made(tmp_path)
    if text is not None:
        (tmp_path / "privacy").mkdir()
        (tmp_path / ASSESSMENT).write_text(text, "utf-8")
    first, page = examine(Patient(tmp_path))
    assert (first.name, first.state, first.message) == ("assessment", state, message)
    assert page.message == "'PRIVACY.md' is missing"
