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

#: How long a push is looked at, and how much of it; the repository's own git settings may say otherwise.
_SECONDS, _MEGABYTES = ("crmtext.pushSeconds", 300), ("crmtext.pushMegabytes", 512)
_LIMITS = (_SECONDS, _MEGABYTES)
#: A file of text is looked at whole up to here, and refused if it is larger; of a binary one this much is looked at.
_FILE = 32 * 1024 * 1024
#: Tags of tags are followed so far.
_TAGS = 20


class Named(NamedTuple):
    """What a ref names behind its tags: a kind of object and its id, and what is wrong on the way there."""

    kind: str
    id: str
    problems: tuple[Problem, ...]


class Search:
    """What is known by now of the objects of a push, and how much more of it may be looked at."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._seconds, self._megabytes = (int(config_get(repo, key, kind="int") or n) for key, n in _LIMITS)
        self._end = monotonic() + self._seconds
        self._left = self._megabytes * 1024 * 1024
        #: Blobs that hold no such number.
        self._clean: set[str] = set()

    def tick(self) -> None:
        """Raise CrmError where the push has been looked at for too long."""
        if monotonic() > self._end:
            message = _("the check did not finish within {n} seconds").format(n=self._seconds)
            raise cannot("push-too-large", message, _too_large(_SECONDS[0]))

    def named(self, id_: str) -> Named:
        """What an id names, with the problems of the tags on the way."""
        problems: list[Problem] = []
        for _tag in range(_TAGS):
            (found,) = self._read([id_])
            if found.kind != "tag":
                return Named(found.kind, id_, tuple(problems))
            target, told = _tag_problems(found)
            problems += told
            id_ = target
        message = _("tags are nested more than {n} levels deep").format(n=_TAGS)
        raise cannot("push-too-large", message, _("tag the commit itself"))

    def of_commits(
        self, commits: Iterable[Commit], entries: Callable[[str], Iterable[Entry]]
    ) -> Iterator[list[Problem]]:
        """What each commit brings; `entries` gives the files of a commit."""
        told = tuple(commits)
        for commit, stored in zip(told, self._read(each.id for each in told), strict=True):
            self.tick()
            before = chain.from_iterable(map(entries, commit.parents))
            files = self.of_files(commit.touches, before)
            yield [*_commit_problems(stored), *files]

    def of_tree(self, id_: str) -> Iterator[Problem]:
        """What the files of a tree hold, that no commit brings."""
        files = tuple(tree(self._repo, id_))
        for each in files:
            yield from _name_problems(each.path)
        yield from self._in_blobs([(each.path, each.blob) for each in files])

    def of_blob(self, id_: str, ref: str) -> Iterator[Problem]:
        """What a blob that a ref names holds."""
        yield from self._in_blobs([(masked(ref), id_)])

    def of_files(self, touches: Iterable[Touch], before: Iterable[Entry]) -> Iterator[Problem]:
        """What changed files bring, and their names; `before` are the files that there were, listed if they matter."""
        touched = tuple(touches)
        for touch in touched:
            if touch.new and not any(touch.old):
                yield from _name_problems(touch.path)
        new = [(each.path, each.new) for each in touched if each.new]
        if not [*self._in_blobs(new)]:
            return
        # What was there in a file that is changed, moved or copied is not new.
        there = {each.blob for each in before}
        brought = [(path, blob) for path, blob in new if blob not in there]
        yield from self._in_blobs(brought, self._digits(touched))

    def _digits(self, touches: Iterable[Touch]) -> frozenset[str]:
        """The digits of the numbers in the files that are touched, as they were before."""
        old = [(each.path, blob) for each in touches for blob in each.old if blob]
        paths = dict(zip((blob for _path, blob in old), (path for path, _blob in old), strict=True))
        return frozenset(
            digits
            for (blob, path), stored in zip(paths.items(), self._read(paths), strict=True)
            if stored.kind == "blob"
            for digits in any_file.digits(stored.data, path)
        )

    def _in_blobs(self, files: Iterable[tuple[str, str]], known: frozenset[str] = frozenset()) -> Iterator[Problem]:
        wanted = [each for each in files if each[1] not in self._clean]
        for (path, blob), stored in zip(wanted, self._read(blob for _path, blob in wanted), strict=True):
            # The commit of another repository is no object of this one.
            if stored.kind != "blob":
                continue
            too_large = stored.size > _FILE and not any_file.is_binary(stored.data)
            if too_large:
                message = _("the file is too large to check: {n} MiB").format(n=stored.size >> 20)
                yield Problem("push-too-large", message, Place(masked(path)), _("split it, or keep it out of git"))
            found = tuple(any_file.problems(path, stored.data, known))
            if not found and not known and not too_large:
                self._clean.add(blob)
            yield from (each._replace(place=each.place._replace(path=masked(path)), excerpt="") for each in found)

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
    """The numbers in staged files that no check of a store reads: all but its records and settings."""
    told = tuple(homes)
    changes = changed_staged(repo, renames=False)
    touches = [
        Touch(path, (each.old_blob if each.old else None,), each.new_blob if each.new else None)
        for each in changes
        if (path := each.new or each.old or "") and not any(_is_read(path, home) for home in told)
    ]
    if any(each.new for each in touches):
        yield from Search(repo).of_files(touches, tree(repo, head(repo)))


def _is_read(path: str, home: str) -> bool:
    return path.startswith(home) and ((inner := path.removeprefix(home)) == SETTINGS or is_record(inner))


def _too_large(key: str) -> str:
    return _("push fewer commits at a time, or raise the limit where the check runs: git config {key} N").format(
        key=key
    )


def of_ref(ref: str) -> Iterator[Problem]:
    """What is wrong with the name of a ref."""
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
    """What the commit itself holds: its people, what else stands in its head, and its message, whole."""
    head, message = _split(stored)
    people = {"author": _("the author of the commit"), "committer": _("the committer of the commit")}
    for key, value in head:
        if key in people:
            yield from commit_message.person(people[key], value)
        elif key not in ("tree", "parent"):
            yield from _prose_problems(value, _("the header of the commit"), _other())
    yield from commit_message.message(message)


def _tag_problems(stored: Stored) -> tuple[str, list[Problem]]:
    """The object that a tag names, and what is wrong with the tag."""
    head, message = _split(stored)
    fields = dict(head)
    told = [*_prose_problems(fields.get("tag", ""), _("the name of the tag"), _("choose another name"))]
    told += commit_message.person(_("the author of the tag"), fields.get("tagger", ""))
    told += _prose_problems(message, _("the message of the tag"), _other())
    return fields["object"], told


def _prose_problems(text: str, place: str, hint: str) -> Iterator[Problem]:
    for rule, message in in_prose(text):
        yield Problem(rule, message, Place(place), hint)


def _other() -> str:
    return _("rephrase it; git's history keeps it")


def _split(stored: Stored) -> tuple[list[tuple[str, str]], str]:
    """The lines of the head of a commit or a tag, each as a key and its value, and the message."""
    head, _empty, message = stored.data.partition(b"\n\n")
    # A line that begins with a blank goes on with the one before.
    lines = re.split(r"\n(?! )", head.decode(errors="replace"))
    pairs = [(key, value) for key, _blank, value in (line.partition(" ") for line in lines)]
    text = message.decode(errors="replace")
    with suppress(LookupError, UnicodeError):
        # Digits of full width are other bytes in another encoding.
        text += "\n\n" + message.decode(dict(pairs).get("encoding", "ascii"), errors="ignore")
    return pairs, text
