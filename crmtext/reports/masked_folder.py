"""The folder of masked reports: it holds a file that says so, and never a page that isn't masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import layout
from crmtext.disk import files
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.reports import REPORTS, named_pages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: The same in every language, so that `--check` compares reports only.
_TEXT = (
    b"The files in this folder are masked: crmtext report --mask\n"
    + "此文件夹中的文件已脱敏：crmtext report --mask\n".encode()
)


def check(folder: Path, within: Path | None, templates: Mapping[str, str], *, mask: bool) -> None:
    """Raise CrmError if a folder holds reports of the other kind: masked ones, or with `mask` full ones."""
    there = files.listed(folder, within=within)
    is_masked = layout.MASKED in there
    if is_masked == mask:
        return
    if mask and not any(_is_report(name, (*REPORTS, *named_pages.labels(templates))) for name in there):
        return
    message = _("'{path}' holds masked reports") if is_masked else _("'{path}' holds reports that are not masked")
    hint = _("name another folder with -o, or delete this one")
    raise usage("masked-folder", message.format(path=files.near(folder)), hint)


def mark(folder: Path, within: Path | None) -> None:
    """Write the file that says that a folder's reports are masked, before the first of them."""
    files.make_folder(folder, within=within)
    path = folder / layout.MASKED
    if files.read(path, within=within or folder) is None:
        files.write(path, _TEXT, None, within=within or folder)


def _is_report(name: str, reports: tuple[str, ...]) -> bool:
    """Whether a name is that of a page, a table or a folder of reports: index.html, value-top.csv, customers."""
    return any(name == report or name.startswith((f"{report}.", f"{report}-")) for report in reports)
