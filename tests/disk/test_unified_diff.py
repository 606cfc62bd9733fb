"""Unified diffs that git takes, whatever the texts hold."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmtext.disk.unified_diff import unified_diff

if TYPE_CHECKING:
    from pathlib import Path

#: With marks that Python takes for line ends and git does not.
texts = st.lists(st.sampled_from(["a", "b", "名", "\n", "\u2028", "\x0c", "\x85", " "]), max_size=12).map("".join)


def test_the_end_of_a_file_without_a_line_end_is_marked() -> None:
    assert unified_diff("a.yaml", "x\n", "x") == (
        "--- a/a.yaml\n+++ b/a.yaml\n@@ -1 +1 @@\n-x\n+x\n\\ No newline at end of file\n"
    )


def test_a_file_that_comes_or_goes_has_no_other_side() -> None:
    assert unified_diff("a", None, "x\n") == "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n"
    assert unified_diff("a", "x\n", None) == "--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    assert unified_diff("a", "x\n", "x\n") == ""


def test_lines_are_shown_as_asked_and_the_head_stays() -> None:
    assert unified_diff("a", "x\n", "y\n", lambda line: f"{line[0]}…\n") == ("--- a/a\n+++ b/a\n@…\n-…\n+…\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(old=texts.filter(bool), new=texts.filter(bool))
def test_git_applies_it(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "file").write_bytes(old.encode())
    if diff := unified_diff("file", old, new):
        subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert (tmp_path / "file").read_bytes() == new.encode()
