"""Open a backup: as a new store, or in a private folder to verify it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.disk.private_folder import move_out, private_folder, sweep
from crmtext.git import bundle
from crmtext.git.plumbing import Repository, named
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Place, Problem, Severity, cannot, usage
from crmtext.protection import age
from crmtext.protection.backup import archive, dates
from crmtext.protection.backup.manifest import Manifest, ManifestError, contents, decoded
from crmtext.setup.init import install_hooks
from crmtext.store import Store
from crmtext.validation.check import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from crmtext.protection.keys import Key

    #: Reads the user's keys, which may ask for a passphrase: only if there is a file to open with them.
    Keys = Callable[[], Sequence[Key]]

_STORE = "store"


class Restored(NamedTuple):
    """A store that was restored."""

    #: The folder of the repository.
    folder: Path
    manifest: Manifest
    #: The hooks installed, or why they aren't.
    hooks: tuple[str, ...]
    trouble: str

    @property
    def root(self) -> Path:
        """The folder of the store."""
        return self.folder / self.manifest.folder


class Verified(NamedTuple):
    """A backup that was opened and compared."""

    manifest: Manifest
    bytes: int
    #: The problems of its records, counted; and the problem that keeps them from being checked.
    errors: int
    warnings: int
    unreadable: Problem | None = None


def restore(file: Path, folder: Path, keys: Keys) -> Restored:
    """Make a store of a backup in a folder that is missing or empty. Raises CrmError, and then nothing is left."""
    with _target(folder) as beside, private_folder(beside) as private:
        repo, manifest = _opened(file, keys, private, thorough=False)
        with files.plainly(folder):
            bundle.check_out_head(repo)
            installed, trouble = install_hooks(repo)
            source = private / _STORE
            if beside == folder:
                move_out(source, last=".git")
            else:
                folder.parent.mkdir(parents=True, exist_ok=True)
                source.rename(folder)
                files.sync_folder(folder.parent)
    return Restored(folder, manifest, installed, trouble)


@contextmanager
def _target(folder: Path) -> Iterator[Path]:
    """The folder where the store is prepared: the empty target itself, or the nearest folder above a missing one.

    New folders above the target are deleted on an error.
    """
    with files.plainly(folder):
        if folder.is_dir():
            sweep(folder, moved=True)
            is_free = not any(folder.iterdir())
        else:
            is_free = not folder.exists() and not folder.is_symlink()
    if not is_free:
        message = _("'{folder}' exists and is not an empty folder").format(folder=files.near(folder))
        raise cannot("folder-not-empty", message, _("choose a new folder"))
    missing = [one for one in folder.parents if not one.exists()]
    try:
        yield folder if folder.is_dir() else next(one for one in folder.parents if one.is_dir())
    except BaseException:
        for one in missing:
            with suppress(OSError):
                one.rmdir()
        raise


def verify(file: Path, keys: Keys, home: Path, repo: Repository | None) -> Verified:
    """Restore a backup in a private folder inside `home`, and check its objects and records.

    In the clone of the repository the day is remembered.
    """
    with private_folder(home) as private:
        restored, manifest = _opened(file, keys, private, thorough=True)
        with files.plainly(private):
            bundle.check_out_head(restored)
        errors, warnings, unreadable = _checked(private / _STORE / manifest.folder)
        if repo and named(repo, manifest.contents.commit):
            dates.note(repo, private, verified=dates.Done(dates.now(), file.name, manifest.contents.commit))
    return Verified(manifest, file.stat().st_size, errors, warnings, unreadable)


def _checked(root: Path) -> tuple[int, int, Problem | None]:
    """How many errors and warnings the records have, or the problem that keeps them from being checked."""
    try:
        problems = check(Store(root).worktree()).problems
    except CrmError as error:
        return 0, 0, error.problem
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    return errors, len(problems) - errors, None


def _opened(file: Path, keys: Keys, private: Path, *, thorough: bool) -> tuple[Repository, Manifest]:
    """Decrypt a backup in a private folder, and make a repository of it that equals its manifest."""
    path = private / "archive.tar"
    _decrypt(file, path, keys)
    store_bundle = private / archive.BUNDLE
    try:
        with files.plainly(store_bundle):
            raw, sha256 = archive.unpacked(path, store_bundle)
        path.unlink()
        manifest = decoded(raw)
    except (archive.ArchiveError, ManifestError):
        raise _other_kind(file, _("what is encrypted in it is not a backup of a store")) from None
    if manifest.sha256 != sha256:
        raise _damaged(file)
    try:
        with files.plainly(private):
            repo = bundle.unpack(store_bundle, private / _STORE, manifest.contents.head)
            same = contents(repo, manifest.folder) == manifest.contents
    except bundle.BundleError:
        raise _damaged(file) from None
    except CrmError as error:
        # Git can't read the bundle, or what is in it.
        raise _damaged(file, error.problem.message) if error.problem.rule == "git-failed" else error from None
    reason = bundle.trouble(repo, thorough=thorough)
    if reason or not same:
        raise _damaged(file, reason)
    store_bundle.unlink()
    return repo, manifest


def _decrypt(file: Path, target: Path, keys: Keys) -> None:
    """Decrypt the file to a private one. Raises CrmError with the reason."""
    if not file.exists():
        raise usage("no-backup", _("there is no file '{file}'").format(file=files.near(file)))
    with files.plainly(file), file.open("rb") as source:
        _check_kind(file, source)
        own = keys()
        with files.plainly(target), _private(target) as plain:
            try:
                age.decrypt(archive.chunks(source), plain, [key.identity for key in own])
            except age.DamagedError:
                raise _damaged(file) from None
            except age.OtherKeyError:
                raise _other_key(file, own) from None


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    # The folder is private, too.
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        yield file


def _check_kind(file: Path, source: BinaryIO) -> None:
    """Raise CrmError unless the file begins as an age file does; one that nearly does, or is empty, is damaged."""
    start = source.read(len(age.START))
    source.seek(0)
    if start == age.START or start.startswith(age.ARMOR[: len(age.START)]):
        return
    alike = sum(one == other for one, other in zip(start, age.START, strict=False))
    if 2 * alike >= len(start):
        raise _damaged(file)
    raise _other_kind(file, _("it is not encrypted with age"))


def _damaged(file: Path, reason: str = "") -> CrmError:
    message = _("the backup '{file}' is damaged").format(file=file.name)
    hint = _("nothing was written; use another copy of the file, or an earlier backup")
    return cannot("backup-damaged", f"{message}: {reason}" if reason else message, hint, Place(str(file)))


def _other_kind(file: Path, reason: str) -> CrmError:
    message = _("'{file}' is not a backup of a store: {reason}").format(file=file.name, reason=reason)
    hint = _("nothing was written; the name of a backup ends in {ending}").format(ending=".backup.age")
    return cannot("backup-kind", message, hint, Place(str(file)))


def _other_key(file: Path, keys: Sequence[Key]) -> CrmError:
    message = _("your key does not open the backup '{file}'; a damaged file looks the same").format(file=file.name)
    public = _("your public key: {keys}").format(keys=", ".join(key.public for key in keys))
    other = _("nothing was written; name the file of another private key: {variable}=FILE").format(
        variable="CRMTEXT_KEY"
    )
    return CrmError(Problem("backup-key", message, Place(str(file)), f"{public}\n{other}"), Exit.NOT_ALLOWED)
