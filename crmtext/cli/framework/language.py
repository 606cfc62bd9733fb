"""The language of the output, Click's messages included."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def parse(name: str | None) -> str | None:
    """Return the language of a word such as `zh`, `zh_CN.UTF-8` or `en-GB`; None if it is not supported."""
    short = (name or "").strip().lower().replace("-", "_").partition("_")[0].partition(".")[0]
    return short if short in i18n.LANGUAGES else None


def requested(option: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the language of `--lang`, else of `CRMTEXT_LANG`; None to use the settings or the locale."""
    return parse(option) or parse(environment.get("CRMTEXT_LANG"))


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Set the language for a block; `speak` may change it within."""
    before = os.environ.get("LANGUAGE")
    try:
        with i18n.speaking(name):
            speak(name)
            yield
    finally:
        os.environ.pop("LANGUAGE")
        os.environ.update({"LANGUAGE": before} if before is not None else {})


def speak(name: str) -> None:
    """Set the language for the rest of the run."""
    i18n.use(name)
    # Click uses the stdlib's gettext, in the domain bound here and the language of LANGUAGE.
    os.environ["LANGUAGE"] = name
    if name == "en":
        # The message ids are English: no catalogue is needed.
        return
    import gettext

    gettext.bindtextdomain("crmtext", str(Path(i18n.__file__).parent / "locale"))
    gettext.textdomain("crmtext")
