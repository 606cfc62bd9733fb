"""The templates of a store's own, which take the place of the shipped ones of the same name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext import lazy
from crmtext.i18n import _
from crmtext.problem import CrmError, Place, cannot
from crmtext.reports.site import STYLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = "templates"
_NAME = lazy.pattern(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.j2")
_MAX_BYTES = 128 * 1024


def read(root: Path) -> Mapping[str, str]:
    """The templates and the style sheet in a store's folder `templates/`, by name; other files there are left alone."""
    folder = root / FOLDER
    if not folder.is_dir():
        return {}
    names = sorted(each.name for each in folder.iterdir() if _NAME.fullmatch(each.name) or each.name == STYLE)
    return {name: _text(folder / name, root.resolve()) for name in names}


def _text(path: Path, root: Path) -> str:
    name = path.name
    # By its real path: a link must not make a page show what lies elsewhere on the disk.
    if not path.resolve().is_relative_to(root / FOLDER) or not path.is_file():
        raise refusal(name, _("{path} is not a file inside the store").format(path=f"{FOLDER}/{name}"))
    if path.stat().st_size > _MAX_BYTES:
        raise refusal(name, _("{file} has more than {n} bytes").format(file=f"{FOLDER}/{name}", n=_MAX_BYTES))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(name, _("{file} is not UTF-8").format(file=f"{FOLDER}/{name}")) from None
    if path.name == STYLE and re.search(r"</style|<!--", text, re.IGNORECASE):
        raise refusal(name, _("a style sheet holds no mark-up"))
    return text


def refusal(name: str, said: str, line: int = 0) -> CrmError:
    """The error of a store's template that cannot be used."""
    hint = _("mend it, or take it away: the template that ships with crmtext is used then")
    return cannot("template", said, hint, Place(f"{FOLDER}/{name}", line))
