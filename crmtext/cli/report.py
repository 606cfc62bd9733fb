"""`crmtext report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext import layout
from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.progress_line import show
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Choice, Location
from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.history.latest import latest_changes
from crmtext.i18n import N_, _
from crmtext.index import lookup
from crmtext.problem import Exit
from crmtext.reports import REPORTS, publish

if TYPE_CHECKING:
    from crmtext.history.events import Event
    from crmtext.store import Store, When

#: The report that is printed.
_WEEKLY = "weekly"


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--format",
    "form",
    type=Choice(["all", "html", "markdown", "json"]),
    default="all",
    show_default=True,
    help="The format of the pages; weekly is Markdown or JSON.",
)
@click.option(
    "-o",
    "--output",
    type=Location(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The output folder. Default: the store's reports/.",
)
@click.option("--owner", default="", help="Include only this owner's customers: handle, name or me.")
@click.option("--since", default="", metavar="DATE", help="The first day of the weekly report. Default: Monday.")
@click.option("--list", "listed", is_flag=True, help="List the available reports.")
@click.option(
    "--check", "checked", is_flag=True, help="Write nothing; exit with code 1 if the reports are out of date."
)
@options.reading
def report(
    names: tuple[str, ...],
    form: str,
    output: Path | None,
    owner: str,
    since: str,
    *,
    listed: bool,
    checked: bool,
    when: When,
) -> Exit:
    r"""Write the reports: an overview and a page for each colleague and customer, as HTML and Markdown.

    Without NAME, all reports are written. The pages work offline and can be sent as files. `report weekly` prints what
    each colleague did since Monday and what next week brings, as Markdown to paste into a chat.

    \b
    crmtext report --owner me -o mine
    crmtext report weekly --owner me
    """
    if listed:
        return emit(Text("".join(f"{name}\n" for name in (*REPORTS, _WEEKLY))))
    store = options.store()
    if _WEEKLY in names:
        if len(names) > 1 or form == "html" or output or checked:
            raise click.UsageError(_("report weekly is printed, as Markdown or JSON; give no other report, and no -o"))
        return _weekly(store, since, owner, "json" if form == "json" else "markdown", when)
    if since or form == "json":
        raise click.UsageError(_("--since and --format json are for: crmtext report weekly"))
    snapshot = store.read(when)
    whose = options.colleague(store, owner, snapshot.settings) if owner else ""
    site = publish.site(store, snapshot, owner=whose, past=latest_changes(store, snapshot))
    folder = absolute(output) if output else store.root / layout.REPORTS
    check_place(folder, store.root)
    within = files.trusted(folder, store.root)
    pages = show(publish.pages(site, names, form), N_("pages written"))
    if checked:
        old = publish.outdated(pages, folder, within)
        emit(
            Text(
                "".join(f"{path}\n" for path in old),
                note=_("all reports are up to date")
                if not old
                else _("the reports are out of date; run: crmtext report"),
            )
        )
        return Exit.FOUND if old else Exit.FINE
    return emit(publish.publish(pages, folder, site, within))


def _weekly(store: Store, since: str, owner: str, form: str, when: When) -> Exit:
    from crmtext.diff import sides
    from crmtext.git.moments import start
    from crmtext.history import weekly, weekly_text
    from crmtext.history.events import events
    from crmtext.values import dates

    snapshot = store.read(when) if when.at or when.as_of else lookup.snapshot(store, make=False)
    first = weekly.monday(snapshot.today)
    if since:
        first = options.period(dates.since(since, snapshot.today), snapshot.today)
    moves: tuple[Event, ...] = ()
    note = _("without git, it is not known which deals moved") if store.repository is None else ""
    if store.repository is not None:
        old, _label = start(store.git(), first.isoformat(), snapshot.today, store.zone)
        compared = sides.read(store, sides.Range(old, snapshot.read))
        moves = tuple(events(compared, first, snapshot.today))
    whose = options.colleague(store, owner, snapshot.settings) if owner else ""
    result = weekly.weekly(snapshot, weekly.Period(first, snapshot.today), moves, whose)
    return emit(Text(weekly_text.as_markdown(result, options.again(when)), weekly_text.document(result), note), form)
