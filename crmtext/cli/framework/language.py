"""Which language the program speaks, Click's own words included."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def recognised(name: str | None) -> str | None:
    """The language that a word such as `zh`, `zh_CN.UTF-8` or `en-GB` means; None if it is none of ours."""
    short = (name or "").strip().lower().replace("-", "_").partition("_")[0].partition(".")[0]
    return short if short in i18n.LANGUAGES else None


def chosen(option: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """The language that was asked for: `--lang`, else `CRMTEXT_LANG`; None leaves it to the settings and the locale."""
    return recognised(option) or recognised(environment.get("CRMTEXT_LANG"))


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak this language for the length of a block, or what `speak` chooses within it."""
    before = os.environ.get("LANGUAGE")
    try:
        with i18n.speaking(name):
            speak(name)
            yield
    finally:
        os.environ.pop("LANGUAGE")
        os.environ.update({"LANGUAGE": before} if before is not None else {})


def speak(name: str) -> None:
    """Speak this language from now on."""
    i18n.use(name)
    # Click asks the stdlib's gettext for its words, in the domain bound here, in the language that LANGUAGE names.
    os.environ["LANGUAGE"] = name
    if name == "en":
        # Its words are the message ids: no catalogue is looked for in vain.
        return
    import gettext

    gettext.bindtextdomain("crmtext", str(Path(i18n.__file__).parent / "locale"))
    gettext.textdomain("crmtext")
