"""Resident IDs and bank cards in the objects of a push: commits, tags, files, and the names of files and refs."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.config import config_get
from crmtext.git.history import Touch
from crmtext.git.plumbing import head
from crmtext.git.reading import changed_staged, objects, tree
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import Place, Problem, cannot
from crmtext.sources import is_record
from crmtext.text import any_file
from crmtext.text.secret_numbers import in_prose, masked
from crmtext.validation import commit_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmtext.git.history import Commit
    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry, Stored

#: The limits of a check in seconds and in MiB; git settings of the repository can change them.
_SECONDS, _MEGABYTES = ("crmtext.pushSeconds", 300), ("crmtext.pushMegabytes", 512)
_LIMITS = (_SECONDS, _MEGABYTES)
#: Larger text files are rejected; of a binary file, this many bytes are checked.
_FILE = 32 * 1024 * 1024
#: How many nested tags are followed.
_TAGS = 20


class Named(NamedTuple):
    """The object that a ref points to through its tags: kind and id, and the problems of the tags."""

    kind: str
    id: str
    problems: tuple[Problem, ...]


class Search:
    """The search for numbers in the objects of a push, within its limits."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._seconds, self._megabytes = (int(config_get(repo, key, kind="int") or n) for key, n in _LIMITS)
        self._end = monotonic() + self._seconds
        self._left = self._megabytes * 1024 * 1024
        #: Blobs without such numbers.
        self._clean: set[str] = set()

    def tick(self) -> None:
        """Raise CrmError if the check takes too long."""
        if monotonic() > self._end:
            message = _("the check did not finish within {n} seconds").format(n=self._seconds)
            raise cannot("push-too-large", message, _too_large(_SECONDS[0]))

    def named(self, id_: str) -> Named:
        """Return the object of an id, with the problems of the tags that lead to it."""
        problems: list[Problem] = []
        for _tag in range(_TAGS):
            (stored,) = self._read([id_])
            if stored.kind != "tag":
                return Named(stored.kind, id_, tuple(problems))
            id_, of_tag = _tag_problems(stored)
            problems += of_tag
        message = _("tags are nested more than {n} levels deep").format(n=_TAGS)
        raise cannot("push-too-large", message, _("tag the commit itself"))

    def of_commits(
        self, commits: Iterable[Commit], entries: Callable[[str], Iterable[Entry]]
    ) -> Iterator[list[Problem]]:
        """The problems that each commit introduces; `entries` gives the files of a commit."""
        every = tuple(commits)
        for commit, stored in zip(every, self._read(commit.id for commit in every), strict=True):
            self.tick()
            before = chain.from_iterable(map(entries, commit.parents))
            files = self.of_files(commit.touches, before)
            yield [*_commit_problems(stored), *files]

    def of_tree(self, id_: str) -> Iterator[Problem]:
        """The problems of the files of a tree that belongs to no commit."""
        files = tuple(tree(self._repo, id_))
        for file in files:
            yield from _name_problems(file.path)
        yield from self._in_blobs([(file.path, file.blob) for file in files])

    def of_blob(self, id_: str, ref: str) -> Iterator[Problem]:
        """The problems of a blob that a ref points to."""
        yield from self._in_blobs([(masked(ref), id_)])

    def of_files(self, touches: Iterable[Touch], before: Iterable[Entry]) -> Iterator[Problem]:
        """The problems that changed files introduce, names included; `before`, the old files, is read if needed."""
        touched = tuple(touches)
        for touch in touched:
            if touch.new and not any(touch.old):
                yield from _name_problems(touch.path)
        new = [(touch.path, touch.new) for touch in touched if touch.new]
        if not [*self._in_blobs(new)]:
            return
        # Numbers that were in a changed, moved or copied file before are not new.
        there = {entry.blob for entry in before}
        new_files = [(path, blob) for path, blob in new if blob not in there]
        yield from self._in_blobs(new_files, self._digits(touched))

    def _digits(self, touches: Iterable[Touch]) -> frozenset[str]:
        """The digits of the numbers in the touched files before the change."""
        old = [(touch.path, blob) for touch in touches for blob in touch.old if blob]
        paths = dict(zip((blob for _path, blob in old), (path for path, _blob in old), strict=True))
        return frozenset(
            digits
            for (blob, path), stored in zip(paths.items(), self._read(paths), strict=True)
            if stored.kind == "blob"
            for digits in any_file.digits(stored.data, path)
        )

    def _in_blobs(self, files: Iterable[tuple[str, str]], known: frozenset[str] = frozenset()) -> Iterator[Problem]:
        wanted = [file for file in files if file[1] not in self._clean]
        for (path, blob), stored in zip(wanted, self._read(blob for _path, blob in wanted), strict=True):
            # The commit of a submodule is not an object of this repository.
            if stored.kind != "blob":
                continue
            too_large = stored.size > _FILE and not any_file.is_binary(stored.data)
            if too_large:
                message = _("the file is too large to check: {n} MiB").format(n=stored.size >> 20)
                yield Problem("push-too-large", message, Place(masked(path)), _("split it, or keep it out of git"))
            problems = tuple(any_file.problems(path, stored.data, known))
            if not problems and not known and not too_large:
                self._clean.add(blob)
            yield from (
                problem._replace(place=problem.place._replace(path=masked(path)), excerpt="") for problem in problems
            )

    def _read(self, ids: Iterable[str]) -> Iterator[Stored]:
        wanted = tuple(ids)
        for stored in objects(self._repo, wanted, _FILE) if wanted else ():
            self.tick()
            self._left -= len(stored.data)
            if self._left < 0:
                message = _("there are more than {n} MiB to check").format(n=self._megabytes)
                raise cannot("push-too-large", message, _too_large(_MEGABYTES[0]))
            yield stored


def staged(repo: Repository, homes: Iterable[str]) -> Iterator[Problem]:
    """The numbers in staged files that the check of a store does not read: all but its records and settings."""
    folders = tuple(homes)
    changes = changed_staged(repo, renames=False)
    touches = [
        Touch(path, (change.old_blob if change.old else None,), change.new_blob if change.new else None)
        for change in changes
        if (path := change.new or change.old or "") and not any(_is_read(path, home) for home in folders)
    ]
    if any(touch.new for touch in touches):
        yield from Search(repo).of_files(touches, tree(repo, head(repo)))


def _is_read(path: str, home: str) -> bool:
    return path.startswith(home) and ((inner := path.removeprefix(home)) == SETTINGS or is_record(inner))


def _too_large(key: str) -> str:
    return _("push fewer commits at a time, or raise the limit where the check runs: git config {key} N").format(
        key=key
    )


def ref_name_problems(ref: str) -> Iterator[Problem]:
    """The problems of the name of a ref."""
    if ref.startswith("refs/replace/"):
        message = _("refs/replace makes git read objects that were not checked")
        hint = _("rewrite the commits instead, or keep the replacement in your clone")
        yield Problem("replace-ref", message, Place(masked(ref)), hint)
    for rule, message in in_prose(ref):
        yield Problem(rule, message, Place(masked(ref)), _("choose another name"))


def _name_problems(path: str) -> Iterator[Problem]:
    for rule, message in in_prose(path):
        yield Problem(rule, message, Place(masked(path)), _("rename the file"))


def _commit_problems(stored: Stored) -> Iterator[Problem]:
    """The problems of the commit object: author and committer, other header fields, and the message."""
    head, message = _split(stored)
    people = {"author": _("the author of the commit"), "committer": _("the committer of the commit")}
    for key, value in head:
        if key in people:
            yield from commit_message.person_errors(people[key], value)
        elif key not in ("tree", "parent"):
            yield from _prose_problems(value, _("the header of the commit"), _other())
    yield from commit_message.message_errors(message)


def _tag_problems(stored: Stored) -> tuple[str, list[Problem]]:
    """The object that a tag points to, and the problems of the tag."""
    head, message = _split(stored)
    fields = dict(head)
    problems = [*_prose_problems(fields.get("tag", ""), _("the name of the tag"), _("choose another name"))]
    problems += commit_message.person_errors(_("the author of the tag"), fields.get("tagger", ""))
    problems += _prose_problems(message, _("the message of the tag"), _other())
    return fields["object"], problems


def _prose_problems(text: str, place: str, hint: str) -> Iterator[Problem]:
    for rule, message in in_prose(text):
        yield Problem(rule, message, Place(place), hint)


def _other() -> str:
    return _("rephrase it; git's history keeps it")


def _split(stored: Stored) -> tuple[list[tuple[str, str]], str]:
    """The header of a commit or a tag, as pairs of key and value, and the message."""
    head, _empty, message = stored.data.partition(b"\n\n")
    # A line that begins with a space continues the one before.
    lines = re.split(r"\n(?! )", head.decode(errors="replace"))
    pairs = [(key, value) for key, _blank, value in (line.partition(" ") for line in lines)]
    text = message.decode(errors="replace")
    with suppress(LookupError, UnicodeError):
        # Full-width digits have other bytes in another encoding.
        text += "\n\n" + message.decode(dict(pairs).get("encoding", "ascii"), errors="ignore")
    return pairs, text
