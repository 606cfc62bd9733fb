"""Text that begins with a dash: taken as text where it can be no option, else put behind `--`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_OPTION = lazy.pattern(r"--?[a-z][a-z0-9-]*", re.ASCII | re.IGNORECASE)
#: Under which a context keeps the words that were typed.
_TYPED = "crmtext.cli.framework.dashes"


def apart(context: click.Context, words: Sequence[str]) -> list[str]:
    """The words as Click reads them right: with text that begins with a dash behind `--`, after all options."""
    context.meta[_TYPED] = tuple(words)
    known = _options(context)
    ahead, text = _sorted(words, known, lambda word: not _may_be_option(word, known))
    dashes = any(word.startswith("-") and word != "-" for word in text)
    return [*ahead, "--", *text] if dashes and "--" not in words else list(words)


def as_text(error: click.NoSuchOption) -> str:
    """The command line on which a word that is no option is text; empty where it can't be meant so."""
    context = error.ctx
    if context is None or not any(isinstance(each, click.Argument) for each in context.command.params):
        return ""
    words: tuple[str, ...] = context.meta.get(_TYPED, ())
    known = _options(context)
    wrong = next((word for word in words if word.startswith(error.option_name) and not _is_known(word, known)), "")
    if not wrong or "--" in words:
        return ""
    ahead, text = _sorted(words, known, lambda word: word == wrong or not _may_be_option(word, known))
    return " ".join((context.command_path, *map(quoted, (*ahead, "--", *text))))


def _options(context: click.Context) -> Mapping[str, click.Option]:
    options = (each for each in context.command.get_params(context) if isinstance(each, click.Option))
    return {name: each for each in options for name in (*each.opts, *each.secondary_opts)}


def _is_known(word: str, known: Mapping[str, click.Option]) -> bool:
    # A value may follow a short option without a blank.
    return word.partition("=")[0] in known or (word[1:2] != "-" and word[:2] in known)


def _may_be_option(word: str, known: Mapping[str, click.Option]) -> bool:
    return _is_known(word, known) or bool(_OPTION.fullmatch(word.partition("=")[0]))


def _sorted(
    words: Sequence[str], known: Mapping[str, click.Option], is_text: Callable[[str], bool]
) -> tuple[list[str], list[str]]:
    """Options with their values, and all else."""
    ahead: list[str] = []
    text: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            text += left
        elif not word.startswith("-") or word == "-" or is_text(word):
            text.append(word)
        else:
            ahead.append(word)
            option = known.get(word)
            if option is not None and not option.is_flag and not option.count:
                ahead += [value for value in (next(left, None),) if value is not None]
    return ahead, text
