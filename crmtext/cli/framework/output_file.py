"""The file of `-o FILE` for commands that print without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import absolute
from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.problem import Exit
    from crmtext.store import Store


def write(store: Store, output: Path, content: bytes, note: str = "") -> Exit:
    """Write a file outside the store's own folders, replacing an earlier one, and say where it is."""
    path = absolute(output)
    check_place(path, store.root)
    within = files.trusted(path.parent, store.root)
    files.write(path, content, files.read(path, within=within), within=within)
    return emit(Text("", note="\n".join(filter(None, (note, _("written: {path}").format(path=output))))))
