from __future__ import annotations

import sysconfig
from itertools import islice
from pathlib import Path

import pytest
from judging import judged, noise
from measure import Tally, run, texts
from seeded import compose, data, operations
from spec import EXAMPLES

from crmtext.text.edit.rewrite import Append, Delete, Set, rewrite

SAMPLES = Path(__file__).parent / "samples"


def shares(tally: Tally) -> tuple[int, float, float]:
    """How many are silently wrong, and the shares that are done and that are without a noise line."""
    done = tally.edits - tally.found["refused"]
    return tally.found["wrong"], done / tally.edits, tally.noise[0] / done


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_no_edit_of_hand_written_text_is_wrong(path: Path) -> None:
    text = path.read_bytes().decode()
    verdicts = [(several, judged(text, several, slowly=True)) for several in operations(text, 30, path.name)]
    assert [(several, each.text) for several, each in verdicts if each.kind == "wrong"] == []
    assert [(several, each.text) for several, each in verdicts if each.noise] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_edit_of_the_specifications_examples_is_wrong(name: str) -> None:
    text = EXAMPLES[name]
    verdicts = [judged(text, several, slowly=True) for several in operations(text, 8, name)]
    assert [each.text for each in verdicts if each.kind == "wrong"] == []


@pytest.mark.long
def test_edits_of_what_installed_packages_bring_along_meet_the_targets() -> None:
    folder = Path(sysconfig.get_paths()["purelib"])
    if not [*islice(texts([folder]), 5)]:
        pytest.skip("the installed packages bring no YAML along")
    wrong, done, quiet = shares(run([folder], edits=10_000, per_file=200, seed=1, show=False))
    assert (wrong, done >= 0.999, quiet >= 0.998) == (0, True, True), (done, quiet)


def test_records_meet_the_targets() -> None:
    folder = Path(__file__).parents[2] / "records"
    assert shares(run([folder], edits=300, per_file=8, seed=2, show=False)) == (0, 1.0, 1.0)


BEFORE = "a: 1 # c\nlist:\n  - x\n\n# d\nb: 2\n"


def test_the_judge_sees_a_wrong_edit() -> None:
    append = (Append("/list", "no"),)
    after = rewrite(BEFORE, append)
    assert data(compose(after)) != data(compose(after.replace('"no"', "no")))
    assert data(compose(after)) != data(compose(after.replace("a: 1", "a: '1'")))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (BEFORE.replace("  - x\n", "  - x\n  - y\n"), 0),
        (BEFORE.replace("\n\n", "\n  - y\n"), 0),
        (BEFORE.replace("  - x\n", "- x\n- y\n"), 1),
        (BEFORE.replace("a: 1 # c", "a: 1").replace("  - x\n", "  - x\n  - y\n"), 1),
        (BEFORE.replace("# d\n", "").replace("  - x\n", "  - x\n  - y\n"), 2),
    ],
)
def test_the_judge_counts_the_lines_that_need_not_have_changed(text: str, lines: int) -> None:
    assert noise(BEFORE, text, (Append("/list", "y"),)) == lines


def test_what_an_operation_is_about_is_no_noise() -> None:
    assert noise(BEFORE, BEFORE.replace("a: 1 # c", "a: 7 # c"), (Set("/a", 7),)) == 0
    assert noise(BEFORE, BEFORE.replace("  - x\n", "").replace("list:", "list: []"), (Delete("/list/0"),)) == 0
