"""The page of a computed name: labels, meaning and an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.explain.rule import indented, rows
from crmtext.figures.rules import NAMES
from crmtext.i18n import LANGUAGES, _, translations
from crmtext.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_USES = {
    "text": "'…' in {name}",
    "date": "{name} < today",
    "number": "{name} > 30",
    "truth": "{name}",
    "sums": "{name}.CNY > 100000",
}


def find(typed: str) -> str:
    """Return the computed name for a name, label or synonym; empty if there is none."""
    name = NAMES.named(typed)
    return name if name in NAMES else ""


def names() -> Iterator[str]:
    """Yield all names, labels and synonyms of computed names."""
    for name in NAMES:
        yield from NAMES.names_of(name)


def shown(name: str, settings: Settings | None = None) -> Text:
    """Return the page as text and JSON, with the values that a store's settings, or the defaults, give it."""
    figure = NAMES[name]
    labels, about = translations(figure.label), translations(figure.about)
    document: dict[str, object] = {
        "computed": name,
        "labels": labels,
        "about": about,
        "kind": figure.kind,
        "synonyms": list(figure.synonyms),
    }
    values = figure.values(settings or Settings()) if figure.values else {}
    if values:
        document["choices"] = [{"value": value, "labels": dict(labels)} for value, labels in values.items()]
    return Text("\n".join(_lines(name, values)) + "\n", document)


def note(name: str) -> str:
    """Return the note on the page of something else of that name."""
    return _("computed field '{name}': {meaning}").format(name=name, meaning=_(NAMES[name].about))


def _lines(name: str, values: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    figure = NAMES[name]
    labels = translations(figure.label)
    yield f"{name}  {' '.join(labels[language] for language in LANGUAGES)}"
    yield from indented(_(figure.about))
    yield ""
    kinds = {
        "text": _("text"), "date": _("a date"), "number": _("a number"), "truth": _("true or false"),
        "sums": _("a sum for each currency"),
    }  # fmt: skip
    kind = _("a list") if figure.many else kinds[figure.kind]
    yield from indented(_("{kind}; computed, never stored").format(kind=kind))
    if figure.synonyms:
        yield from indented(_("also called: {names}").format(names=_(", ").join(figure.synonyms)))
    yield from rows(_("Values"), [(value, labels, "") for value, labels in values.items()])
    yield from ("", _("Example"))
    use = figure.example or _USES[figure.kind]
    yield f'    crmtext list --where "{use.format(name=name)}" --columns name,{name}'
