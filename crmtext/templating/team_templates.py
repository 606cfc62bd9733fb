"""The templates of a store's own, which take the place of the shipped ones of the same name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.disk import files
from crmtext.i18n import _
from crmtext.layout import TEMPLATES
from crmtext.problem import CrmError, Place, cannot
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: The style sheet among the templates; a store's own comes after ours.
STYLE = "style.css"
_NAME = lazy.pattern(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.j2")
_MAX_BYTES = 128 * 1024
_MAX_ALL = 1024 * 1024


def read(root: Path) -> Mapping[str, str]:
    """The templates and the style sheet in a store's folder `templates/`, by name; other files there are left alone."""
    try:
        there = files.listed(root / TEMPLATES, within=root)
    except CrmError as error:
        raise cannot("template", error.problem.message, error.problem.hint, Place(TEMPLATES)) from None
    names = [name for name in there if _NAME.fullmatch(name) or name == STYLE]
    found: dict[str, str] = {}
    total = 0
    for name in names:
        found[name] = _text(root, name)
        total += len(found[name])
        if total > _MAX_ALL:
            raise refusal(name, _("{file} is larger than {n} bytes").format(file=TEMPLATES, n=_MAX_ALL))
    return found


def _text(root: Path, name: str) -> str:
    try:
        # A link must not make a page show what lies elsewhere on the disk.
        raw = files.read(root / TEMPLATES / name, within=root, limit=_MAX_BYTES) or b""
    except CrmError as error:
        if error.problem.rule == "file-too-large":
            message = _("{file} is larger than {n} bytes").format(file=f"{TEMPLATES}/{name}", n=_MAX_BYTES)
        else:
            message = _("{path} is not a file inside the store").format(path=f"{TEMPLATES}/{name}")
        raise refusal(name, message) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(name, _("{file} is not UTF-8").format(file=f"{TEMPLATES}/{name}")) from None
    if name == STYLE and re.search(r"</style|<!--", text, re.IGNORECASE):
        raise refusal(name, _("markup is not allowed in a style sheet"))
    return text


def refusal(name: str, said: str, line: int = 0) -> CrmError:
    """The error of a store's template that cannot be used."""
    hint = _("fix it, or remove it to use the template shipped with crmtext")
    return cannot("template", said, hint, Place(f"{TEMPLATES}/{name}", line))
