"""The files of named reports: pages, tables as CSV, JSON documents and workbooks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.delimited import comma_separated
from crmtext.figures.compared import joined
from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_values import list_document, table_document, values_table
from crmtext.i18n import N_, _
from crmtext.problem import CrmError, Problem
from crmtext.reports import masked, own
from crmtext.reports.context import Context, Report, shifted
from crmtext.reports.environment import Pages
from crmtext.reports.functions import functions
from crmtext.reports.named import NAMED, make
from crmtext.reports.site import SUFFIXES
from crmtext.reports.view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmtext.reports.site import Site

#: The labels of the pages of the site and of the printed report.
SITE = {
    "index": N_("Overview"),
    "people": N_("A page for each colleague"),
    "customers": N_("A page for each customer"),
    "weekly": N_("Weekly report"),
}
#: The formats of named reports; `FORMATS` of a site are pages.
TABLES = ("csv", "json", "xlsx")
#: The templates that pages of named reports use: with one of a store's own they run in the sandbox.
_USED = frozenset({"report", "base", "charts"})
_MARK = "\ufeff"

File = tuple[str, str | bytes]


class Wanted(NamedTuple):
    """Reports by name in some formats, and the context that they are computed from."""

    names: tuple[str, ...]
    formats: tuple[str, ...]
    context: Context
    site: Site
    #: Whether pages of customers and the index are beside the reports, to link to.
    linked: bool
    to_json: Callable[[Mapping[str, Any]], str]
    #: Whether texts of records are masked.
    mask: bool = False


def labels(templates: Mapping[str, str]) -> dict[str, str]:
    """Return the reports by name with their labels, a team's own ones last."""
    return {name: _(one.label) for name, one in NAMED.items()} | {
        name: name for name in own.names(templates) if name not in NAMED
    }


def can_be(name: str, formats: Iterable[str], templates: Mapping[str, str]) -> bool:
    """Whether a report can be written in one of the formats; a team's own only in those that it has a template for."""
    return name in NAMED or bool({*formats} & {*own.formats(name, templates)})


def compute(name: str, context: Context, *, mask: bool = False) -> Report:
    """Return a report; compared with an earlier moment, its tables have the values of that moment beside them.

    A report that is only a template has no parts. With `mask`, the texts of records are masked.
    """
    if name not in NAMED:
        return Report(())
    report = _compared(name, context)
    return masked.report(report, context) if mask else report


def _compared(name: str, context: Context) -> Report:
    report = make(name, context)
    if context.earlier is None:
        return report
    then = {part.name: part for part in make(name, shifted(context)).parts if isinstance(part, FigureTable)}
    day, commit = context.earlier.today, context.earlier.read
    parts = (
        joined(part, then.get(part.name), day, commit)
        if isinstance(part, FigureTable) and part.compare is None
        else part
        for part in report.parts
    )
    return report._replace(parts=tuple(parts))


def document(name: str, report: Report, context: Context, commit: str, *, mask: bool = False) -> dict[str, Any]:
    """Return the JSON document of a report; `mask` says that it is masked."""
    tables = {part.name: table_document(part) for part in report.parts if isinstance(part, FigureTable)}
    lists = {part.name: list_document(part) for part in report.parts if not isinstance(part, FigureTable)}
    earlier = context.earlier
    then = shifted(context)
    compared = (
        {"date": earlier.today, "commit": earlier.read, "since": then.since, "until": then.until} if earlier else None
    )
    return {
        "report": name,
        "today": context.snapshot.today,
        "commit": commit or None,
        "since": context.since,
        "until": context.until,
        "owner": context.owner or None,
        "where": masked.where(context.where, mask=mask) or None,
        **({"compare": compared} if compared else {}),
        **({"masked": True} if mask else {}),
        "notes": list(report.notes),
        "tables": tables,
        "lists": lists,
        "left_out": context.snapshot.left_out,
    }


def files(wanted: Wanted, failed: list[Problem]) -> Iterator[File]:
    """Yield path and content of each file. A report whose template is wrong is left out, and its problem added."""
    for name in wanted.names:
        try:
            yield from [*_files(name, wanted)]
        except CrmError as error:
            if error.problem.rule != "template":
                raise
            failed.append(error.problem)


def _files(name: str, wanted: Wanted) -> Iterator[File]:
    report = compute(name, wanted.context, mask=wanted.mask)
    for form in wanted.formats:
        if form in SUFFIXES:
            if page := _page(name, report, form, wanted):
                yield f"{name}.{SUFFIXES[form]}", page
        elif name not in NAMED:
            continue
        elif form == "csv":
            for part in report.parts:
                yield f"{name}-{part.name}.csv", _MARK + comma_separated(values_table(part)).text
        elif form == "json":
            yield (
                f"{name}.json",
                wanted.to_json(document(name, report, wanted.context, wanted.site.commit, mask=wanted.mask)),
            )
        else:
            from crmtext.reports.workbook import workbook  # slow to load

            yield f"{name}.xlsx", workbook(report.parts, wanted.site.today)


def _page(name: str, report: Report, form: str, wanted: Wanted) -> str:
    """The text of a page; empty if a team's own report has no template in this format."""
    template = f"{name}.{SUFFIXES[form]}.j2"
    is_own = template in wanted.site.templates
    if not is_own and name not in NAMED:
        return ""
    shown = view(name, labels(wanted.site.templates)[name], report, wanted.context)
    shown = replace(shown, where=masked.where(shown.where, mask=wanted.mask))
    offered = masked.context(wanted.context) if wanted.mask else wanted.context
    pages = Pages(form, wanted.site, () if is_own else _USED, partial(functions, offered))
    return pages.page(name if is_own else "report", {"report": shown, "linked": wanted.linked})
