"""Reports: pages made from a snapshot, as HTML and as Markdown; one module per report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import cast

from crmtext.i18n import _, speaking
from crmtext.problem import usage
from crmtext.reports.site import FORMATS, Site
from crmtext.values.did_you_mean import did_you_mean, nearest

__all__ = ["FORMATS", "REPORTS", "Site", "render"]

#: Each report's name and the function that yields its pages.
REPORTS = {
    "index": "crmtext.reports.index:pages",
    "people": "crmtext.reports.people:pages",
    "customers": "crmtext.reports.customers:pages",
}

Page = tuple[str, str]
Pages = Callable[[Site, tuple[str, ...]], Iterator[Page]]


def render(site: Site, names: Iterable[str] = (), formats: Iterable[str] = FORMATS) -> Iterator[Page]:
    """Yield path and text of every page of the named reports, or of all; each page is made when it is requested."""
    chosen = tuple(names) or tuple(REPORTS)
    for name in chosen:
        if name not in REPORTS:
            known = _("reports: {names}").format(names=_(", ").join(REPORTS))
            hint = did_you_mean(nearest(name, REPORTS), known)
            raise usage("unknown-report", _("unknown report '{name}'").format(name=name), hint)
    return _pages(site, chosen, tuple(formats))


def _pages(site: Site, names: tuple[str, ...], formats: tuple[str, ...]) -> Iterator[Page]:
    for name in names:
        module, attribute = REPORTS[name].split(":")
        pages = cast("Pages", getattr(import_module(module), attribute))(site, formats)
        while True:
            # Set the language for each page only, so that the caller keeps its own in between.
            with speaking(site.language):
                page = next(pages, None)
            if page is None:
                break
            yield page
