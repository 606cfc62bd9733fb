"""The cases of the rules: folders of records, what lays them into a store, and what the check says of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmtext import checks
from crmtext.layout import SCHEMA, SETTINGS
from crmtext.problem import CrmError, Problem
from crmtext.schema import load
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


CASES = Path(__file__).parents[1] / "cases"
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


def _linked(store: Path) -> None:
    (store / "elsewhere.yaml").write_text("id: C20240501K7QM\n", "utf-8")
    (store / RECORD).symlink_to(store / "elsewhere.yaml")


#: Cases that cannot lie in a folder: too large, or no plain files.
MADE: dict[str, dict[str, Callable[[Path], object]]] = {
    "not-a-file": {"pipe": lambda store: os.mkfifo(store / RECORD)},
    "symlink": {"link": _linked},
    "file-too-large": {"300-kib": lambda store: (store / RECORD).write_bytes(b"notes: " + b"x" * 300 * 1024)},
    "settings-too-large": {"300-kib": lambda store: (store / SETTINGS).write_bytes(b"#" * 300 * 1024)},
    "schema-too-large": {"two-mib": lambda store: _write(store / SCHEMA, b" " * (2 << 20))},
}


def folders() -> list[Path]:
    return sorted(path for path in CASES.iterdir() if path.is_dir())


def cases(folder: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
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


def problems(lay: Callable[[Path], object], store: Path, *, rule: str = "") -> tuple[Problem, ...]:
    """The problems of a store with the case's files, of one rule or of all.

    Of a schema or settings that cannot be used there is one only.
    """
    shutil.rmtree(store, ignore_errors=True)
    (store / "records").mkdir(parents=True)
    (store / SETTINGS).write_text(TEAM, "utf-8")
    lay(store)
    try:
        opened = Store(store)
        snapshot = opened.index() if (store / STAGED).exists() else opened.worktree()
        return checks.run(snapshot, select=(rule,) if rule else ())
    except CrmError as error:
        return (error.problem,) if rule in ("", error.problem.rule) else ()


if os.name == "nt":  # links take a right of their own there, and there are no pipes among files
    del MADE["symlink"], MADE["not-a-file"]
