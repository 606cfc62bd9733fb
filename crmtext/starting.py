"""Making a store: its files, its repository, its hooks, and with the sample its history."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext import clock, files, hooks, resources, sample
from crmtext import settings as settings_module
from crmtext.git import commit as commits
from crmtext.git.config import identity
from crmtext.git.plumbing import Repository, create, repository
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.schema.load import FILE as SCHEMA_FILE
from crmtext.settings import FILE as SETTINGS_FILE
from crmtext.sources import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

_ATTRIBUTES = """\
# Records have Unix line ends everywhere, so that a change of one line stays one line.
*.yaml text eol=lf
"""
_IGNORED = """\
# Reports are made again from the records at any time.
/reports/
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What `init` did: files written, files that were there and stay, commits of the sample, hooks installed."""

    root: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]
    commits: int
    hooks: tuple[str, ...]
    #: Why there are no hooks; empty if there are.
    hook_trouble: str = ""


def init(folder: Path, *, with_sample: bool) -> Made:
    """Make a store in a folder. What is there already stays; a folder that is a store already is refused."""
    if (folder / SETTINGS_FILE).exists():
        raise cannot(
            "store-exists",
            _("{folder} is a store already").format(folder=folder),
            _("see what it needs: crmtext hooks status; or choose another folder"),
        )
    if with_sample and folder.exists() and any(folder.iterdir()):
        raise cannot(
            "folder-not-empty", _("{folder} is not empty").format(folder=folder), _("name a new folder for the sample")
        )
    folder.mkdir(parents=True, exist_ok=True)
    repo = repository(folder) or create(folder)
    today = clock.today()
    content = contents(repo, today, with_sample=with_sample)
    kept = tuple(path for path in content if (folder / path).exists())
    written = tuple(path for path in content if path not in kept)
    for path in written:
        files.write(folder / path, content[path].encode(), None, within=folder)
    made = _commit_sample(repo, content, today) if with_sample else 0
    installed, trouble = _install(repo)
    return Made(folder, written, kept, made, installed, trouble)


def contents(repo: Repository, today: date, *, with_sample: bool) -> Mapping[str, str]:
    """The files of a new store by path."""
    schema = resources.folder("schema") / SCHEMA_FILE
    base = {
        SETTINGS_FILE: settings_text(identity(repo)),
        SCHEMA: schema.read_text(encoding="utf-8"),
        ".gitattributes": _ATTRIBUTES,
        ".gitignore": _IGNORED,
        ".vscode/settings.json": _editor(),
        "records/README.md": _("Each customer is a file here: records/C20240501K7QM.yaml, in any sub-folder.\n"),
    }
    for source in sorted(resources.folder("hooks").iterdir()):
        base[f"hooks/{source.name}"] = source.read_text(encoding="utf-8")
    return {**base, **sample.files(today)} if with_sample else base


def settings_text(who: tuple[str, str] | None) -> str:
    """The settings of a new store, with the person at the keyboard on the team."""
    lines = [
        _("# Settings of this store. Everything has a default; this file may be short."),
        "[store]",
        'currency = "CNY"',
        "",
        _("# The team: one table a colleague. A git identity is recognised by its e-mail address."),
        *(_member(*who) if who else ["# [team.lilei]", '# name = "李雷"', '# email = "lilei@example.com"']),
    ]
    return "\n".join(lines) + "\n"


def _member(name: str, email: str) -> Iterator[str]:
    handle = email.partition("@")[0].casefold() or "me"
    # What TOML takes for a bare key needs no quotes; a dot would part it in two.
    key = handle if re.fullmatch(r"[A-Za-z0-9_-]+", handle) else json.dumps(handle, ensure_ascii=False)
    yield f"[team.{key}]"
    yield f"name = {json.dumps(name, ensure_ascii=False)}"
    yield f"email = {json.dumps(email, ensure_ascii=False)}"
    yield 'role = "sales"'


def _editor() -> str:
    settings = {
        "yaml.schemas": {f"./{SCHEMA}": "records/**/*.yaml"},
        "[yaml]": {"editor.formatOnSave": False, "editor.tabSize": 2, "editor.insertSpaces": True},
        "files.insertFinalNewline": True,
    }
    return json.dumps(settings, indent=2) + "\n"


def _commit_sample(repo: Repository, content: Mapping[str, str], today: date) -> int:
    """Make the sample's history; the first commit also holds the store's other files."""
    team = {member.handle: member for member in _team(content[SETTINGS_FILE])}
    steps = sample.history(today)
    records = sample.files(today)
    rest = {path: text for path, text in content.items() if path not in records}
    for number, step in enumerate(steps):
        wanted: Mapping[str, str | None] = {**rest, **step.files} if number == 0 else step.files
        author = team[step.author]
        changes = {repo.prefix + path: text.encode() if text is not None else None for path, text in wanted.items()}
        commits.commit(repo, changes, step.message, author=(author.name, author.emails[0]), when=step.when)
    return len(steps)


def _team(text: str) -> Iterator[settings_module.Member]:
    yield from settings_module.read(text.encode()).team.values()


def _install(repo: Repository) -> tuple[tuple[str, ...], str]:
    try:
        hooks.install(repo)
    except CrmError as error:
        return (), f"{error.problem.message}\n{error.problem.hint}"
    return tuple(hook.name for hook in hooks.status(repo)), ""
