"""Text that starts with a dash: accepted if it can't be an option, else `--` is suggested."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from crmtext.cli.framework.types import Revision
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_OPTION = lazy.pattern(r"--?[a-z][a-z0-9-]*", re.ASCII | re.IGNORECASE)
#: The key of the typed words in a context's meta.
_TYPED = "crmtext.cli.framework.dashes"


def options_first(context: click.Context, words: Sequence[str]) -> list[str]:
    """Reorder the words for Click: options first, then `--` and any text that starts with a dash."""
    context.meta[_TYPED] = tuple(words)
    known = _options(context)
    ahead, text = _sorted(words, known, lambda word: not _may_be_option(word, known))
    dashes = any(word.startswith("-") and word != "-" for word in text)
    return [*ahead, "--", *text] if dashes and "--" not in words else list(words)


def as_text(error: click.NoSuchOption) -> str:
    """Return the command line with the unknown option as text after `--`; empty if it can't be text."""
    context = error.ctx
    if context is None:
        return ""
    arguments = (parameter for parameter in context.command.params if isinstance(parameter, click.Argument))
    places = [argument.nargs for argument in arguments if not isinstance(argument.type, Revision)]
    words: tuple[str, ...] = context.meta.get(_TYPED, ())
    known = _options(context)
    wrong = next((word for word in words if word.startswith(error.option_name) and not _is_known(word, known)), "")
    if not wrong or "--" in words:
        return ""
    ahead, text = _sorted(words, known, lambda word: word == wrong or not _may_be_option(word, known))
    if -1 not in places and len(text) > sum(places):
        return ""
    return " ".join((context.command_path, *map(quoted, (*ahead, "--", *text))))


def _options(context: click.Context) -> Mapping[str, click.Option]:
    options = (option for option in context.command.get_params(context) if isinstance(option, click.Option))
    return {name: option for option in options for name in (*option.opts, *option.secondary_opts)}


def _is_known(word: str, known: Mapping[str, click.Option]) -> bool:
    # A value may follow a short option without a space.
    return word.partition("=")[0] in known or (word[1:2] != "-" and word[:2] in known)


def _may_be_option(word: str, known: Mapping[str, click.Option]) -> bool:
    return _is_known(word, known) or bool(_OPTION.fullmatch(word.partition("=")[0]))


def _sorted(
    words: Sequence[str], known: Mapping[str, click.Option], is_text: Callable[[str], bool]
) -> tuple[list[str], list[str]]:
    """Split the words into options with their values, and the rest."""
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
