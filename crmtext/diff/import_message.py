"""The message of an import that the user commits; small, because git runs it for each `git commit -m`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.config import config_get
from crmtext.git.reading import blob_of, changed_staged
from crmtext.storage import journal
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.store import Store

_TRAILER = lazy.pattern(r"[A-Za-z][A-Za-z-]*: .*")


def imported(text: str, store: Store, *, typed: bool) -> str:
    """Return the message with that of an import, or of its undoing, if all its files are staged as it wrote them.

    A message that the user has typed gets only the trailers.
    """
    repo, last = store.git(), journal.last(store.home.own)
    if last is None or not last.transaction.message or last.commit:
        return text
    staged = {change.new or change.old: change for change in changed_staged(repo, renames=False)}
    for part in last.transaction.parts:
        change = staged.get(repo.prefix + part.path)
        # git may have staged the file with its line ends as LF.
        contents = part.after and {blob_of(repo, part.after), blob_of(repo, part.after.replace(b"\r\n", b"\n"))}
        # Else HEAD has it already, or it is another edit of the same file.
        if change is None or (change.new_blob not in contents if contents else change.new is not None):
            return text
    own = last.transaction.message
    if not typed:
        return f"{own}\n{text.lstrip()}"
    trailers = own.rstrip("\n").rpartition("\n\n")[2]
    above, _end, last_line = text.rstrip("\n").rpartition("\n")
    gap = "\n" if above and _TRAILER.fullmatch(last_line) else "\n\n"
    return text.rstrip("\n") + gap + trailers + "\n"


def encoding(store: Store) -> str:
    """Return the encoding that git expects of the message."""
    return config_get(store.git(), "i18n.commitEncoding") or "utf-8"
