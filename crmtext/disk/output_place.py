"""The places that `-o` may write to: anywhere but the parts of the store that a command could damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import layout
from crmtext.disk import files
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from pathlib import Path

_GIT = ".git"
#: The parts of a store, besides reports.
_PARTS = frozenset({
    layout.RECORDS, layout.SCHEMA_FOLDER, layout.TEMPLATES, layout.MAPPINGS, layout.SETTINGS, layout.GIT_IGNORE,
    layout.GIT_ATTRIBUTES, layout.PRIVACY, layout.HIDDEN, _GIT,
})  # fmt: skip


def check_place(path: Path, store: Path, *, is_folder: bool = False) -> None:
    """Raise CrmError if a path, whatever links lead there, is a part of a store or of a repository."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:
        # Python 3.11 has a RuntimeError for links in a circle.
        message = _("the links at '{path}' lead in a circle").format(path=files.near(path))
        raise usage(
            "output-place", message, _("name another place, such as: {option}").format(option="-o ../customers/")
        ) from error
    own = files.trusted(real, store)
    others = [folder for folder in real.parents if (folder / layout.SETTINGS).is_file()]
    inside = [real.relative_to(folder).parts[0].casefold() for folder in (own, *others) if folder and folder != real]
    if own == real or not _PARTS.isdisjoint(inside) or _GIT in map(str.casefold, real.parts):
        message = _("'{path}' is part of the store").format(path=files.near(path))
        name = f"{path.name}/" if is_folder or path.is_dir() else path.name
        elsewhere = quoted("../customers/" if own == real else f"../{name}")
        raise usage(
            "output-place", message, _("name another place, such as: {option}").format(option=f"-o {elsewhere}")
        )
