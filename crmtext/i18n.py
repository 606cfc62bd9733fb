"""The two languages: gettext at run time, English as the message id."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from gettext import NullTranslations

LANGUAGES = ("en", "zh")
_language: ContextVar[str] = ContextVar("crmtext_language", default="en")


def language() -> str:
    """The language in use: `en` or `zh`."""
    return _language.get()


def use(name: str) -> None:
    """Set the language for the rest of the run."""
    _language.set(name)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Set the language for a block; an empty name keeps the one in use."""
    token = _language.set(name or _language.get())
    try:
        yield
    finally:
        _language.reset(token)


def from_locale(environment: Mapping[str, str] = os.environ) -> str:
    """The language that the locale's variables select."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def _catalogue(name: str) -> NullTranslations:
    # English needs no catalogue, so `gettext` is loaded for Chinese only.
    import gettext

    folder = Path(__file__).parent / "locale"
    return gettext.translation("crmtext", folder, languages=[name], fallback=True)


def translations(message: str) -> dict[str, str]:
    """A message in every language."""
    return {name: message if name == "en" else _catalogue(name).gettext(message) for name in LANGUAGES}


def _(message: str) -> str:
    """The message in the language in use."""
    name = _language.get()
    return message if name == "en" else _catalogue(name).gettext(message)


def plural(one: str, many: str, count: int, **names: str) -> str:
    """The message's form for this count in the language in use, with `{n}` and the names filled in."""
    name = _language.get()
    form = (one if count == 1 else many) if name == "en" else _catalogue(name).ngettext(one, many, count)
    return form.format(n=count, **names)


def bracketed(what: object, more: object) -> str:
    """Return `what (more)` with the brackets of the language in use."""
    return _("{what} ({more})").format(what=what, more=more)


def pick(texts: Mapping[str, str]) -> str:
    """Return the text in the language in use, else in the other, from texts by language such as a schema's labels."""
    return texts.get(_language.get()) or texts.get("en") or next(iter(texts.values()), "")


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a message for the catalogue and return it unchanged."""
    return message
