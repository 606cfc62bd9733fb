"""Reports on the disk: written where they differ, and told when they are out of date."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.disk import files
from crmtext.disk.nofollow import TooLargeError
from crmtext.git.plumbing import head
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.i18n import _, language, plural
from crmtext.layout import RECORDS
from crmtext.reports import FORMATS, Site, render
from crmtext.templating import team_templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

Page = tuple[str, str]


def site(store: Store, snapshot: Snapshot, *, owner: str = "") -> Site:
    """What the reports are made of: a snapshot of the store, or a colleague's part of it."""
    customers = tuple(each for each in snapshot.customers if owner in ("", each.owner))
    return Site(
        customers=customers,
        schema=snapshot.schema,
        settings=snapshot.settings,
        today=snapshot.today,
        language=language(),
        commit=_commit(store, snapshot.read),
        left_out=snapshot.left_out,
        templates=team_templates.read(store.root),
    )


def pages(site: Site, names: Iterable[str] = (), form: str = "all") -> Iterator[Page]:
    """The pages of the named reports in one form or all."""
    return render(site, names, FORMATS if form == "all" else (form,))


def publish(pages: Iterable[Page], folder: Path, site: Site, within: Path | None = None) -> Text:
    """Write the pages into a folder; those that are there already stay untouched. Says where to look.

    No link is followed below the folder that is trusted: the store's, for one that lies in it.
    """
    count, start = 0, ""
    files.make_folder(folder, within=within)
    for path, text in pages:
        count += 1
        # The first page that is none of many; a report of one page for each customer has none.
        start = start or ("" if "/" in path else path)
        _write(folder / path, text.encode(), within or folder)
    said = plural("Wrote {n} page", "Wrote {n} pages", count)
    if site.left_out:
        out = plural("{n} record with errors not included", "{n} records with errors not included", site.left_out)
        said += _("; ") + out
    return Text(f"{said}\n{_('open {path}').format(path=files.near(folder / start))}\n")


def outdated(pages: Iterable[Page], folder: Path, within: Path | None = None) -> tuple[str, ...]:
    """The pages that are missing or differ from what would be written."""
    return tuple(path for path, text in pages if not _holds(folder / path, text.encode(), within or folder))


def _holds(path: Path, data: bytes, within: Path) -> bool:
    with files.plainly(path):
        try:
            with files.opened(path.parent, within) as folder:
                return folder.read(path.name, len(data)) == data
        except (FileNotFoundError, TooLargeError):
            return False


def _write(path: Path, data: bytes, within: Path) -> None:
    if _holds(path, data, within):
        return
    passing = f".{path.name}.{os.getpid()}~"
    with files.plainly(path), files.opened(path.parent, within, make=True) as folder:
        try:
            with os.fdopen(folder.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
                file.write(data)
            folder.replace(passing, path.name)
        except BaseException:
            with suppress(OSError):
                folder.unlink(passing)
            raise


def _commit(store: Store, read: str) -> str:
    """The short id of the commit that the records are those of; empty if the disk differs from it."""
    if read != "worktree":
        return read[:10]
    repo = store.repository
    if repo is None or (commit := head(repo)) is None:
        return ""
    records = repo.prefix + RECORDS
    return "" if changed_on_disk(repo, records) or changed_staged(repo, records) else commit[:10]
