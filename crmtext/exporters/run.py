"""An export from what was typed to the files: choose the customers, write, say what was written."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import LazyList
from crmtext.disk.output_place import check_place
from crmtext.exporters import BY_ENDING, FORMATS, file_writer, folder_writer
from crmtext.exporters.export import Export
from crmtext.exporters.output import Folder, is_terminal, stdout, writing
from crmtext.figures.rules import NAMES
from crmtext.i18n import _, bracketed, plural
from crmtext.index import lookup
from crmtext.problem import CrmError, Exit, Problem, usage
from crmtext.query import listing
from crmtext.query.filter import Terms
from crmtext.query.find import contacts_named, find
from crmtext.query.path import resolve
from crmtext.terminal.quoting import quoted
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    by_ending = BY_ENDING.get(ending, "")
    if by_ending and form not in ("", by_ending):
        message = _("'{path}' has the ending of {ending}, not of {format}")
        message = message.format(path=typed, ending=by_ending, format=form)
        raise usage("export-format", message, _("name it {path}").format(path=Path(typed).with_suffix(f".{form}")))
    if not form and not by_ending:
        message = _("the ending of '{path}' names no format").format(path=typed)
        known = _("one of: {values}").format(values=" ".join(f".{name}" for name in BY_ENDING))
        raise usage("export-format", message, did_you_mean(nearest(ending, BY_ENDING), known))
    return Place(form or by_ending, path, typed=typed)


def choose(
    store: Store,
    then: Snapshot | None,
    query: listing.Query,
    typed: Sequence[str],
    place: Place,
    *,
    with_sensitive: bool = False,
    channel: str = "",
) -> Export:
    """Return the customers that match the query, of a snapshot or of the disk; only those that are named, if any are.

    In a calendar, owners choose their steps instead of their customers. With a channel, customers who may not be
    contacted on it are left out. Raises CrmError if a name matches none or several customers, or a contact, whose card
    alone can be written; and if a file would have no customer.
    """
    rules = then or store
    people, query = (query.owner, query._replace(owner=())) if place.format == "ics" else ((), query)
    terms = Terms(rules.schema, rules.settings, then.today if then else store.today, NAMES, with_sensitive)
    checked = listing.check(query, terms)
    if query.sort:
        resolve(query.sort.removeprefix("-"), terms)
    named = [_named(store, then, one, place.format) for one in typed]
    ids = frozenset(id_ for id_, _contacts in named)
    whole = {id_ for id_, contacts in named if not contacts}
    contacts = {id_: frozenset(names) for id_, names in named if id_ not in whole}
    export = _chosen(store, then, checked, ids)
    if channel:
        from crmtext.exporters.for_channel import for_channel  # few exports are for a channel

        export = for_channel(export, channel)
    if place.path and not len(export.customers):
        raise _nobody(export.snapshot, place.path, place.typed)
    return replace(export, people=frozenset(people), contacts=contacts, with_sensitive=with_sensitive)


def _chosen(store: Store, then: Snapshot | None, checked: listing.CheckedQuery, ids: frozenset[str]) -> Export:
    query = checked.query
    if then is None:
        fixed = dict(checked.fixed)
        if ids:
            fixed["id"] = tuple(sorted(ids.intersection(fixed.get("id", ids))))
        then = lookup.listed(store, fixed)
    if query == listing.Query() and not ids:
        return Export(then, then.customers, watch=store.watch)
    # By id, as without a query, so that two exports compare well.
    checked = checked._replace(query=query if query.sort else query._replace(sort="id"))
    rows = listing.rows(then, checked, NAMES)
    if ids:
        kept = [number for number, row in enumerate(rows) if row.customer.id in ids]
        # Records with errors aren't among those that are named.
        only = replace(then, broken=(), elsewhere=then.elsewhere._replace(checked=len(kept), left_out=0))
        return Export(only, LazyList(kept, lambda number: rows[number].customer), watch=store.watch)
    return Export(then, LazyList(rows, lambda row: row.customer), watch=store.watch)


def _named(store: Store, then: Snapshot | None, typed: str, form: str) -> tuple[str, tuple[str, ...]]:
    """The id of the customer that was typed, and the names of its contacts if only they match."""
    snapshot = then or lookup.around(store, typed)
    customer = find(snapshot.customers, typed, left_out=snapshot.left_out)
    contacts = contacts_named(customer, typed)
    if contacts and form != "vcf":
        message = _("'{typed}' is a contact of {customer}, and an export has whole customers")
        command = f"crmtext export {quoted(typed)} -o contact.vcf"
        card = _("the contact's card alone: {command}").format(command=command)
        whole = _("the customer: {command}").format(command=f"crmtext export {customer.id}")
        message = message.format(typed=typed, customer=bracketed(customer.name, customer.id))
        raise usage("no-customer", message, f"{whole}\n{card}")
    return customer.id, contacts


def _nobody(snapshot: Snapshot, path: Path, typed: str) -> CrmError:
    """The error of a file without a customer: an earlier one stays as it is."""
    message = _("no customer matches") if snapshot.checked else _("no customers yet")
    stays = path.is_file() or (path.is_dir() and any(path.iterdir()))
    hint = _("'{path}' stays as it is").format(path=typed) if stays else _("nothing was written")
    return CrmError(Problem("no-customer", message, hint="\n".join([*left_out(snapshot), hint])), Exit.FOUND)


def write(store: Store, export: Export, place: Place, disclose: Callable[[], list[str]] | None = None) -> list[str]:
    """Write an export, and return lines about it for the user.

    `disclose` is called when the export is complete, and before anyone can see it: if it fails, nothing is exported.
    """
    lines: list[str] = []
    if place.path is None:
        with stdout(whole=disclose is not None or not FORMATS[place.format].is_text) as file:
            file_writer(place.format)(export, file)
            lines += disclose() if disclose else []
        return [*_about(export, place), *lines]
    check_place(place.path, store.root, is_folder=place.is_folder)
    with writing(store.root) as files:
        if place.is_folder:
            folder_writer(place.format)(export, Folder(files, place.path))
        else:
            file_writer(place.format)(export, files.open(place.path))
        if disclose:
            files.complete()
            lines += disclose()
    return [_written(export, place, files), *_about(export, place), *lines]


def _written(export: Export, place: Place, files: Files) -> str:
    """The line about the files, and the one about files of an earlier export that are gone."""
    number = len(export.customers if export.written is None else export.written)
    line = plural("Wrote {n} customer to {path}", "Wrote {n} customers to {path}", number, path=place.typed)
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
    lines = left_out(export.snapshot)
    if not lines and not len(export.customers):
        lines.append(_("no customer matches") if export.snapshot.checked else _("no customers yet"))
    lines += export.refused
    if FORMATS[place.format].folder and not place.is_folder and not export.columns:
        lines.append(_("one row for each customer, with the primary contact; for all lists: -o FOLDER/"))
    lines += export.notes
    many = export.sensitive
    if export.with_sensitive:
        text = plural("with {n} value of sensitive fields", "with {n} values of sensitive fields", many)
        return [*lines, _("nothing is masked, {sensitive}").format(sensitive=text)]
    # Of chosen columns, the values of others aren't missed.
    return [*lines, inside(0 if export.columns else many, masked=export.masked)]


def inside(sensitive: int, *, masked: bool = False) -> str:
    """Return the line for whom an export is, with the number of sensitive values that it lacks."""
    text = plural("{n} value of sensitive fields left out", "{n} values of sensitive fields left out", sensitive)
    if masked:
        names = _("masked: names of persons and colleagues, phones, addresses and other personal data")
        return _("; ").join([names, text] if sensitive else [names])
    if not sensitive:
        return _("for use inside the team: nothing is masked")
    return _("for use inside the team: nothing is masked, {sensitive}").format(sensitive=text)


def left_out(snapshot: Snapshot) -> list[str]:
    """Return the line about records with errors, if there are any."""
    if not snapshot.left_out:
        return []
    text = plural("{n} record with errors not exported", "{n} records with errors not exported", snapshot.left_out)
    return [text + _("; see: crmtext check")]
