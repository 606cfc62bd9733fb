"""The names of the persons of a whole store, looked for in free text at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.sealing import forms
from crmtext.values import lazy
from crmtext.values.surnames import family_of

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A Chinese name is looked for if it has a family name: others may be ordinary words, such as 采购.
_CHINESE = lazy.pattern(r"[㐀-鿿]{2,4}")
#: Another name is looked for if it has two words: one alone may be any word.
_WORDS = lazy.pattern(r"[^\W\d_㐀-鿿]{2,}(?: [^\W\d_㐀-鿿]{2,}){1,2}")
_WORD = lazy.pattern(r"[^\W\d_㐀-鿿]+")


class People:
    """Finds the names of many persons in texts; the time doesn't depend on how many they are."""

    def __init__(self, names: Iterable[str]) -> None:
        known = {" ".join(name.split()) for name in names}
        self._chinese = frozenset(name for name in known if _CHINESE.fullmatch(name) and _has_family(name))
        self._starts = frozenset(name[0] for name in self._chinese)
        self._others = {name.casefold(): name for name in known if _WORDS.fullmatch(name)}

    def words(self, texts: Iterable[str]) -> dict[str, str]:
        """Return the names that occur in some texts, each with its masked form."""
        return {name: forms.name(name) for text in texts for name in (*self._in_chinese(text), *self._in_words(text))}

    def _in_chinese(self, text: str) -> Iterable[str]:
        starts = [at for at, character in enumerate(text) if character in self._starts]
        return (name for at in starts for length in (4, 3, 2) if (name := text[at : at + length]) in self._chinese)

    def _in_words(self, text: str) -> Iterable[str]:
        if not self._others:
            return
        words = _WORD.findall(text.casefold())
        for at in range(len(words) - 1):
            for length in (3, 2):
                if name := self._others.get(" ".join(words[at : at + length])):
                    yield name


def _has_family(name: str) -> bool:
    return len(name) > len(family_of(name)) > 0
