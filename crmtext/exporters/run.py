"""An export from what was typed to the files: choose the customers, write, say what was written."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import LazyList
from crmtext.disk.output_place import check_place
from crmtext.exporters import FORMATS, file_writer, folder_writer
from crmtext.exporters.export import Export
from crmtext.exporters.output import Folder, is_terminal, stdout, writing
from crmtext.i18n import _, bracketed, plural
from crmtext.index import lookup
from crmtext.problem import usage
from crmtext.query import listing
from crmtext.query.filter import Terms
from crmtext.query.find import find
from crmtext.snapshot import Outside
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.exporters.output import Files
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store


class Place(NamedTuple):
    """Where an export goes, and in which format."""

    format: str
    #: None for stdout.
    path: Path | None = None
    is_folder: bool = False
    #: The path as typed.
    typed: str = ""


def place(typed: str, path: Path | None, form: str) -> Place:
    """Return where an export goes: `-`, a file whose ending may name the format, or a folder.

    Raises CrmError if the format is unknown or doesn't fit.
    """
    if path is None:
        form = form or "csv"
        if not FORMATS[form].is_text and is_terminal():
            raise usage("export-format", _("{format} is written to a file").format(format=form), f"-o FILE.{form}")
        return Place(form)
    if typed.endswith(("/", os.sep)) or path.is_dir():
        form = form or "csv"
        if not FORMATS[form].folder:
            message = _("{format} is one file, not a folder").format(format=form)
            raise usage("export-format", message, f"-o {Path(typed) / f'customers.{form}'}")
        return Place(form, path, is_folder=True, typed=f"{typed.rstrip('/' + os.sep)}/")
    ending = path.suffix.lower().removeprefix(".")
    if ending in FORMATS and form not in ("", ending):
        message = _("'{path}' has the ending of {ending}, not of {format}")
        message = message.format(path=typed, ending=ending, format=form)
        raise usage("export-format", message, _("name it {path}").format(path=Path(typed).with_suffix(f".{form}")))
    if not form and ending not in FORMATS:
        message = _("the ending of '{path}' names no format").format(path=typed)
        known = _("one of: {values}").format(values=" ".join(f".{name}" for name in FORMATS))
        raise usage("export-format", message, did_you_mean(nearest(ending, FORMATS), known))
    return Place(form or ending, path, typed=typed)


def choose(store: Store, then: Snapshot | None, query: listing.Query, typed: Sequence[str]) -> Export:
    """Return the customers that match the query, of a snapshot or of the disk; only those that are named, if any are.

    Raises CrmError if a name matches none or several.
    """
    rules = then or store
    checked = listing.check(query, Terms(rules.schema, rules.settings, then.today if then else store.today))
    ids = frozenset(_named(store, then, one) for one in typed)
    if then is None:
        fixed = dict(checked.fixed)
        if ids:
            fixed["id"] = tuple(sorted(ids.intersection(fixed.get("id", ids))))
        then = lookup.listed(store, fixed)
    if query == listing.Query() and not ids:
        return Export(then, then.customers, watch=store.watch)
    # By id, as without a query, so that two exports compare well.
    checked = checked._replace(query=query if query.sort else query._replace(sort="id"))
    rows = listing.rows(then, checked)
    if ids:
        kept = [number for number, row in enumerate(rows) if row.customer.id in ids]
        # Records with errors aren't among those that are named.
        named = replace(then, broken=(), elsewhere=Outside(checked=len(kept)))
        return Export(named, LazyList(kept, lambda number: rows[number].customer), watch=store.watch)
    return Export(then, LazyList(rows, lambda row: row.customer), watch=store.watch)


def _named(store: Store, then: Snapshot | None, typed: str) -> str:
    """The id of the customer that was typed."""
    snapshot = then or lookup.around(store, typed)
    return find(snapshot.customers, typed, left_out=snapshot.left_out).id


def write(store: Store, export: Export, place: Place) -> list[str]:
    """Write an export, and return lines about it for the user."""
    if place.path is None:
        with stdout(seekable=not FORMATS[place.format].is_text) as file:
            file_writer(place.format)(export, file)
        return _about(export, place)
    check_place(place.path, store.root)
    with writing(store.root) as files:
        if place.is_folder:
            folder_writer(place.format)(export, Folder(files, place.path))
        else:
            file_writer(place.format)(export, files.open(place.path))
    return [_written(export, place, files), *_about(export, place)]


def _written(export: Export, place: Place, files: Files) -> str:
    """The line about the files, and the one about files of an earlier export that are gone."""
    line = plural(
        "Wrote {n} customer to {path}", "Wrote {n} customers to {path}", len(export.customers), path=place.typed
    )
    more = [plural("{n} file", "{n} files", len(files.written))] if place.is_folder else []
    if files.replaced:
        count = plural("{n} replaced", "{n} replaced", len(files.replaced))
        more.append(count if place.is_folder else _("replaced"))
    line = bracketed(line, _(", ").join(more)) if more else line
    if files.removed:
        names = _(", ").join(one.name for one in files.removed)
        line += "\n" + _("deleted, because these lists are empty now: {names}").format(names=names)
    return line


def _about(export: Export, place: Place) -> list[str]:
    """The lines about the customers and values that the files lack."""
    lines = []
    if left_out := export.snapshot.left_out:
        text = plural("{n} record with errors not exported", "{n} records with errors not exported", left_out)
        lines.append(text + _("; see: crmtext check"))
    elif not len(export.customers):
        lines.append(_("no customer matches") if export.snapshot.checked else _("no customers yet"))
    if FORMATS[place.format].folder and not place.is_folder and not export.columns:
        lines.append(_("one row for each customer, with the primary contact; for all lists: -o FOLDER/"))
    lines += export.notes
    many = export.sensitive
    if export.with_sensitive:
        text = plural("with {n} value of sensitive fields", "with {n} values of sensitive fields", many)
        return [*lines, _("nothing is masked, {sensitive}").format(sensitive=text)]
    if export.columns:
        # The values of other columns aren't missed.
        return [*lines, _("for use inside the team: nothing is masked")]
    text = plural("{n} value of sensitive fields left out", "{n} values of sensitive fields left out", many)
    return [*lines, _("for use inside the team: nothing is masked, {sensitive}").format(sensitive=text)]
