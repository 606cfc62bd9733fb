"""Reports on the disk: write pages that changed, and find outdated ones."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.disk import files
from crmtext.disk.nofollow import TooLargeError
from crmtext.figures.due import items
from crmtext.figures.rules import FollowUps
from crmtext.git.plumbing import head
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.i18n import _, language, plural
from crmtext.layout import RECORDS
from crmtext.reports import FORMATS, Site, masked, render
from crmtext.reports.context import Context, default_period
from crmtext.reports.named.pipeline import at_a_glance
from crmtext.reports.site import no_past
from crmtext.sealing.mask import Masking
from crmtext.templating import team_templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from crmtext.reports.site import Past
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

Page = tuple[str, str | bytes]


def site(
    store: Store,
    snapshot: Snapshot,
    *,
    owner: str = "",
    past: Callable[[str], Past | None] = no_past,
    reports: Mapping[str, str] = MappingProxyType({}),
    with_tasks: bool = True,
    mask: bool = False,
) -> Site:
    """Return the input of the reports: a snapshot of the store, or one colleague's customers; with `mask`, masked."""
    concerns = (lambda customer: customer.owner == owner) if owner else None
    # Reading all records takes a second, and some reports are kept.
    customers = tuple(one for one in snapshot.customers if one.owner == owner) if owner else snapshot.customers
    masking = Masking(snapshot.schema) if mask else None
    full = Site(
        customers=customers,
        schema=snapshot.schema,
        settings=snapshot.settings,
        today=snapshot.today,
        language=language(),
        commit=_commit(store, snapshot.read),
        left_out=snapshot.left_out,
        templates=team_templates.read(store.root),
        is_stale=FollowUps.of(snapshot).is_stale,
        tasks=items(snapshot, matches=concerns, sensitive=False, masking=masking) if with_tasks else (),
        past=past,
        reports=reports,
        pipeline=partial(at_a_glance, Context(snapshot, *default_period(snapshot.today), owner)),
    )
    return masked.site(full) if mask else full


def pages(site: Site, names: Iterable[str] = (), formats: Iterable[str] = FORMATS) -> Iterator[Page]:
    """Return the pages of the named reports in some formats."""
    return render(site, names, formats)


def publish(pages: Iterable[Page], folder: Path, site: Site, within: Path | None = None) -> Text:
    """Write the pages into a folder, except unchanged ones, and say where to look.

    No link is followed below the trusted folder: the store's, for a folder in it.
    """
    count, start, only_pages = 0, "", True
    files.make_folder(folder, within=within)
    for path, text in pages:
        count += 1
        # Open a page that is not one of many; a report with only a page per customer has none.
        start = start or ("" if "/" in path else path)
        only_pages = only_pages and path.endswith((".html", ".md"))
        _write(folder / path, _bytes(text), within or folder)
    if only_pages:
        summary = plural("Wrote {n} page", "Wrote {n} pages", count)
    else:
        summary = plural("Wrote {n} file", "Wrote {n} files", count)
    if site.left_out:
        out = plural("{n} record with errors not included", "{n} records with errors not included", site.left_out)
        summary += _("; ") + out
    return Text(f"{summary}\n{_('open {path}').format(path=files.near(folder / start))}\n")


def outdated(pages: Iterable[Page], folder: Path, within: Path | None = None) -> tuple[str, ...]:
    """Return the pages that are missing or differ from what would be written."""
    return tuple(path for path, text in pages if not _holds(folder / path, _bytes(text), within or folder))


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


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
    """Return the short id of the commit that holds the records; empty if the disk differs from it."""
    if read != "worktree":
        return read[:10]
    repo = store.repository
    if repo is None or (commit := head(repo)) is None:
        return ""
    records = repo.prefix + RECORDS
    return "" if changed_on_disk(repo, records) or changed_staged(repo, records) else commit[:10]
