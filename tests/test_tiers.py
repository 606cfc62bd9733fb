"""The lists of slow tests name tests that are there."""

from __future__ import annotations

from fnmatch import fnmatchcase

import tiers
from repos import TESTS


def test_what_is_listed_as_slow_is_there() -> None:
    files = {path.relative_to(TESTS).as_posix(): path for path in TESTS.rglob("test_*.py")}
    assert [pattern for pattern in tiers.SLOW_FILES if not any(fnmatchcase(file, pattern) for file in files)] == []
    listed = [entry.split("::") for entry in sorted(tiers.SLOW_TESTS)]
    assert [entry for entry in listed if f"def {entry[1]}(" not in files[entry[0]].read_text("utf-8")] == []


def test_a_test_is_quick_unless_it_or_its_file_is_listed() -> None:
    tried = [("sync/test_sync.py", "x"), ("text/read/test_load.py", "test_hostile_bulk_is_answered")]
    assert [tiers.is_quick(*each) for each in [*tried, ("text/read/test_load.py", "x")]] == [False, False, True]
