"""The page of a measure of `stats`, and the list of all measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Column, Table, Text
from crmtext.explain.rule import indented
from crmtext.figures.stats.measures import MEASURES, find, names_of
from crmtext.i18n import LANGUAGES, N_, _, translations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["find", "is_list", "names", "note", "shown", "table"]

_LIST = N_("measures")
#: The kinds of figures in words.
_KINDS: Mapping[str, str] = {
    "number": N_("a number"),
    "money": N_("a sum for each currency"),
    "average": N_("an average"),
    "averages": N_("an average for each currency"),
    "days": N_("a number of days"),
    "answers": N_("a share"),
    "wins": N_("a share"),
}


def is_list(typed: str) -> bool:
    """Whether the list of all measures is meant."""
    return typed.strip().casefold() in translations(_LIST).values()


def names() -> Iterator[str]:
    """Yield all names, labels and synonyms of measures."""
    for name in MEASURES:
        yield from names_of(name)


def note(name: str) -> str:
    """Return the note on the page of something else of that name."""
    return _("measure '{name}': {meaning}").format(name=name, meaning=_(MEASURES[name].about))


def table() -> Table:
    """Return a table of all measures."""
    columns = (Column("measure", _("Measure"), fixed=True), Column("label", _("Label")), Column("about", _("Meaning")))
    rows = tuple((name, _(measure.label), _(measure.about)) for name, measure in MEASURES.items())
    every = [{"measure": name, "label": label, "about": about} for name, label, about in rows]
    return Table(columns, rows, {"measures": every})


def shown(name: str) -> Text:
    """Return the page as text and JSON."""
    measure = MEASURES[name]
    document = {
        "measure": name,
        "labels": translations(measure.label),
        "about": translations(measure.about),
        "kind": measure.kind,
        "of": "moment" if measure.day is None else "events",
        "items": measure.items or "customers",
        "synonyms": list(measure.synonyms),
    }
    return Text("\n".join(_lines(name)) + "\n", document)


def _lines(name: str) -> Iterator[str]:
    measure = MEASURES[name]
    labels = translations(measure.label)
    yield f"{name}  {' '.join(labels[language] for language in LANGUAGES)}"
    yield from indented(_(measure.about))
    yield ""
    of = _("describes a moment") if measure.day is None else _("counts events by their day")
    yield from indented(_("{kind}; {of}").format(kind=_(_KINDS[measure.kind]), of=of))
    if measure.synonyms:
        yield from indented(_("also called: {names}").format(names=_(", ").join(measure.synonyms)))
    yield from ("", _("Example"), f"    crmtext stats --measure {name} --by owner")
