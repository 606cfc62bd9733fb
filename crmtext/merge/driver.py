"""The merge driver that git runs for each file of a merge, so it imports as little as possible."""

from __future__ import annotations

import json
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext import layout
from crmtext.disk import files, safe_read
from crmtext.i18n import N_, _
from crmtext.merge.conflict_text import Names
from crmtext.merge.decide import Why
from crmtext.merge.item_keys import keys
from crmtext.merge.merge_texts import Merged, merge
from crmtext.problem import Exit
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.merge.matching import Keys

_LARGEST = 4 * 1024 * 1024
#: The message for each reason.
WHY: Mapping[Why, str] = {
    Why.CHANGED: N_("both sides changed it"),
    Why.ADDED: N_("both sides added it with different values"),
    Why.DELETED_HERE: N_("removed locally, changed remotely"),
    Why.DELETED_THERE: N_("changed locally, removed remotely"),
    Why.REORDERED: N_("both sides reordered it"),
    Why.STRANGERS: N_("two different customers in one file"),
    Why.RULE: N_("valid on each side, but not combined"),
    Why.WRITING: N_("the two changes cannot be combined safely"),
    Why.UNREADABLE: N_("one side is not valid YAML"),
}


class Contract:
    """The schema for a merged file's store; read only if the merge needs it."""

    def __init__(self, path: str) -> None:
        self.path = path

    @cached_property
    def raw(self) -> bytes | None:
        """The team's schema, or the shipped one for a store without its own; None if the file isn't a record."""
        home = _home(self.path)
        if home is not None and (content := safe_read.read(home, layout.SCHEMA, _LARGEST)) is not None:
            # An unreadable schema decides nothing.
            return content if isinstance(content, bytes) else b""
        if home is None and not f"/{self.path}".rpartition(f"/{layout.RECORDS}/")[1]:
            return None
        return layout.shipped(layout.SCHEMA).read_bytes()

    @cached_property
    def keys(self) -> Keys:
        """The keys of its lists' items; empty if the schema is unusable."""
        try:
            return keys(json.loads(self.raw or b"{}"))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return {}

    def valid(self, text: str) -> bool:
        """Whether a text is a valid record by the schema."""
        from crmtext.problem import CrmError
        from crmtext.schema import Schema
        from crmtext.text.read.load import parse

        document = parse(text.encode(), self.path)
        try:
            return not document.problems and Schema.read(self.raw or b"{}").validator.valid(document.data)
        except CrmError:
            # A broken schema can't reject anything.
            return True


def run(base: str, ours: str, theirs: str, size: str, path: str) -> int:
    """Merge three files as git's merge driver; the result overwrites `ours`."""
    contents = [Path(name).read_bytes() for name in (base, ours, theirs)]
    merged, coding = combined(contents[0], contents[1], contents[2], Contract(path), int(size))
    _replace(Path(ours), merged.text.encode(coding))
    # For criss-cross merges git first merges the ancestors, with longer markers: those conflicts aren't the user's.
    for conflict in merged.conflicts if int(size) < conflict_hunks.SIZE + 2 else ():
        from crmtext.terminal.width import printable

        place = f"{path}: {conflict.field}" if conflict.field else path
        sys.stderr.write(printable(f"{place}: {_(WHY[conflict.why])}", keep="") + "\n")
    return Exit.FOUND if merged.conflicts else Exit.FINE


def combined(
    base: bytes, ours: bytes, theirs: bytes, contract: Contract, size: int = conflict_hunks.SIZE
) -> tuple[Merged, str]:
    """Return the merge of three files' contents, and its encoding."""
    contents = (base, ours, theirs)
    try:
        texts = [content.decode() for content in contents]
        coding = "utf-8"
    except UnicodeDecodeError:
        # One character for each byte, so that a file in another encoding survives unchanged.
        texts = [content.decode("latin-1") for content in contents]
        coding = "latin-1"
    valid = contract.valid if contract.raw else None
    return merge(texts[0], texts[1], texts[2], contract.keys, Names(size=size), valid), coding


def main(arguments: Sequence[str]) -> int:
    """Run the driver with git's arguments: %O %A %B %L %P."""
    if len(arguments) != 5:
        sys.stderr.write(
            _("this command is run by git with %O %A %B %L %P; to set it up: crmtext hooks install") + "\n"
        )
        return Exit.USAGE
    return run(*arguments)


def _home(path: str) -> Path | None:
    """The store of a file; git runs a driver at the top of the work tree."""
    return next((folder for folder in Path(path).parents if (folder / layout.SETTINGS).is_file()), None)


def _replace(path: Path, content: bytes) -> None:
    # git uses the file as it is, so it must never be half written.
    with files.temporary(path) as fresh:
        fresh.write_bytes(content)
        fresh.replace(path)
