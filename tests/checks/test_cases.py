"""One folder a rule: records that break it, records that do not, and what the check says of each, in both languages.

To add a case, put a record into the folder of its rule (a sub-folder where it takes a whole store), run
`pytest tests/checks/test_cases.py --golden-update`, and read the difference. A case is judged by the rule of its
folder only, so that a new check changes no other folder's answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rules

from crmtext.i18n import LANGUAGES, speaking
from crmtext.terminal.code_frame import render_all

if TYPE_CHECKING:
    from pathlib import Path

from cases import CASES, cases, folders, problems

NOTHING = "(nothing)\n"
#: Rules that no record or setting brings about, and where they are tested: faults of the disk, the parser's last
#: word, for which no text is known, and disclosures.
ELSEWHERE = {
    "unreadable": "test_snapshot.py",
    "yaml-syntax": "text/explain/test_yaml_errors.py",
    "not-a-file": "support/hostile/places.py",
    "outside-store": "support/hostile/places.py",
    "schema-newer": "setup/test_upgrade.py",
    "disclosure": "protection/test_disclosures.py",
    "undisclosed-view": "protection/view/test_disclosed.py",
}


def _messages(folder: Path, store: Path) -> dict[str, str]:
    """What the rule of a folder says of each of its cases; empty where it has nothing to say."""
    return {name: render_all(problems(lay, store, rule=folder.name), width=72) for name, lay in cases(folder)}


def _is_right(name: str) -> bool:
    """Whether a case is one that breaks no rule."""
    return "right" in name.partition(".")[0].split("-")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", folders(), ids=lambda path: path.name)
def test_wrong_cases_are_explained_as_expected(
    folder: Path, language: str, tmp_path: Path, golden_update: bool
) -> None:
    with speaking(language):
        messages = _messages(folder, tmp_path / "store")
    text = "\n".join(f"── {name}\n{message or NOTHING}" for name, message in messages.items())
    expected = folder / ("expected.txt" if language == "en" else f"expected.{language}.txt")
    if golden_update:
        expected.write_bytes(text.encode())
    assert text == expected.read_bytes().decode()
    assert {name for name, message in messages.items() if not message} == set(filter(_is_right, messages))
    assert {_is_right(name) for name in messages} == {True, False}


def test_right_cases_break_no_rule_at_all(tmp_path: Path) -> None:
    right = {
        f"{folder.name}/{name}": problems(lay, tmp_path / "store")
        for folder in folders()
        for name, lay in cases(folder)
        if _is_right(name)
    }
    assert right == dict.fromkeys(right, ())


def test_every_rule_of_the_code_has_its_cases() -> None:
    assert sorted({path.name for path in folders()} | set(ELSEWHERE)) == sorted(rules.all_rules())


def test_no_message_shows_what_is_sensitive(tmp_path: Path) -> None:
    shown = {}
    for rule, secrets in {
        "wrong-form": ("1990/5/1",),
        "resident-id": ("110105",),
        "bank-card": ("6212", "0011"),
    }.items():
        messages = "".join(render_all(problems(lay, tmp_path / "store")) for _name, lay in cases(CASES / rule))
        shown |= {secret: messages for secret in secrets if secret in messages}
    assert shown == {}
