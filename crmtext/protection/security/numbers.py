"""Examine all objects of the repository for resident IDs and bank cards, also those that no branch reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.plumbing import run
from crmtext.git.reading import objects
from crmtext.i18n import _, plural
from crmtext.setup.doctor.finding import Finding, State
from crmtext.text import any_file
from crmtext.text.secret_numbers import in_prose, masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Stored
    from crmtext.setup.doctor.patient import Patient

_NAME = "numbers"
#: Of larger objects, the beginning is searched.
_LARGEST = 32 * 1024 * 1024
#: How many objects are named.
_MOST = 5


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield an error with the number of objects that contain such numbers."""
    repo = patient.repository
    if repo is None:
        return
    listed = (
        run(repo, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").decode().split("\n")
    )
    kinds = dict(line.split(" ") for line in listed if line)
    wanted = [id_ for id_, kind in kinds.items() if kind != "tree"]
    hits = [
        (kinds[id_], id_) for id_, stored in zip(wanted, objects(repo, wanted, _LARGEST), strict=True) if _has(stored)
    ]
    if not hits:
        count = plural("none in {n} object of the history", "none in {n} objects of the history", len(wanted))
        yield Finding(_NAME, State.FINE, count)
        return
    message = plural(
        "{n} object of the history contains a resident ID or bank card number",
        "{n} objects of the history contain resident ID or bank card numbers",
        len(hits),
    )
    lines = [_where(repo, kind, id_) for kind, id_ in hits[:_MOST]]
    more = plural("and {n} more", "and {n} more", len(hits) - _MOST) if len(hits) > _MOST else ""
    leave = _("the history keeps them until it is rewritten (git filter-repo) and every clone is made again")
    yield Finding(_NAME, State.ERROR, message, "\n".join(filter(None, [*lines, more, leave])))


def _has(stored: Stored) -> bool:
    if stored.kind == "blob":
        return next(any_file.problems("", stored.data, frozenset()), None) is not None
    return any(in_prose(stored.data.decode(errors="replace")))


def _where(repo: Repository, kind: str, id_: str) -> str:
    """The place of an object: the path of a file and a commit that has it, or the object's own id."""
    if kind == "blob":
        asked = ("--all", "--reflog", "--no-textconv", "--no-ext-diff", "--format=%n%h", "--name-only")
        commits = run(repo, "log", *asked, f"--find-object={id_}", "--").decode(errors="replace").strip().split("\n\n")
        # The oldest one, which brought it in.
        commit, _line, paths = "\n\n".join(commits[-2:]).partition("\n")
        if paths.strip():
            return _("{path} in commit {commit}").format(path=masked(paths.split("\n")[-1]), commit=commit)
        return _("a file that no commit has: {id}").format(id=id_[:10])
    return _("the message of {id}").format(id=id_[:10])
