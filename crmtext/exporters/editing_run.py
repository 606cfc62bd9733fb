"""An export for editing from what was typed to the workbook: it shows a commit, which its way back compares with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crmtext.disk.output_place import check_place
from crmtext.exporters.output import writing
from crmtext.exporters.run import Place, inside
from crmtext.git.plumbing import head
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.i18n import _, bracketed, plural
from crmtext.problem import usage
from crmtext.sources import is_record
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from crmtext.exporters.export import Export
    from crmtext.git.moments import Moment
    from crmtext.store import Store, When


def base(store: Store, when: When) -> Moment:
    """Return the commit that the workbook shows: the one that was typed, or the last one.

    Raises CrmError without a commit: then nothing could tell what a colleague has changed.
    """
    if head(store.git()) is None:
        message = _("a workbook for editing needs a commit to compare with, and there is none yet")
        raise usage("no-commit-yet", message, _("commit the records first: git add . && git commit"))
    return store.moment(when.at or "HEAD")


def path_of(typed: str, path: Path | None) -> Path:
    """Return where the workbook goes. Raises CrmError if it is no .xlsx file."""
    if path is None or path.is_dir() or path.suffix.lower() != ".xlsx":
        example = f"{Path(typed).stem or 'customers'}.xlsx" if path else "customers.xlsx"
        message = _("--for-editing writes a workbook")
        raise usage("export-format", message, f"-o {quoted(example)}")
    return path


def write(store: Store, export: Export, place: Place, commit: str) -> list[str]:
    """Write the workbook and return lines about it for the user."""
    # Loaded here: xlsxwriter takes 70 ms.
    from crmtext.exporters import editing

    path, typed = place.path or Path(), place.typed
    check_place(path, store.root)
    with writing(store.root) as files:
        editing.write(export, files.open(path), commit)
    count = len(export.customers)
    line = plural("Wrote {n} customer to {path}", "Wrote {n} customers to {path}", count, path=typed)
    lines = [bracketed(line, _("replaced")) if files.replaced else line]
    lines.append(_("it shows commit {commit}; edit it in Excel, WPS or LibreOffice").format(commit=commit[:7]))
    # An encrypted workbook is decrypted first.
    back = f"crmtext import {quoted(typed.removesuffix('.age'))} --dry-run"
    lines.append(_("to take the changes back: {command}").format(command=back))
    if left_out := export.snapshot.left_out:
        text = plural("{n} record with errors not exported", "{n} records with errors not exported", left_out)
        lines.append(text + _("; see: crmtext check"))
    if changed := _uncommitted(store):
        lines.append(
            plural(
                "{n} record has uncommitted changes, which are not in the workbook",
                "{n} records have uncommitted changes, which are not in the workbook",
                changed,
            )
        )
    return [*lines, inside(export.sensitive)]


def _uncommitted(store: Store) -> int:
    """The number of records that differ from the last commit."""
    repo = store.git()
    paths = {path.removeprefix(repo.prefix) for path in changed_on_disk(repo, repo.prefix)}
    for one in changed_staged(repo, renames=False):
        paths.add((one.new or one.old or "").removeprefix(repo.prefix))
    return sum(map(is_record, paths))
