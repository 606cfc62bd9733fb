"""Read a store's own templates, which replace the shipped ones of the same name."""

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

#: The style sheet among the templates; a store's own is added after the shipped one.
STYLE = "style.css"
_NAME = lazy.pattern(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.j2")
_MAX_BYTES = 128 * 1024
_MAX_ALL = 1024 * 1024


def read(root: Path) -> Mapping[str, str]:
    """Return the templates and the style sheet in a store's `templates/`, by name; other files are ignored."""
    try:
        there = files.listed(root / TEMPLATES, within=root)
    except CrmError as error:
        raise cannot("template", error.problem.message, error.problem.hint, Place(TEMPLATES)) from None
    names = [name for name in there if _NAME.fullmatch(name) or name == STYLE]
    texts: dict[str, str] = {}
    total = 0
    for name in names:
        texts[name] = _text(root, name)
        total += len(texts[name])
        if total > _MAX_ALL:
            raise template_error(name, _("{file} is larger than {n} bytes").format(file=TEMPLATES, n=_MAX_ALL))
    return texts


def _text(root: Path, name: str) -> str:
    try:
        # A symlink must not show files from outside the store in a page.
        raw = files.read(root / TEMPLATES / name, within=root, limit=_MAX_BYTES) or b""
    except CrmError as error:
        if error.problem.rule == "file-too-large":
            message = _("{file} is larger than {n} bytes").format(file=f"{TEMPLATES}/{name}", n=_MAX_BYTES)
        else:
            message = _("{path} is not a file inside the store").format(path=f"{TEMPLATES}/{name}")
        raise template_error(name, message) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise template_error(name, _("{file} is not UTF-8").format(file=f"{TEMPLATES}/{name}")) from None
    if name == STYLE and re.search(r"</style|<!--", text, re.IGNORECASE):
        raise template_error(name, _("markup is not allowed in a style sheet"))
    return text


def template_error(name: str, reason: str, line: int = 0, hint: str = "") -> CrmError:
    """Return the error for a template of the store that can't be used."""
    return cannot("template", reason, hint or _("fix or remove it"), Place(f"{TEMPLATES}/{name}", line))
