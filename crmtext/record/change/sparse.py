"""Changes of records that a sparse checkout keeps off the disk: in the commit only, or on the disk from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import Repository, head
from crmtext.i18n import _
from crmtext.problem import Place, Problem, Severity
from crmtext.storage.journal import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.sources import Absent


class Placed(NamedTuple):
    """Where a change happens: these parts on the disk, these paths in the commit only or revealed to git."""

    parts: tuple[Part, ...]
    kept_off: tuple[str, ...] = ()
    revealed: tuple[str, ...] = ()


def placed(absent: Absent, parts: Iterable[Part], *, committed: bool) -> Placed:
    """The parts as they are done to the disk.

    What is committed stays off it, under another name in the same folder as well. Else it is written there, as git
    does with a file that is touched, for the next commit to take in.
    """
    every = tuple(parts)
    if not absent.entries:
        return Placed(every)
    off = [part for part in every if part.before is not None and part.path in absent.entries]
    if not committed:
        rest = [part for part in every if part not in off]
        written = [Part(part.path, None, part.after) for part in off if part.after is not None]
        return Placed((*rest, *written), (), tuple(part.path for part in off))
    folders = {_folder(part.path) for part in off if part.after is None}
    off += [part for part in every if part.before is None and _folder(part.path) in folders]
    return Placed(tuple(part for part in every if part not in off), tuple(part.path for part in off))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def reveal(absent: Absent, done: Placed) -> None:
    """Have git look at what is on the disk from now on, or is to be missing there."""
    if done.revealed and absent.repository:
        from crmtext.storage import user_index

        user_index.reveal(absent.repository, [absent.repository.prefix + path for path in done.revealed])


def hide(repo: Repository | None, done: Placed) -> None:
    """Have git not miss what was on the disk for a change only that is undone: the last commit has it."""
    from crmtext.storage import commit, user_index

    gone = [part.path for part in done.parts if part.after is None]
    if repo and gone:
        held = commit.entries(repo, head(repo), [repo.prefix + path for path in gone])
        if held:
            user_index.reveal(repo, held, again=True)


def told(done: Placed) -> Iterator[Problem]:
    """What a user of a sparse checkout has to know about each of the files."""
    for path in done.kept_off:
        message = _("outside the sparse checkout: changed in the commit, not on disk")
        yield Problem("sparse-checkout", message, Place(path), severity=Severity.WARNING)
    for path in done.revealed:
        message = _("outside the sparse checkout: changed on disk, not committed")
        hint = _("after the commit: git sparse-checkout reapply")
        yield Problem("sparse-checkout", message, Place(path), hint, Severity.WARNING)
