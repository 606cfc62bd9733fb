"""Make a backup: a bundle of the repository, restored and compared, then encrypted."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.disk.private_folder import private_folder
from crmtext.exporters.output import writing
from crmtext.git import bundle
from crmtext.git.clone import cut, history_missing, partial
from crmtext.git.plumbing import ask
from crmtext.git.reading import uncommitted
from crmtext.i18n import _
from crmtext.problem import cannot, usage
from crmtext.protection import age
from crmtext.protection.backup import archive, dates
from crmtext.protection.backup.manifest import Manifest, contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from crmtext.git.plumbing import Repository
    from crmtext.store import Store

ENDING = ".backup.age"
_LONGEST_NAME = 60


class Made(NamedTuple):
    """A backup that was written."""

    file: Path
    manifest: Manifest
    #: How many keys can open it.
    keys: int
    bytes: int
    #: Files whose changes no commit holds, and stashes: they are not in the backup.
    uncommitted: tuple[str, ...]
    stashes: int


def backup(store: Store, folder: Path, keys: Sequence[str]) -> Made:
    """Write a backup for the keys of the settings and further ones to a folder. Raises CrmError."""
    repo = store.git()
    wanted = (*store.settings.backup_to, *keys)
    if not wanted:
        message = _("no key to encrypt the backup to")
        setting = _("in crmtext.toml, below [backup]: {line}; or name a key: {option}")
        raise usage("no-recipient", message, setting.format(line='to = ["age1…"]', option="-r KEY"))
    recipients = age.recipients(wanted)
    _reject_incomplete(repo)
    check_place(folder, store.root, is_folder=True)
    with private_folder(own_folder(repo)) as private:
        path = private / archive.BUNDLE
        manifest = _bundled(store, repo, path)
        _compare(manifest, path, private / "restored")
        moment = dates.now()
        manifest = manifest._replace(created=dates.written(moment), sha256=archive.digest(path))
        with _new_folder(folder), writing(store.root) as output:
            target = _free_name(folder, _name(store), moment)
            chunks = archive.packed(manifest.encoded(), path, moment.timestamp())
            with files.plainly(target):
                age.encrypt(chunks, output.open(target), recipients)
        dates.note(repo, private, backup=dates.Done(moment, target.name, manifest.contents.commit))
    return Made(target, manifest, len(recipients), target.stat().st_size, uncommitted(repo), _stashes(repo))


def own_folder(repo: Repository) -> Path:
    """Return our folder in git's, where the plain text of a backup is as safe as the repository itself."""
    files.make_folder(repo.own, within=repo.git_dir)
    return repo.own


def _reject_incomplete(repo: Repository) -> None:
    if cut(repo):
        raise history_missing(_("this clone lacks older commits, so a backup would lack them too"))
    if origin := partial(repo):
        message = _("this clone is partial: a backup would lack what was not fetched")
        raise cannot("content-missing", message, _("fetch all content: {command}").format(command=origin.fix))


def _bundled(store: Store, repo: Repository, path: Path) -> Manifest:
    """Write the bundle, and return the manifest of what was read."""
    refs = bundle.write(repo, path)
    inside = contents(repo, repo.prefix, refs) if refs else None
    if inside is None:
        hint = _("make the first commit: git add . && git commit")
        raise cannot("no-commit-yet", _("no commits yet, so there is nothing to back up"), hint)
    return Manifest(store.settings.name or store.root.name, repo.prefix, "", inside, "")


def _compare(manifest: Manifest, path: Path, folder: Path) -> None:
    """Raise CrmError unless the bundle restores to the same refs, tree and records."""
    restored = bundle.unpack(path, folder, manifest.contents.head)
    reason = bundle.trouble(restored, thorough=False)
    if reason or contents(restored, manifest.folder) != manifest.contents:
        message = _("the backup was not written: what it restores to differs from this store")
        hint = _("look for damage: {command}").format(command="git fsck --full")
        raise cannot("backup-damaged", f"{message} ({reason})" if reason else message, hint)


@contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """Delete the folder on an error if it didn't exist before."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        yield
    except BaseException:
        for one in missing:
            with suppress(OSError):
                one.rmdir()
        raise


def _name(store: Store) -> str:
    words = re.sub(r"[^\w-]+", "-", store.settings.name or store.root.name).strip("-_")
    return words[:_LONGEST_NAME] or "store"


def _free_name(folder: Path, name: str, moment: datetime) -> Path:
    """A name by the second, or a later second if there is such a file."""
    while (path := folder / f"{name}-{moment:%Y%m%dT%H%M%SZ}{ENDING}").exists():
        moment += timedelta(seconds=1)
    return path


def _stashes(repo: Repository) -> int:
    listed = ask(repo, "rev-list", "--walk-reflogs", "--count", "--end-of-options", "refs/stash")
    return int(listed or 0)
