"""Changes of records outside of a sparse checkout: only in the commit, or written to the disk."""

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
    """The parts to write to the disk, the paths only in the commit, and the paths that git must look at from now on."""

    parts: tuple[Part, ...]
    kept_off: tuple[str, ...] = ()
    revealed: tuple[str, ...] = ()


def placed(absent: Absent, parts: Iterable[Part], *, committed: bool) -> Placed:
    """Return where to write the parts.

    A committed change stays off the disk, even if it renames the record within its folder. Otherwise the file is
    written to the disk for the next commit, as git does with a file that is touched.
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
    """Make git look at the files on the disk again, including deleted ones."""
    if done.revealed and absent.repository:
        from crmtext.storage import user_index

        user_index.reveal(absent.repository, [absent.repository.prefix + path for path in done.revealed])


def hide(repo: Repository | None, done: Placed) -> None:
    """Mark files that were on the disk for an undone change only as outside of the sparse checkout again."""
    from crmtext.storage import commit, user_index

    gone = [part.path for part in done.parts if part.after is None]
    if repo and gone:
        held = commit.entries(repo, head(repo), [repo.prefix + path for path in gone])
        if held:
            user_index.reveal(repo, held, again=True)


def warnings(done: Placed) -> Iterator[Problem]:
    """Yield a warning for each file that is outside of the sparse checkout."""
    for path in done.kept_off:
        message = _("outside the sparse checkout: changed in the commit, not on disk")
        yield Problem("sparse-checkout", message, Place(path), severity=Severity.WARNING)
    for path in done.revealed:
        message = _("outside the sparse checkout: changed on disk, not committed")
        hint = _("after the commit: git sparse-checkout reapply")
        yield Problem("sparse-checkout", message, Place(path), hint, Severity.WARNING)
