"""`crmtext report`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from crmtext import layout
from crmtext.answer import Column, Table, Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.progress_line import show
from crmtext.cli.framework.render import SCHEMA, emit, tell, to_json
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Choice, Location
from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.figures.rules import NAMES
from crmtext.history.latest import latest_changes
from crmtext.i18n import N_, _
from crmtext.index import lookup
from crmtext.problem import CrmError, Exit, usage
from crmtext.query import filter as query_filter
from crmtext.query import listing
from crmtext.reports import FORMATS, REPORTS, masked_folder, named, named_pages, own, publish
from crmtext.reports.context import Context, default_period
from crmtext.reports.site import SUFFIXES, no_past
from crmtext.store import When
from crmtext.templating import team_templates
from crmtext.terminal.quoting import quoted
from crmtext.trends.kept import keep
from crmtext.trends.moves import moves
from crmtext.trends.states import states
from crmtext.values import dates
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmtext.figures.stats.query import States
    from crmtext.history.events import Event
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: The report that is printed, and its other names.
_WEEKLY = "weekly"
_WEEK = ("weekly", "week", "周报")


class _Asked(NamedTuple):
    """The reports, and the options as typed."""

    names: tuple[str, ...]
    forms: tuple[str, ...]
    owner: str = ""
    where: str = ""
    since: str = ""
    until: str = ""
    compare: str = ""
    when: When = When()
    mask: bool = False

    @property
    def given(self) -> Mapping[str, str]:
        """The options of named reports that are given."""
        pairs = {"where": self.where, "since": self.since, "until": self.until, "compare": self.compare}
        return {name: value for name, value in pairs.items() if value}

    @property
    def command(self) -> str:
        """The command line."""
        words = ["crmtext report", *map(quoted, self.names), *(f"--format {form}" for form in self.forms)]
        words += (f"--{name} {quoted(value)}" for name, value in {"owner": self.owner, **self.given}.items() if value)
        words += ["--mask"] if self.mask else []
        return " ".join(words) + options.again(self.when)


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=Choice(["html", "markdown", "csv", "json", "xlsx", "all"]),
    help="The format; may be repeated. Default: html, without NAME html and markdown.",
)
@click.option(
    "-o",
    "--output",
    type=Location(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The output folder. Default: the store's reports/.",
)
@click.option("--owner", default="", help="Include only this owner's customers: handle, name or me.")
@click.option("--where", default="", metavar="EXPR", help="Include only customers that match.")
@click.option("--since", default="", metavar="DATE", help="The first day. Default: 12 months; for weekly, Monday.")
@click.option("--until", default="", metavar="DATE", help="The last day. Default: today.")
@click.option("--compare", default="", metavar="DATE", help="Show the figures of this day, too: last-week, 2026-09-30.")
@click.option("--list", "listed", is_flag=True, help="List the available reports.")
@click.option("--context", "described", is_flag=True, help="Print the names that a template of this report may use.")
@click.option(
    "--check", "checked", is_flag=True, help="Write nothing; exit with code 1 if the reports are out of date."
)
@options.masking
@options.reading
def report(
    names: tuple[str, ...],
    forms: tuple[str, ...],
    output: Path | None,
    *,
    listed: bool,
    described: bool,
    checked: bool,
    mask: bool,
    **given: str,
) -> Exit:
    r"""Write the reports: an overview, pages of colleagues and customers, and named reports.

    Without NAME, all reports are written as HTML and Markdown. The pages work offline and can be sent as files. JSON of
    one report is printed. `report weekly` prints what each colleague did since Monday and what next week brings, as
    Markdown to paste into a chat. `--list` shows the names; templates/NAME.html.j2 in the store is a report, too.

    \b
    crmtext report --owner me -o mine
    crmtext report receivables quality
    crmtext report 应收 --format xlsx --format csv
    crmtext report weekly --owner me
    """
    asked = _Asked(names, tuple(dict.fromkeys(forms)), mask=mask, **given)  # type: ignore[arg-type]
    if listed:
        return _list(asked)
    store = options.store()
    templates = team_templates.read(store.root)
    chosen = tuple(dict.fromkeys(_name(typed, templates) for typed in names))
    if described:
        return _describe(store, asked, chosen, templates)
    if _WEEKLY in chosen:
        if len(chosen) > 1 or {*forms} - {"markdown", "json"} or len(forms) > 1 or output or checked:
            raise click.UsageError(_("report weekly is printed, as Markdown or JSON; give no other report, and no -o"))
        if unfit := [name for name in asked.given if name != "since"]:
            raise _unfit(unfit, "crmtext report weekly")
        return _weekly(store, asked, "".join(forms) or "markdown")
    return _write(store, asked, chosen, templates, output, checked=checked)


def _list(asked: _Asked) -> Exit:
    """Print the names and labels of all reports, in a store also of the team's own."""
    try:
        templates = team_templates.read(options.store().root)
    except CrmError as error:
        if error.problem.rule != "no-store":
            raise
        templates = {}
    known = {name: _(label) for name, label in named_pages.SITE.items()} | named_pages.labels(templates)
    columns = (Column("name", _("Name")), Column("label", _("Report")))
    document = {"reports": [{"name": name, "label": label} for name, label in known.items()]}
    return emit(Table(columns, tuple(known.items()), document), "json" if "json" in asked.forms else "table")


def _name(typed: str, templates: Mapping[str, str]) -> str:
    """The name of the report that is meant. Raises CrmError if there is none."""
    if typed in REPORTS or typed in own.names(templates):
        return typed
    if typed.casefold() in _WEEK:
        return _WEEKLY
    if name := named.named(typed):
        return name
    labels = named_pages.labels(templates)
    every = (*named_pages.SITE, *labels)
    known = _("reports: {names}").format(names=_(", ").join(every))
    hint = did_you_mean(nearest(typed, [*every, *labels.values()]), known)
    raise usage("unknown-report", _("unknown report '{name}'").format(name=typed), hint)


def _describe(store: Store, asked: _Asked, chosen: Sequence[str], templates: Mapping[str, str]) -> Exit:
    """Print the names that templates of a report may use."""
    if len(chosen) != 1 or chosen[0] in named_pages.SITE:
        raise click.UsageError(_("--context is for one named report, such as: crmtext report pipeline --context"))
    from crmtext.reports.describe import describe
    from crmtext.reports.view import view

    name = chosen[0]
    snapshot = store.read(asked.when) if asked.when.at else _indexed(store, asked.when)
    context = _context(store, snapshot, asked)
    result = named_pages.compute(name, context, mask=asked.mask)
    shown = view(name, named_pages.labels(templates)[name], result, context)
    return emit(describe(shown), "json" if "json" in asked.forms else "table")


def _unfit(names: Sequence[str], command: str) -> click.UsageError:
    shown = _(", ").join(f"--{name}" for name in names)
    return click.UsageError(_("{options} can't be used with: {command}").format(options=shown, command=command))


def _formats(
    asked: _Asked, site_names: Sequence[str], named_names: Sequence[str], templates: Mapping[str, str]
) -> tuple[str, ...]:
    """The formats to write. Raises UsageError for tables of pages that have none."""
    if not asked.forms and named_names and asked.names:
        has_page = all(named_pages.can_be(name, ("html",), templates) for name in named_names)
        return ("html",) if has_page else FORMATS
    if not asked.forms:
        return FORMATS
    forms = tuple(one for form in asked.forms for one in (FORMATS if form == "all" else (form,)))
    if site_names and (tables := [form for form in forms if form in named_pages.TABLES]):
        message = _("--format {form} is for a named report, such as: crmtext report pipeline --format {form}")
        raise click.UsageError(message.format(form=tables[0]))
    return tuple(dict.fromkeys(forms))


def _write(
    store: Store,
    asked: _Asked,
    chosen: tuple[str, ...],
    templates: Mapping[str, str],
    output: Path | None,
    *,
    checked: bool,
) -> Exit:
    site_names = tuple(name for name in chosen or REPORTS if name in REPORTS)
    named_names = tuple(name for name in chosen or named_pages.labels(templates) if name not in REPORTS)
    if site_names and (unfit := [*asked.given]):
        raise _unfit(unfit, " ".join(("crmtext report", *asked.names)))
    formats = _formats(asked, site_names, named_names, templates)
    for name in named_names:
        if chosen and not named_pages.can_be(name, formats, templates):
            message = _("the report '{name}' has only: {formats}")
            known = _(", ").join(own.formats(name, templates))
            raise click.UsageError(message.format(name=name, formats=known))
    snapshot = store.read(asked.when) if site_names or asked.when.at else _indexed(store, asked.when)
    context = _context(store, snapshot, asked)
    folder = absolute(output) if output else store.root / (layout.MASKED_REPORTS if asked.mask else layout.REPORTS)
    is_own = any(f"{name}.{suffix}.j2" in templates for name in named_names for suffix in ("html", "md"))
    site = publish.site(
        store,
        snapshot,
        owner=context.owner,
        past=latest_changes(store, snapshot, mask=asked.mask) if site_names else no_past,
        reports=_beside(folder, chosen, named_pages.labels(templates)),
        with_tasks=bool(site_names) or is_own,
        mask=asked.mask,
    )
    linked = "customers" in site_names or (folder / "customers").is_dir()
    wanted = named_pages.Wanted(named_names, formats, context, site, linked, _json_text, asked.mask)
    if formats == ("json",) and len(named_names) == 1 and not output and not checked:
        result = named_pages.compute(named_names[0], context, mask=asked.mask)
        document = named_pages.document(named_names[0], result, context, site.commit, mask=asked.mask)
        return emit(Text("", document, listing.left_out(snapshot)), "json")
    check_place(folder, store.root)
    within = files.trusted(folder, store.root)
    masked_folder.check(folder, within, templates, mask=asked.mask)
    return _publish(site_names, wanted, folder, within, asked, checked=checked)


def _json_text(document: Mapping[str, object]) -> str:
    return to_json({"schema": SCHEMA, **document})


def _beside(folder: Path, chosen: Sequence[str], labels: Mapping[str, str]) -> Mapping[str, str]:
    """The named reports that are written now, or were written into the folder before."""

    def is_there(name: str) -> bool:
        return any((folder / f"{name}.{suffix}").is_file() for suffix in SUFFIXES.values())

    return {name: label for name, label in labels.items() if not chosen or name in chosen or is_there(name)}


def _publish(
    site_names: tuple[str, ...],
    wanted: named_pages.Wanted,
    folder: Path,
    within: Path | None,
    asked: _Asked,
    *,
    checked: bool,
) -> Exit:
    failed: list[Problem] = []
    site = wanted.site
    of_site = publish.pages(site, site_names, wanted.formats) if site_names else ()
    every = show(chain(of_site, named_pages.files(wanted, failed)), N_("pages written"))
    if checked:
        old = publish.outdated(every, folder, within)
        out_of_date = _("the reports are out of date; run: {command}").format(command=asked.command)
        note = out_of_date if old else _("all reports are up to date")
        code = emit(Text("".join(f"{path}\n" for path in old), note=note))
        code = Exit.FOUND if old else code
    else:
        if asked.mask:
            masked_folder.mark(folder, within)
        done = publish.publish(every, folder, site, within)
        # One template that is wrong leaves nothing to open.
        code = Exit.FINE if failed and len(wanted.names) == len(failed) and not site_names else emit(done)
    # One wrong template stops no other report.
    tell(failed)
    return Exit.CANNOT if failed else code


def _indexed(store: Store, when: When) -> Snapshot:
    """The store on the disk, read from the index."""
    day = dates.parse(when.as_of, store.today) if when.as_of else None
    snapshot = lookup.snapshot(store)
    return replace(snapshot, today=day, last=None) if day else snapshot


def _context(store: Store, snapshot: Snapshot, asked: _Asked) -> Context:
    """The input of the named reports. Raises CrmError or UsageError for options that can't be understood."""
    today = snapshot.today
    until = min(dates.until(asked.until, today), today) if asked.until else today
    since = dates.since(asked.since, today) if asked.since else default_period(until)[0]
    options.period(since, until)
    if asked.where:
        query_filter.compiled(asked.where, listing.terms(snapshot, NAMES))
    owner = options.colleague(store, asked.owner, snapshot.settings) if asked.owner else ""
    past = states(store, snapshot)
    earlier = _earlier(store, past, dates.until(asked.compare, today), today) if asked.compare else None
    return Context(
        snapshot,
        since,
        until,
        owner,
        asked.where,
        past,
        cache(partial(moves, store, snapshot)),
        earlier,
        cache(partial(moves, store, earlier or snapshot)),
        partial(keep, store),
    )


def _earlier(store: Store, states: States, day: date, today: date) -> Snapshot:
    """The store at the end of an earlier day. Raises CrmError if there was none."""
    if day >= today:
        message = _("--compare {date} is not before {today}").format(date=day, today=today)
        raise click.UsageError(message)
    return next(states((day,))) or store.read(When(at=day.isoformat()))


def _weekly(store: Store, asked: _Asked, form: str) -> Exit:
    from crmtext.diff import sides
    from crmtext.diff.masked import MaskedComparison
    from crmtext.figures import stages
    from crmtext.git.moments import start
    from crmtext.history import weekly, weekly_masked, weekly_text
    from crmtext.history.events import events

    when = asked.when
    snapshot = store.read(when) if when.at or when.as_of else lookup.snapshot(store, make=False)
    masking = options.masking_of(snapshot.schema, mask=asked.mask)
    first = weekly.monday(snapshot.today)
    if asked.since:
        first = options.period(dates.since(asked.since, snapshot.today), snapshot.today)
    moved: tuple[Event, ...] = ()
    note = _("without git, it is not known which deals moved or are idle") if store.repository is None else ""
    if store.repository is not None:
        old, _label = start(store.git(), first.isoformat(), snapshot.today, store.zone)
        compared = sides.read(store, sides.Range(old, snapshot.read))
        moved = tuple(events(MaskedComparison(compared) if masking else compared, first, snapshot.today))
    whose = options.colleague(store, asked.owner, snapshot.settings) if asked.owner else ""
    idle = stages.idle(snapshot, moves(store, snapshot), snapshot.customers)
    result = weekly.weekly(snapshot, weekly.Period(first, snapshot.today), moved, whose, idle, masking)
    if masking:
        result = weekly_masked.masked(result, masking)
    return emit(Text(weekly_text.as_markdown(result, options.again(when)), weekly_text.document(result), note), form)
