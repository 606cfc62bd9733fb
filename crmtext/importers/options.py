"""The options of `crmtext import`, as typed, and the command line that types them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Pairs = tuple[tuple[str, str], ...]


class ReadOptions(NamedTuple):
    """How to read the files."""

    #: The only sheet to read of workbooks; empty for all.
    sheet: str = ""
    encoding: str = ""
    #: The row number of the header; 0 to find it.
    header_row: int = 0
    #: Whether `01/02/2024` is the first of February; None if neither is typed.
    day_first: bool | None = None


class Options(NamedTuple):
    """The import as typed; pairs hold both sides of an equals sign."""

    sources: tuple[str, ...]
    read: ReadOptions = ReadOptions()
    #: The profile or saved mapping; empty to detect it.
    profile: str = ""
    #: Columns with their fields.
    maps: Pairs = ()
    drops: tuple[str, ...] = ()
    #: The name under which to save the mapping.
    save: str = ""
    #: Fields with a value, or `@COLUMN`.
    defaults: Pairs = ()
    #: Columns and their values, such as `级别:重点`, with the values that they mean.
    meanings: Pairs = ()
    #: Names in the files with the colleagues they mean.
    people: Pairs = ()
    #: `list`, `ours` or `theirs`.
    on_conflict: str = "list"
    #: Rows, or names of customers, with the ids or rows of the customers that they are.
    same: Pairs = ()
    #: Rows that are no duplicates; `all` stands for all.
    not_same: tuple[str, ...] = ()
    #: Commits that count as imports of the source, although their hashes don't fit.
    bases: tuple[str, ...] = ()
    partial: bool = False
    with_deletions: bool = False
    where: str = ""


#: The options that may be repeated: pairs, and texts.
PAIRS = {"--map": "maps", "--default": "defaults", "--value": "meanings", "--people": "people", "--same": "same"}
_TEXTS = {"--drop": "drops", "--not-same": "not_same", "--base": "bases"}


def pair(option: str, typed: str) -> tuple[str, str]:
    """Return both sides of a typed pair. Raises CrmError if it isn't one."""
    text = typed.replace("＝", "=")
    # Only the values of defaults may hold an equals sign; elsewhere the file's own text does.
    name, equals, value = text.partition("=") if option == "--default" else text.rpartition("=")
    if not equals or not name.strip() or not value.strip():
        raise usage("no-assignment", _("{option} takes NAME=VALUE, not '{value}'").format(option=option, value=typed))
    return name.strip(), value.strip()


def split(answer: str) -> list[tuple[str, str]]:
    """Return the options of an answer, each with its value: `--default owner=hanmei --partial`."""
    words = shlex.split(answer)
    options = [at for at, word in enumerate(words) if word.startswith("--")]
    return [(words[at], " ".join(words[at + 1 : end])) for at, end in zip(options, [*options[1:], None], strict=True)]


def with_answer(options: Options, answer: str) -> Options:
    """Return the options with those of an answer, as a question offers it: `--default owner=hanmei`."""
    for option, value in split(answer):
        options = _with(options, option, value)
    return options


def _with(options: Options, option: str, value: str) -> Options:
    change: dict[str, Any] = {option.removeprefix("--").replace("-", "_"): value or True}
    if name := PAIRS.get(option):
        new = pair(option, value)
        # The columns of a default add up; else the last answer counts.
        kept = (have for have in getattr(options, name) if have[0] != new[0] or _adds_up(option, have, new))
        change = {name: (*kept, *([new] if new not in getattr(options, name) else []))}
    elif name := _TEXTS.get(option):
        change = {name: (*getattr(options, name), value)}
    elif option in ("--day-first", "--month-first"):
        change = {"read": options.read._replace(day_first=option == "--day-first")}
    return options._replace(**change)


def _adds_up(option: str, have: tuple[str, str], new: tuple[str, str]) -> bool:
    return have == new or (option == "--default" and (have[1].startswith("@") or new[1].startswith("@")))


def command(options: Options, sources: Iterable[str], more: Iterable[str] = ()) -> str:
    """Return the command line that types the options, and more words."""
    words = (quoted(word) for word in ("crmtext", "import", *sources, *_words(options), *more))
    return " ".join(words)


def _words(options: Options) -> Iterator[str]:
    read = options.read
    single = {
        "--from": options.profile, "--save": options.save, "--sheet": read.sheet, "--encoding": read.encoding,
        "--header-row": str(read.header_row or ""), "--where": options.where,
        "--on-conflict": options.on_conflict.replace("list", ""),
    }  # fmt: skip
    for option, name in PAIRS.items():
        for left, right in getattr(options, name):
            yield from (option, f"{left}={right}")
    for option, name in _TEXTS.items():
        for value in getattr(options, name):
            yield from (option, value)
    for option, value in single.items():
        if value:
            yield from (option, value)
    if read.day_first is not None:
        yield "--day-first" if read.day_first else "--month-first"
    if options.partial:
        yield "--partial"
    if options.with_deletions:
        yield "--with-deletions"
