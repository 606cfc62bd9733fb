"""Making a store: its files, its repository, its hooks, and with the sample its history."""

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
from crmtext.layout import GIT_ATTRIBUTES, GIT_IGNORE, RECORDS, SCHEMA, SETTINGS
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
# Records have Unix line ends everywhere, so that a change of one line stays one line.
*.yaml text eol=lf
# Two versions of a record are merged by what they say: `crmtext hooks install` in each clone.
{merge_driver.ATTRIBUTE}
"""
_IGNORED = """\
# Reports are made again from the records at any time.
/reports/
# Passing files of crmtext itself.
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


class Made(NamedTuple):
    """What `init` did: files written, files that were there and stay, commits of the sample, hooks installed."""

    root: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]
    commits: int
    hooks: tuple[str, ...]
    #: Whether git knows who is at the keyboard, who then is on the team.
    known: bool = True
    #: Why there are no hooks; empty if there are.
    hook_trouble: str = ""
    #: The new settings; None where they were there already.
    settings: Settings | None = None
    #: The branch that is pushed.
    branch: str = "main"


def init(folder: Path, *, with_sample: bool) -> Made:
    """Make a store in a folder. What is there already stays; a folder that is a store already is refused."""
    refuse_a_second(folder)
    with files.plainly(folder):
        folder.mkdir(parents=True, exist_ok=True)
    repo = repository_of_its_own(folder) if with_sample else repository(folder) or create(folder)
    clone.refuse_empty(repo)
    today = clock.today(sample_zone() if with_sample else None)
    content = contents(repo, today, with_sample=with_sample)
    kept = tuple(path for path in content if (folder / path).exists())
    written = tuple(path for path in content if path not in kept)
    _write(folder, {path: content[path] for path in written})
    made = _commit_sample(repo, content, today) if with_sample else 0
    installed, trouble = install_hooks(repo)
    return Made(
        folder,
        written,
        kept,
        made,
        installed,
        identity(repo) is not None,
        trouble,
        store_settings.read(content[SETTINGS].encode()) if SETTINGS in written else None,
        branch(repo) or "main",
    )


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files that are not there; the settings last, for what has them is a store and is not made once more."""
    for path in sorted(texts, key=lambda path: path == SETTINGS):
        # What an attempt that was killed has left.
        files.sweep((folder / path).parent, within=folder)
        files.write(folder / path, texts[path].encode(), None, within=folder)


def refuse_a_second(folder: Path) -> None:
    """Refuse to make a store of a store, or inside one that git knows as the same repository."""
    for each in (folder, *folder.parents):
        if (each / SETTINGS).exists():
            message = _("{folder} is already a store").format(folder=each)
            hint = _("for a new clone: crmtext hooks install; otherwise choose another folder")
            raise cannot("store-exists", message, hint)
        if (each / ".git").exists():
            return


def repository_of_its_own(folder: Path) -> Repository:
    """The repository of the sample, whose history is dated back: it must not go on top of somebody's own."""
    found = repository(folder)
    started = found is not None and found.top == folder.resolve()
    if any(each.name != ".git" for each in folder.iterdir()) or (found and started and head(found)):
        message = _("{folder} is not empty").format(folder=folder)
        raise cannot("folder-not-empty", message, _("choose a new folder"))
    return found if found and started else create(folder)


def sample_zone() -> str:
    """The time zone of the sample, whose day must not be in its future."""
    return store_settings.read(sample.files(sample.ANCHOR)[SETTINGS].encode()).timezone


def contents(repo: Repository, today: date, *, with_sample: bool) -> Mapping[str, str]:
    """The files of a new store by path."""
    who = identity(repo)
    owner = handle_of(who[1]) if who and not with_sample else "lilei"
    base = {
        SETTINGS: settings_text(who),
        SCHEMA: layout.shipped(SCHEMA).read_text(encoding="utf-8"),
        GIT_ATTRIBUTES: _ATTRIBUTES,
        GIT_IGNORE: _IGNORED,
        **editors.files(),
        f"{RECORDS}/README.md": _how_to_write(today, owner),
    }
    for source in sorted(layout.shipped("hooks").iterdir()):
        base[f"hooks/{source.name}"] = source.read_text(encoding="utf-8")
    if not with_sample:
        return base
    shown = sample.files(today)
    return {**base, **shown, SETTINGS: joined(shown[SETTINGS], who)}


def joined(text: str, who: tuple[str, str] | None) -> str:
    """The sample's settings with the person at the keyboard on the team, unless they are there already."""
    settings = store_settings.read(text.encode())
    if who is None or settings.member(who[1]) or settings.member(who[0]):
        return text
    handle = handle_of(who[1])
    taken = next(name for name in chain((handle,), (f"{handle}{n}" for n in count(2))) if name not in settings.team)
    before, sign, after = text.partition("[status.transitions]")
    return before + "\n".join(_member(*who, taken)) + "\n\n" + sign + after


def settings_text(who: tuple[str, str] | None) -> str:
    """The settings of a new store, with the person at the keyboard on the team."""
    example = ["# [team.lilei]", '# name = "李雷"', '# email = "lilei@example.com"']
    lines = [
        _("# The settings of this store. All of them have defaults."),
        "[store]",
        _("# The language of texts in records, commit messages and reports (en, zh)."),
        f'language = "{language()}"',
        *([f'timezone = "{zone}"'] if (zone := clock.of_machine()) else []),
        'currency = "CNY"',
        _("# auto: each writing command commits exactly what it changed; never: you commit."),
        'commit = "auto"',
        "",
        _("# The team: one table per colleague. A git identity is recognised by its e-mail address."),
        *(_member(*who, handle_of(who[1])) if who else example),
    ]
    return "\n".join(lines) + "\n"


def _member(name: str, email: str, handle: str) -> Iterator[str]:
    yield f"[team.{store_settings.table_name(handle)}]"
    yield f"name = {json.dumps(name, ensure_ascii=False)}"
    yield f"email = {json.dumps(email, ensure_ascii=False)}"
    yield 'role = "sales"'


def _how_to_write(today: date, owner: str) -> str:
    """The page that shows how a first record looks."""
    name = f"C{today:%Y%m%d}001"
    example = _EXAMPLE.format(id=name, owner=owner)
    begin = _("Each customer is a file in this folder or a subfolder: `records/{id}.yaml`.").format(id=name)
    end = _(
        "The id is C, a date, and three to six digits or capital letters. `crmtext check` shows what is "
        "wrong and how to fix it."
    )
    return f"{begin}\n\n```yaml\n{example}```\n\n{end}\n"


def _commit_sample(repo: Repository, content: Mapping[str, str], today: date) -> int:
    """Make the sample's history; the first commit also holds the store's other files."""
    members = store_settings.read(content[SETTINGS].encode()).team
    who = identity(repo)
    steps = sample.history(today)
    records = sample.files(today)
    rest = {path: text for path, text in content.items() if path not in records}
    fast_import.write(
        repo,
        (
            fast_import.Step(
                (members[step.author].name, members[step.author].emails[0]),
                step.when,
                step.message,
                encoded({**(rest if number == 0 else {}), **_joined(step.files, who)}),
            )
            for number, step in enumerate(steps)
        ),
    )
    return len(steps)


def _joined(texts: Mapping[str, str | None], who: tuple[str, str] | None) -> Mapping[str, str | None]:
    """The files of a step; where the settings are among them, with the person at the keyboard on the team."""
    settings = texts.get(SETTINGS)
    return {**texts, SETTINGS: joined(settings, who)} if settings else texts


def encoded(texts: Mapping[str, str | None]) -> Mapping[str, bytes | None]:
    """The same files as bytes."""
    return {path: text.encode() if text is not None else None for path, text in texts.items()}


def install_hooks(repo: Repository) -> tuple[tuple[str, ...], str]:
    """The names of the hooks that are installed now, the merge driver's among them; or none and why not."""
    merge_driver.install(repo)
    try:
        hooks.install(repo)
    except CrmError as error:
        return (), f"{error.problem.message}\n{error.problem.hint}"
    return (*(hook.name for hook in hooks.status(repo)), merge_driver.NAME), ""
