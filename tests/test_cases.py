"""One folder a rule: records that break it, records that do not, and what the check says of each, in both languages.

To add a case, put a record into the folder of its rule (a sub-folder where it takes a whole store), run
`pytest tests/test_cases.py --golden-update`, and read the difference. A case is judged by the rule of its folder only,
so that a new check changes no other folder's answers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rules

from crmtext import checks
from crmtext.i18n import LANGUAGES, speaking
from crmtext.problem import CrmError, Problem
from crmtext.schema import load
from crmtext.settings import FILE
from crmtext.sources import SCHEMA
from crmtext.store import Store
from crmtext.terminal.code_frame import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASES = Path(__file__).parent / "cases"
#: A change of the shipped schema (RFC 7396), where a case needs a schema of its own.
PATCH = "schema.patch.json"
#: Sub-folders of a case: the records of the commit before, and those that are staged and checked so.
BEFORE, STAGED = "before", "staged"
TEAM = """\
[store]
timezone = "Asia/Shanghai"

[team.lilei]
name = "李雷"

[team.hanmei]
name = "韩梅"

[team.liuyang]
name = "刘洋"
active = false
"""
RECORD = "records/C20240501K7QM.yaml"
NOTHING = "(nothing)\n"
#: Rules that no file brings about, and where they are tested instead: faults of the disk, and the parser's last word,
#: for which no text is known.
ELSEWHERE = {
    "unreadable": "test_snapshot.py",
    "yaml-syntax": "test_syntax.py",
    "not-a-file": "hostile/places.py",
    "outside-store": "hostile/places.py",
}


def _linked(store: Path) -> None:
    (store / "elsewhere.yaml").write_text("id: C20240501K7QM\n", "utf-8")
    (store / RECORD).symlink_to(store / "elsewhere.yaml")


#: Cases that cannot lie in a folder: too large, or no plain files.
MADE: dict[str, dict[str, Callable[[Path], object]]] = {
    "not-a-file": {"pipe": lambda store: os.mkfifo(store / RECORD)},
    "symlink": {"link": _linked},
    "file-too-large": {"300-kib": lambda store: (store / RECORD).write_bytes(b"notes: " + b"x" * 300 * 1024)},
    "settings-too-large": {"300-kib": lambda store: (store / FILE).write_bytes(b"#" * 300 * 1024)},
    "schema-too-large": {"two-mib": lambda store: _write(store / SCHEMA, b" " * (2 << 20))},
}


def _folders() -> list[Path]:
    return sorted(path for path in CASES.iterdir() if path.is_dir())


def _cases(folder: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """The cases of a rule by name, each with what lays its files into a store."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith("expected"):
            yield path.name, lambda store, path=path: _lay(path, store)
    yield from MADE.get(folder.name, {}).items()


def _lay(case: Path, store: Path) -> None:
    """Put a case's files into a store; what is in `before` is committed first, and what is in `staged` is staged."""
    if case.is_file():
        shutil.copy(case, store / "records" / case.name)
        return
    for part, command in ((BEFORE, ("commit", "-q", "-m", "before")), (STAGED, ())):
        if (case / part).is_dir():
            shutil.copytree(case / part, store / "records", dirs_exist_ok=True, copy_function=shutil.copy)
            _git(store, ("init", "-q"), ("add", "-A"), command)
    # A file that kept its time would look to git like the one of the same size that was there before.
    ignored = shutil.ignore_patterns(BEFORE)
    shutil.copytree(case, store, dirs_exist_ok=True, ignore=ignored, copy_function=shutil.copy)
    if (patch := store / PATCH).exists():
        schema = _patched(json.loads(load.shipped()), json.loads(patch.read_bytes()))
        _write(store / SCHEMA, json.dumps(schema, ensure_ascii=False).encode())


def _patched(value: Any, patch: Any) -> Any:
    """What a merge patch makes of a value: maps are merged, null removes, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, new in patch.items():
        merged[key] = _patched(merged.get(key), new)
    return {key: new for key, new in merged.items() if new is not None}


def _git(store: Path, *commands: tuple[str, ...]) -> None:
    for command in filter(None, commands):
        subprocess.run(["git", *command], cwd=store, check=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def _problems(lay: Callable[[Path], object], store: Path, *, rule: str = "") -> tuple[Problem, ...]:
    """The problems of a store with the case's files, of one rule or of all.

    Of a schema or settings that cannot be used there is one only.
    """
    shutil.rmtree(store, ignore_errors=True)
    (store / "records").mkdir(parents=True)
    (store / FILE).write_text(TEAM, "utf-8")
    lay(store)
    try:
        opened = Store(store)
        snapshot = opened.index() if (store / STAGED).exists() else opened.worktree()
        return checks.run(snapshot, select=(rule,) if rule else ())
    except CrmError as error:
        return (error.problem,) if rule in ("", error.problem.rule) else ()


def _messages(folder: Path, store: Path) -> dict[str, str]:
    """What the rule of a folder says of each of its cases; empty where it has nothing to say."""
    return {name: listing(_problems(lay, store, rule=folder.name), width=72) for name, lay in _cases(folder)}


def _is_right(name: str) -> bool:
    """Whether a case is one that breaks no rule."""
    return "right" in name.partition(".")[0].split("-")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", _folders(), ids=lambda path: path.name)
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
        f"{folder.name}/{name}": _problems(lay, tmp_path / "store")
        for folder in _folders()
        for name, lay in _cases(folder)
        if _is_right(name)
    }
    assert right == dict.fromkeys(right, ())


def test_every_rule_of_the_code_has_its_cases() -> None:
    assert sorted({path.name for path in _folders()} | set(ELSEWHERE)) == sorted(rules.all_rules())


def test_no_message_shows_what_is_sensitive(tmp_path: Path) -> None:
    shown = {}
    for rule, secrets in {
        "wrong-form": ("1990/5/1",),
        "resident-id": ("110105",),
        "bank-card": ("6212", "0011"),
    }.items():
        messages = "".join(listing(_problems(lay, tmp_path / "store")) for _name, lay in _cases(CASES / rule))
        shown |= {secret: messages for secret in secrets if secret in messages}
    assert shown == {}


if os.name == "nt":  # links take a right of their own there, and there are no pipes among files
    del MADE["symlink"], MADE["not-a-file"]
