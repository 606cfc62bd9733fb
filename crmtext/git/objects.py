"""Commits, trees and blobs as GitPython reads them: nothing else imports it, and only where many objects are read.

One `git cat-file` answers for all objects of a command. Git itself is asked where GitPython cannot read an object, or
would return it differently from git: repositories of SHA-256, other encodings, names that Windows cannot have.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git import history, plumbing, reading
from crmtext.git.reading import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import git

    from crmtext.git.history import Commit
    from crmtext.git.plumbing import Repository

#: More blobs than these are read faster by a process of their own, which does not wait for each request.
_MANY = 64
#: Bytes read at a time of content that is skipped.
_PART = 1 << 20
#: The folders that were read last; a path leads through a few, and two commits share most of them.
_FOLDERS = 256
#: The length of a commit's header without names, dates and parents: `tree`, `author`, `committer` and their signs.
_HEADER = len("tree \n") + 40 + len("author  <>  +0000\n") + len("committer  <>  +0000\n") + len("\n")
_PARENT = len("parent \n") + 40
#: Later than this git and calendars have dates of their own.
_LAST_DATE = 1 << 36


class _Item(NamedTuple):
    """A line of a tree."""

    name: str
    mode: str
    id: str


class Objects:
    """The objects of a repository by id; without a `library`, git reads all of them."""

    def __init__(self, repository: Repository, library: git.Repo | None = None) -> None:
        self.repository = repository
        self._library = library
        self._items = lru_cache(_FOLDERS)(self._read_items)
        #: The files below a folder, as it was seen last: the next commit has changed a few folders only.
        self._folders: dict[str, tuple[str, tuple[Entry, ...]]] = {}

    @property
    def by_library(self) -> bool:
        """Whether GitPython reads them, so that one more question costs little."""
        return self._library is not None

    @property
    def _open(self) -> git.Repo:
        if self._library is None:
            raise LookupError
        return self._library

    def close(self) -> None:
        """End the process that reads."""
        library, self._library = self._library, None
        if library is not None:
            # An error about a process that has ended already is of no use.
            with suppress(Exception):
                library.close()

    def commits(self, ids: Iterable[str]) -> Mapping[str, Commit]:
        """The commits of these ids, with all the parents that are written in them."""
        wanted = tuple(dict.fromkeys(ids))
        read = {id_: commit for id_ in wanted if (commit := self._commit(id_))}
        unread = tuple(id_ for id_ in wanted if id_ not in read)
        return read | (history.commits_of(self.repository, unread) if unread else {})

    def committed(self, commit: str) -> int:
        """When a commit was made, in seconds since 1970."""
        read = self._read_commit(commit)
        if read is not None:
            return int(read.committed_date)
        stamp = plumbing.run(self.repository, "rev-list", "-1", "--timestamp", "--end-of-options", commit)
        return int(stamp.split()[0])

    def tree(self, commit: str, *paths: str) -> tuple[Entry, ...]:
        """A commit's files, or those at or below some paths, sorted by path."""
        if self._library is not None:
            try:
                return self._read_tree(commit, paths)
            except Exception:  # noqa: BLE001  # git says what is wrong with it, if anything is
                self.close()
        return tuple(reading.tree(self.repository, commit, *paths))

    def blobs(self, ids: Iterable[str], limit: int | None = None) -> Iterator[bytes | int]:
        """Each blob's bytes, in the order asked for; of one with more than the limit its size alone."""
        wanted = tuple(ids)
        number = 0
        while number < len(wanted) <= _MANY and (content := self._blob(wanted[number], limit)) is not None:
            yield content
            number += 1
        if number < len(wanted):
            yield from reading.blobs_within(self.repository, wanted[number:], limit)

    def _commit(self, id_: str) -> Commit | None:
        """A commit with the values that git gives, or None if git has to be asked."""
        read = self._read_commit(id_)
        if read is None:
            return None
        author, parents = read.author, tuple(parent.hexsha for parent in read.parents)
        return history.Commit(
            id_, read.authored_date, author.name or "", author.email or "", parents, str(read.message)
        )

    def _read_commit(self, id_: str) -> git.Commit | None:
        if self._library is None:
            return None
        from git import Commit

        try:
            read = Commit(self._library, bytes.fromhex(id_))
            return read if _is_plain(read) else None
        except Exception:  # noqa: BLE001  # as of a tree
            self.close()
            return None

    def _read_tree(self, commit: str, paths: tuple[str, ...]) -> tuple[Entry, ...]:
        from git import Commit

        top = Commit(self._open, bytes.fromhex(commit)).tree.hexsha
        wanted = [path.strip("/") for path in paths if path.strip("/")]
        if not wanted:
            return self._below("", top)
        entries = [entry for path in wanted for entry in self._at(path, top)]
        return tuple(sorted(dict.fromkeys(entries), key=lambda entry: os.fsencode(entry.path)))

    def _at(self, path: str, tree: str) -> Iterator[Entry]:
        """The file of a path, or those below it."""
        *folders, last = path.split("/")
        for name in folders:
            tree = next((item.id for item in self._items(tree) if item.name == name and not item.mode), "")
            if not tree:
                return
        for item in self._items(tree):
            if item.name == last:
                yield from self._below(f"{path}/", item.id) if not item.mode else (Entry(path, item.mode, item.id),)

    def _below(self, prefix: str, tree: str) -> tuple[Entry, ...]:
        """The files of a tree, with those of its folders."""
        known, files = self._folders.get(prefix, ("", ()))
        if known != tree:
            entries: list[Entry] = []
            for name, mode, id_ in self._items(tree):
                path = prefix + name
                if mode:
                    entries.append(Entry(path, mode, id_))
                else:
                    entries += self._below(f"{path}/", id_)
            files = tuple(entries)
            self._folders[prefix] = tree, files
        return files

    def _read_items(self, tree: str) -> tuple[_Item, ...]:
        from git import Tree

        lines = Tree(self._open, bytes.fromhex(tree), path="")
        return tuple(_Item(str(line.path), _mode(line.mode), line.hexsha) for line in lines)

    def _blob(self, id_: str, limit: int | None) -> bytes | int | None:
        """A blob's bytes, or its size if it is too large, or None if git has to be asked."""
        if self._library is None:
            return None
        try:
            stream = self._library.odb.stream(bytes.fromhex(id_))
            if os.fsencode(stream.type) != b"blob":
                self.close()
                return None
            if limit is None or stream.size <= limit:
                return bytes(stream.read())
            while stream.read(_PART):
                pass
            return int(stream.size)
        except Exception:  # noqa: BLE001  # as of a tree
            self.close()
            return None


@contextmanager
def opened(repository: Repository, *, few: bool = False) -> Iterator[Objects]:
    """The objects of a repository, for the length of a block; a `few` are read by git itself."""
    objects = Objects(repository, None if few else _library(repository))
    try:
        yield objects
    finally:
        objects.close()


def _library(repository: Repository) -> git.Repo | None:
    """The repository opened by GitPython with its git process running, or None if it can't be opened.

    GitPython reads the variables of this process and passes all of them to git, so they are replaced for a moment.
    """
    if repository.object_format != "sha1":
        return None
    environment = plumbing.environment(repository) | {"GIT_COMMON_DIR": str(repository.common_dir)}
    before = dict(os.environ)
    try:
        environment = {name: value for name, value in environment.items() if not name.startswith("GIT_PYTHON_")}
        # On its way in it runs `git version` twice, to know whether there is a git. There is: it gave the repository.
        _put(environment | {"PATH": f"{os.sep}none", "GIT_PYTHON_REFRESH": "quiet"})
        from git import Repo

        _put(environment)

        class Unsettled(Repo):
            """A repository whose settings GitPython doesn't read; its git process has our overrides."""

            def config_reader(self, *_asked: object) -> git.GitConfigParser:
                raise OSError  # noqa: TRY301  # Repo opens without settings then

        library = Unsettled(str(repository.git_dir), expand_vars=False)
        if os.path.realpath(library.git_dir) != os.path.realpath(repository.git_dir):
            return None
        # Now, while the variables are those: its process answers to the end.
        library.odb.stream(bytes.fromhex(repository.empty_tree)).read()
    except Exception:  # noqa: BLE001  # whatever it is, git reads them as well
        return None
    else:
        return library
    finally:
        _put(before)


def _put(variables: Mapping[str, str]) -> None:
    """Give the process these variables, and no others."""
    for name in os.environ.keys() - variables.keys():
        del os.environ[name]
    os.environ.update(variables)


def _mode(mode: int) -> str:
    """The mode of a file as git tells it; empty for a folder."""
    if stat.S_ISDIR(mode):
        return ""
    if stat.S_ISREG(mode):
        return "100755" if mode & stat.S_IXUSR else "100644"
    return "120000" if stat.S_ISLNK(mode) else "160000"


def _is_plain(read: git.Commit) -> bool:
    """Whether a commit holds names, dates, parents and a message in UTF-8, maybe a signature, and not a byte more.

    Of such a one GitPython and git tell the same. Its size is that of what was read.
    """
    message, people = read.message, (read.author, read.committer)
    dates = (read.authored_date, read.committed_date)
    words = [word or "" for person in people for word in (person.name, person.email)]
    if read.encoding != "UTF-8" or not isinstance(message, str) or "\0" in message:
        return False
    if any(word != word.strip() or not word.isprintable() or "<" in word or ">" in word for word in words):
        return False
    if not all(0 < date < _LAST_DATE for date in dates):
        return False
    signature = read.gpgsig or ""
    signed = len("gpgsig \n") + len(signature.encode()) + signature.count("\n") if signature else 0
    texts = sum(len(text.encode()) for text in (message, *words, *map(str, dates)))
    return bool(read.size == _HEADER + _PARENT * len(read.parents) + texts + signed)
