"""Create a store: files, repository, hooks, and the history of the sample."""

from __future__ import annotations

import json
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout
from crmtext import settings as store_settings
from crmtext.disk import files
from crmtext.git import clone, fast_import
from crmtext.git.config import identity
from crmtext.git.plumbing import Repository, branch, create, head, repository
from crmtext.i18n import _, language
from crmtext.layout import (
    ASSESSMENT,
    GIT_ATTRIBUTES,
    GIT_IGNORE,
    PRIVACY_PAGE,
    RECORDS,
    SCHEMA,
    SCHEMA_VERSION,
    SETTINGS,
)
from crmtext.problem import CrmError, cannot
from crmtext.settings import handle_of
from crmtext.setup import editors, hooks, merge_driver, sample
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from crmtext.settings import Settings

_ATTRIBUTES = f"""\
# Records have Unix line endings everywhere, so that changing one line shows as one line in git.
*.yaml text eol=lf
# Records are merged field by field once `crmtext hooks install` has been run in a clone.
{merge_driver.ATTRIBUTE}
"""
_IGNORED = """\
# Reports can be created again from the records at any time.
/reports/
# Temporary files of crmtext.
.crmtext*
"""


_EXAMPLE = """\
id: {id}
name: 上海示例电子有限公司
type: company
status: lead
owner: {owner}
contacts:
  - name: 张三
    phones: ["13800138000"]
"""


class Created(NamedTuple):
    """The result of `init`: files written, existing files kept, commits of the sample, hooks installed."""

    root: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]
    commits: int
    hooks: tuple[str, ...]
    #: Whether git knows the user, who then is on the team list.
    known: bool = True
    #: Why the hooks are not installed; empty if they are.
    hook_trouble: str = ""
    #: The new settings; None if the file existed.
    settings: Settings | None = None
    #: The current branch.
    branch: str = "main"


def init(folder: Path, *, with_sample: bool) -> Created:
    """Create a store in a folder, keeping existing files. Raises CrmError if it is a store already."""
    reject_existing_store(folder)
    with files.plainly(folder):
        folder.mkdir(parents=True, exist_ok=True)
    repo = own_repository(folder) if with_sample else repository(folder) or create(folder)
    clone.refuse_empty(repo)
    today = clock.today(sample_zone() if with_sample else None)
    content = contents(repo, today, with_sample=with_sample)
    kept = tuple(path for path in content if (folder / path).exists())
    written = tuple(path for path in content if path not in kept)
    _write(folder, {path: content[path] for path in written})
    commits = _commit_sample(repo, content, today) if with_sample else 0
    installed, trouble = install_hooks(repo)
    return Created(
        folder,
        written,
        kept,
        commits,
        installed,
        identity(repo) is not None,
        trouble,
        store_settings.read(content[SETTINGS].encode()) if SETTINGS in written else None,
        branch(repo) or "main",
    )


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write new files; the settings last, so that `init` can be repeated after a failure."""
    for path in sorted(texts, key=lambda path: path == SETTINGS):
        # Leftovers of a killed attempt.
        files.sweep((folder / path).parent, within=folder)
        files.write(folder / path, texts[path].encode(), None, within=folder)


def reject_existing_store(folder: Path) -> None:
    """Raise CrmError if the folder is a store, or inside one in the same repository."""
    for parent in (folder, *folder.parents):
        if (parent / SETTINGS).exists():
            message = _("{folder} is already a store").format(folder=parent)
            hint = _("for a new clone: crmtext hooks install; otherwise choose another folder")
            raise cannot("store-exists", message, hint)
        if (parent / ".git").exists():
            return


def own_repository(folder: Path) -> Repository:
    """Return a repository without commits in an empty folder: the sample's history is backdated."""
    existing = repository(folder)
    started = existing is not None and existing.top == folder.resolve()
    if any(entry.name != ".git" for entry in folder.iterdir()) or (existing and started and head(existing)):
        message = _("{folder} is not empty").format(folder=folder)
        raise cannot("folder-not-empty", message, _("choose a new folder"))
    return existing if existing and started else create(folder)


def sample_zone() -> str:
    """Return the sample's time zone, in which today's records must not be in the future."""
    return store_settings.read(sample.files(sample.ANCHOR)[SETTINGS].encode()).timezone


def contents(repo: Repository, today: date, *, with_sample: bool) -> Mapping[str, str]:
    """Return the files of a new store by path."""
    who = identity(repo)
    owner = handle_of(who[1]) if who and not with_sample else "lilei"
    base = {
        SETTINGS: settings_text(who),
        SCHEMA: layout.shipped(SCHEMA).read_text(encoding="utf-8"),
        GIT_ATTRIBUTES: _ATTRIBUTES,
        GIT_IGNORE: _IGNORED,
        **editors.files(),
        f"{RECORDS}/README.md": _how_to_write(today, owner),
        **{path: layout.shipped(path).read_text(encoding="utf-8") for path in (PRIVACY_PAGE, ASSESSMENT)},
    }
    for source in sorted(layout.shipped("hooks").iterdir()):
        base[f"hooks/{source.name}"] = source.read_text(encoding="utf-8")
    if not with_sample:
        return base
    shown = sample.files(today)
    return {**base, **shown, SETTINGS: _with_user(shown[SETTINGS], who)}


def _with_user(text: str, who: tuple[str, str] | None) -> str:
    """The sample's settings with the user added to the team, unless the user is on it."""
    settings = store_settings.read(text.encode())
    if who is None or settings.member(who[1]) or settings.member(who[0]):
        return text
    handle = handle_of(who[1])
    taken = next(name for name in chain((handle,), (f"{handle}{n}" for n in count(2))) if name not in settings.team)
    before, sign, after = text.partition("[status.transitions]")
    return before + "\n".join(_member(*who, taken)) + "\n\n" + sign + after


def settings_text(who: tuple[str, str] | None) -> str:
    """Return the settings of a new store, with the user on the team."""
    example = ["# [team.lilei]", '# name = "李雷"', '# email = "lilei@example.com"']
    lines = [
        _("# The settings of this store. All of them have defaults."),
        "[store]",
        _("# The language of texts in records, commit messages and reports (en, zh)."),
        f'language = "{language()}"',
        *([f'timezone = "{zone}"'] if (zone := clock.of_machine()) else []),
        f"schema_version = {SCHEMA_VERSION}",
        'currency = "CNY"',
        _("# auto: each writing command commits exactly what it changed; never: you commit."),
        'commit = "auto"',
        "",
        _("# The team: one table per colleague. A git identity is recognized by its e-mail address."),
        *(_member(*who, handle_of(who[1])) if who else example),
    ]
    return "\n".join(lines) + "\n"


def _member(name: str, email: str, handle: str) -> Iterator[str]:
    yield f"[team.{store_settings.table_name(handle)}]"
    yield f"name = {json.dumps(name, ensure_ascii=False)}"
    yield f"email = {json.dumps(email, ensure_ascii=False)}"
    yield 'role = "sales"'


def _how_to_write(today: date, owner: str) -> str:
    """The page with an example of a record."""
    name = f"C{today:%Y%m%d}001"
    example = _EXAMPLE.format(id=name, owner=owner)
    begin = _("Each customer is a file in this folder or a subfolder: `records/{id}.yaml`.").format(id=name)
    end = _(
        "The id is C, a date, and three to six digits or capital letters. `crmtext check` shows what is "
        "wrong and how to fix it."
    )
    return f"{begin}\n\n```yaml\n{example}```\n\n{end}\n"


def _commit_sample(repo: Repository, content: Mapping[str, str], today: date) -> int:
    """Commit the sample's history and return the number of commits; the first also holds the store's other files."""
    members = store_settings.read(content[SETTINGS].encode()).team
    who = identity(repo)
    records = sample.files(today)
    others = {path: text for path, text in content.items() if path not in records}
    steps: list[fast_import.Step] = []
    for step in sample.history(today):
        texts: dict[str, str | None] = {**(others if not steps else {}), **step.files}
        if settings := texts.get(SETTINGS):
            texts[SETTINGS] = _with_user(settings, who)
        author = members[step.author]
        steps.append(fast_import.Step((author.name, author.emails[0]), step.when, step.message, encoded(texts)))
    fast_import.write(repo, steps)
    return len(steps)


def encoded(texts: Mapping[str, str | None]) -> Mapping[str, bytes | None]:
    """Return the files as bytes."""
    return {path: text.encode() if text is not None else None for path, text in texts.items()}


def install_hooks(repo: Repository) -> tuple[tuple[str, ...], str]:
    """Install hooks and merge driver; return their names, or no names and the reason."""
    merge_driver.install(repo)
    try:
        hooks.install(repo)
    except CrmError as error:
        return (), f"{error.problem.message}\n{error.problem.hint}"
    return (*(hook.name for hook in hooks.status(repo)), merge_driver.NAME), ""
