"""The page of a computed name: its labels, its meaning and an example of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.computed import COMPUTED, named, names_of
from crmtext.explain.rule import indented
from crmtext.i18n import LANGUAGES, _, translations

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIXED = "{name} == 'existing'"
_USES = {
    "text": "'…' in {name}",
    "date": "{name} < today",
    "number": "{name} > 30",
    "truth": "{name}",
    "sums": "{name}.CNY > 100000",
}


def find(typed: str) -> str:
    """The computed name with this name, label or synonym; empty if there is none."""
    name = named(typed)
    return name if name in COMPUTED else ""


def names() -> Iterator[str]:
    """All names of all computed names."""
    for name in COMPUTED:
        yield from names_of(name)


def shown(name: str) -> Text:
    """The page as text and as JSON."""
    found = COMPUTED[name]
    labels, about = translations(found.label), translations(found.about)
    document = {
        "computed": name,
        "labels": labels,
        "about": about,
        "kind": found.kind,
        "synonyms": list(found.synonyms),
    }
    return Text("\n".join(_lines(name)) + "\n", document)


def _lines(name: str) -> Iterator[str]:
    found = COMPUTED[name]
    labels, about = translations(found.label), translations(found.about)
    yield f"{name}  {' '.join(labels[each] for each in LANGUAGES)}"
    for each in LANGUAGES:
        yield from indented(about[each])
    yield ""
    kinds = {
        "text": _("text"), "date": _("a date"), "number": _("a number"), "truth": _("true or false"),
        "sums": _("a sum for each currency"),
    }  # fmt: skip
    yield from indented(_("{kind}; computed from the record, never stored").format(kind=kinds[found.kind]))
    if found.synonyms:
        yield from indented(_("also called: {names}").format(names=_(", ").join(found.synonyms)))
    yield from ("", _("Example"))
    use = _FIXED if found.like else _USES[found.kind]
    yield f'    crmtext list --where "{use.format(name=name)}" --columns name,{name}'
