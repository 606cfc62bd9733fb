"""`crmtext export`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.selection import Typed, choosing, separated, words_and_view
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Choice, Location
from crmtext.exporters import FORMATS, editing_run, run
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.protection import exporting
from crmtext.protection import outside as to_outside
from crmtext.protection.encrypted_export import encrypted, plain_name
from crmtext.record.input import arguments
from crmtext.store import When
from crmtext.systems import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.exporters.export import Export
    from crmtext.problem import Exit
    from crmtext.store import Store


@click.command(cls=Command)
@click.argument("customers", nargs=-1, metavar="[CUSTOMER|@VIEW]...")
@choosing
@click.option(
    "--columns",
    default="",
    metavar="A,B",
    help="Write one table with these columns: fields and computed fields, by name or label.",
)
@click.option(
    "--format", "form", type=Choice(tuple(FORMATS)), help="The format. Default: by the ending of FILE, or csv."
)
@click.option("-o", "--output", default="-", type=Location(readable=False), metavar="FILE|DIR/",
              help="Write to a file, or files to a folder.")  # fmt: skip
@click.option(
    "--headers",
    type=Choice(("names", "labels")),
    help="Fields and values by name, or by label in your language. Default: labels in workbooks, else names.",
)
@click.option("--to", "system", type=Choice(SYSTEMS), help="Write the import files of another system to a folder.")
@click.option("--for-editing", is_flag=True, help="Write a workbook to edit in Excel, which import takes back.")
@click.option(
    "--outside",
    default="",
    metavar="PURPOSE",
    help="Mask the export for somebody outside the team, and write a disclosure; needs --recipient.",
)
@click.option("--with-sensitive", is_flag=True, help="Include sensitive fields; needs --recipient and --purpose.")
@click.option("--recipient", default="", metavar="WHO", help="Who gets the export.")
@click.option("--purpose", default="", metavar="TEXT", help="What the sensitive values are needed for.")
@click.option("--basis", default="", metavar="TEXT", help="The legal basis of giving the data, for the disclosure.")
@click.option("--encrypt", "keys", multiple=True, metavar="KEY",
              help="Write an age file that the owner of this public key can open.")  # fmt: skip
@options.for_channel
@options.reading
def export(
    customers: tuple[str, ...],
    columns: str,
    form: str | None,
    output: str,
    headers: str | None,
    system: str | None,
    outside: str,
    recipient: str,
    purpose: str,
    basis: str,
    keys: tuple[str, ...],
    for_channel: str,
    *,
    for_editing: bool,
    with_sensitive: bool,
    typed: Typed,
    when: When,
) -> Exit:
    r"""Write customers to files, for use inside the team or, with --outside, masked for others.

    Without CUSTOMER, all customers are written, or those that match the options. A CSV file has one row a customer,
    with the primary contact; a folder has customers.csv and one file for each list, linked by customer_id. A workbook
    has a sheet for each. Sensitive fields are left out. crmtext import takes folders, workbooks and JSON back.

    \b
    crmtext export -o customers.xlsx
    crmtext export --where overdue --columns name,owner,next_due -o overdue.csv
    crmtext export --format csv -o customers/
    crmtext export 示例电子 --format json
    crmtext export --outside 年度审计 --recipient 审计所 -o audit.xlsx
    crmtext export --to hubspot -o for-hubspot/
    crmtext export --owner lilei --for-editing -o 李雷的客户.xlsx
    """
    given = _given(outside, recipient, purpose, basis, with_sensitive=with_sensitive)
    _check_channel(for_channel, others=bool(given or for_editing or system))
    if system:
        others = {"--columns": columns, "--headers": headers, "--format": form, "--with-sensitive": with_sensitive}
        _check_alone(output, others | {"--outside": outside, "--for-editing": for_editing})
        return _to_system(customers, typed, when, system, output, keys)
    output = plain_name(output, keys)
    path = None if output == "-" else absolute(Path(output))
    if for_editing:
        if columns or headers or given or form not in (None, "xlsx"):
            raise click.UsageError(_("--for-editing can't be combined with options for columns and formats"))
        place = run.Place("xlsx", editing_run.path_of(output, path), typed=output)
        return _for_editing(customers, typed, when, place, keys)
    place = run.place(output, path, form or "")
    chosen = separated(columns)
    _check_columns(chosen, place)
    store = options.store()
    labels = headers == "labels" if headers else FORMATS[place.format].labels
    if given:
        side = exporting.side(store, when)
        names, view = words_and_view(customers)
        wanted = exporting.Wanted(typed.query(store, side.then or store, view), names, place, labels, chosen)
        return _disclosed(store, side, wanted, given, keys)
    result = replace(_chosen(store, customers, typed, when, place, for_channel), labels=labels, columns=chosen)
    return _written(store, result, place, keys)


def _written(store: Store, result: Export, place: run.Place, keys: tuple[str, ...]) -> Exit:
    with encrypted(store.root, place, keys) as inside:
        lines = run.write(store, result, inside)
    return emit(Text("", note="\n".join(lines)))


def _disclosed(
    store: Store, side: exporting.Side, wanted: exporting.Wanted, given: exporting.Given, keys: tuple[str, ...]
) -> Exit:
    """Write an export and its disclosure."""
    write = to_outside.write if given.what == exporting.OUTSIDE else exporting.write_sensitive
    with encrypted(store.root, wanted.place, keys) as inside:
        lines = write(store, side, wanted._replace(place=inside), given)
    return emit(Text("", note="\n".join(lines)))


def _chosen(
    store: Store,
    customers: tuple[str, ...],
    typed: Typed,
    when: When,
    place: run.Place,
    for_channel: str = "",
) -> Export:
    """The customers that were typed. Raises UsageError for several views."""
    then = None if when == When() else store.read(when)
    names, view = words_and_view(customers)
    query = typed.query(store, then or store, view)
    if not for_channel:
        return run.choose(store, then, query, names, place)
    then = then or lookup.listed(store)
    return run.choose(store, then, query, names, place, channel=arguments.reach_channel(then.schema, for_channel))


def _check_channel(channel: str, *, others: bool) -> None:
    if channel and others:
        message = _("--for-channel can't be used with --to, --for-editing, --outside or --with-sensitive")
        raise click.UsageError(message)


def _check_columns(columns: tuple[str, ...], place: run.Place) -> None:
    if columns and (place.is_folder or not FORMATS[place.format].has_columns):
        formats = ", ".join(name for name, one in FORMATS.items() if one.has_columns)
        raise click.UsageError(_("--columns is for one table: a file of {formats}").format(formats=formats))


def _to_system(
    customers: tuple[str, ...], typed: Typed, when: When, system: str, output: str, keys: tuple[str, ...]
) -> Exit:
    """Write the import files of a system."""
    store = options.store()
    folder = absolute(Path(output))
    place = run.Place("", folder, is_folder=True, typed=output)
    result = _chosen(store, customers, typed, when, place)
    from crmtext.systems import run as to_system

    with encrypted(store.root, place, keys) as inside:
        lines = to_system.write(store, result, system, inside.path or folder, inside.typed)
    return emit(Text("", note="\n".join(lines)))


def _for_editing(customers: tuple[str, ...], typed: Typed, when: When, place: run.Place, keys: tuple[str, ...]) -> Exit:
    """Write a workbook for editing, which shows a commit."""
    store = options.store()
    moment = editing_run.base(store, when)
    result = _chosen(store, customers, typed, When(moment.commit, when.as_of), place)
    with encrypted(store.root, place, keys) as inside:
        lines = editing_run.write(store, result, inside, moment.commit)
    return emit(Text("", note="\n".join(lines)))


def _check_alone(output: str, others: Mapping[str, object]) -> None:
    """A system decides columns, words and format itself, and needs a folder."""
    if given := [name for name, value in others.items() if value]:
        message = _("{options} can't be used with --to: the system decides what its files hold")
        raise click.UsageError(message.format(options=_(", ").join(given)))
    if output == "-":
        raise click.UsageError(_("--to writes several files; name a folder: -o FOLDER/"))


def _given(outside: str, recipient: str, purpose: str, basis: str, *, with_sensitive: bool) -> exporting.Given | None:
    """What is given to whom and why; None for an export for the team."""
    if outside and (with_sensitive or purpose):
        raise click.UsageError(_("--outside names the purpose, and drops sensitive fields: leave out {option}").format(
            option="--with-sensitive" if with_sensitive else "--purpose"))  # fmt: skip
    if outside and not (outside.strip() and recipient.strip()):
        raise click.UsageError(_("--outside PURPOSE needs --recipient WHO"))
    if with_sensitive and not (recipient.strip() and purpose.strip()):
        raise click.UsageError(_("--with-sensitive needs --recipient WHO and --purpose TEXT"))
    if not with_sensitive and not outside and (recipient or purpose or basis):
        raise click.UsageError(_("--recipient, --purpose and --basis are for --outside and --with-sensitive"))
    if outside:
        return exporting.Given(exporting.OUTSIDE, recipient, outside, basis)
    return exporting.Given(exporting.SENSITIVE, recipient, purpose, basis) if with_sensitive else None
