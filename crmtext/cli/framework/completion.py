"""Shell completion: the words to offer for a parameter, by its name in any command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from crmtext.problem import CrmError
from crmtext.terminal.quoting import is_plain
from crmtext.terminal.width import printable

if TYPE_CHECKING:
    from crmtext.store import Store

#: A word to offer and what it means.
Word = tuple[str, str]


class Asked(NamedTuple):
    """The state of the command line: the store, the start of the word, and the words before it."""

    store: Store | None
    typed: str
    command: str
    given: Mapping[str, Any]


Offer = Callable[[Asked], Iterable[Word]]

#: The function that offers words for a parameter; loaded when Tab is pressed.
OFFERS: Mapping[str, str] = MappingProxyType(
    {
        "customer": "customers",
        "one": "customers",
        "other": "customers",
        "named": "customers",
        "reasons": "customers",
        "owner": "colleagues",
        "by": "colleagues",
        "whose": "colleagues",
        "giver": "colleagues",
        "taker": "active_colleagues",
        "rest": "active_colleagues",
        "status": "statuses",
        "new": "statuses",
        "type_": "types",
        "channel": "channels",
        "outcome": "outcomes",
        "direction": "directions",
        "category": "categories",
        "select": "rules",
        "ignore": "rules",
        "topic": "topics",
        "view": "views",
        "columns": "columns",
        "groups": "groups",
        "measures": "measures",
        "period": "periods",
        "sort": "columns",
        "list_": "lists",
        "field": "keys",
        "given": "assignments",
        "assignments": "assignments",
        "setting": "settings",
        "products": "products",
        "kinds": "due_kinds",
        "names": "reports",
        "words": "helped",
        "paths": "records",
    }
)
#: Parameters that take several words, separated by commas.
_LISTS = frozenset({"columns", "groups", "measures"})
#: The most words to offer.
_MOST = 60


class Bash(BashComplete):
    """Completion for bash, which splits words at `=` and replaces only the part after it."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor and the one at it, with `FIELD=VALUE` as one word."""
        args, typed = super().get_completion_args()
        words: list[str] = []
        for word in (*args, typed):
            if words and not words[-1].startswith("-") and (word == "=" or words[-1].endswith("=")):
                words[-1] += word
            else:
                words.append(word)
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return the word as bash inserts it."""
        return f"{item.type},{str(item.value).rpartition('=')[2] or item.value}"


add_completion_class(Bash)


class Completion(click.types.StringParamType):
    """A text parameter that the shell completes with words of the store."""

    def __init__(self, offer: str) -> None:
        self.offer = offer

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - Click's
        """Return the words that start as typed; none if the store can't be read."""
        offer: Offer = getattr(import_module("crmtext.cli.framework.completions"), self.offer)
        # Only the part after the last comma is completed, as in `--columns id,na`.
        done, comma, last = incomplete.rpartition(",") if self.offer in _LISTS else ("", "", incomplete)
        try:
            asked = Asked(_store(ctx), last, ctx.info_name or "", ctx.params)
            return list(_items(offer(asked), done + comma))
        except (CrmError, OSError):
            return []


def _items(words: Iterable[Word], before: str) -> Iterator[CompletionItem]:
    for word, meaning in islice((pair for pair in words if is_plain(pair[0])), _MOST):
        yield CompletionItem(before + word, help=printable(meaning, keep="") or None)


def _store(context: click.Context) -> Store | None:
    from crmtext.store import Store

    folder = context.find_root().params.get("directory") or Path()
    try:
        return Store.find(folder)
    except CrmError:
        return None


def offer(parameters: Iterable[click.Parameter]) -> None:
    """Turn on completion for the text parameters that are in the table."""
    for parameter in parameters:
        if parameter.name in OFFERS and type(parameter.type) is click.types.StringParamType:
            parameter.type = Completion(OFFERS[parameter.name])
