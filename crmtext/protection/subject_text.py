"""The answer to a request of access as a page that the person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.history import story_text
from crmtext.i18n import _, plural
from crmtext.protection.disclosures import KINDS
from crmtext.wording.labels import heading, labelled
from crmtext.wording.markdown import escape, outline
from crmtext.wording.sections import Book, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.protection.disclosure_list import Entry, Listed
    from crmtext.protection.subject_access import Answer
    from crmtext.store import Store

_APART = ("sources", "external_ids", "consents")


def markdown(store: Store, given: Answer) -> str:
    """Return the page."""
    data: Mapping[str, Any] = given.document.data
    name = store.settings.name or _("this store")
    parts = [
        f"# {escape(_('Personal data of {name}').format(name=given.name))}",
        escape(_("What {store} holds about you on {date}.").format(store=name, date=store.today)),
        *_section(_("Data"), _outline(store, {key: value for key, value in data.items() if key not in _APART})),
        *_section(_("Where it came from"), _origin(store, given)),
        *_section(heading(store.schema, "consents"), _outline(store, _only(data, "consents"))),
        *_section(_("To whom it was given"), "\n".join(_disclosures(store, given))),
        *_section(_("Also named in"), "\n".join(_mentions(store, given))),
        *_section(_("History"), story_text.markdown(given.story) if given.story else ""),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _section(title: str, text: str) -> Iterator[str]:
    yield f"## {escape(title)}"
    yield text.strip("\n") or _("Nothing is recorded.")


def _outline(store: Store, data: Mapping[str, Any]) -> str:
    return outline(entries(data, store.schema.root, Book(store.settings, {})))


def _only(data: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return {key: value for key, value in data.items() if key in names}


def _origin(store: Store, given: Answer) -> str:
    lines = [_outline(store, _only(given.document.data, "sources", "external_ids")).strip("\n")]
    events = given.story.events if given.story else ()
    lines += [f"- {one['date']} · {escape(one['subject'])} ({one['commit'][:8]})" for one in given.imports]
    if events:
        first = events[-1]
        text = _("first recorded on {date} by {who}").format(date=first.day, who=first.author)
        lines.append(f"- {escape(text)}")
    return "\n".join(filter(None, lines))


def _disclosures(store: Store, given: Answer) -> Iterator[str]:
    for entry in given.disclosures.entries:
        yield f"- {escape(_line(entry))}"
        yield f"  - {escape(labelled(_('fields'), _parts(store, entry.disclosure.fields)))}"
    if given.disclosures.undecided:
        yield f"\n{escape(undecided(given.disclosures))}"


def _mentions(store: Store, given: Answer) -> Iterator[str]:
    fields: dict[str, list[str]] = {}
    for one in given.mentions:
        fields.setdefault(one.id, []).append(one.field)
    for id_, paths in fields.items():
        yield f"- {escape(labelled(id_, _parts(store, paths)))}"


def _parts(store: Store, paths: Iterable[str]) -> str:
    """The parts of the record with these fields, which are enough to read; the JSON file has each field."""
    parts = dict.fromkeys(path.partition(".")[0].removesuffix("[]") for path in paths)
    return _(", ").join(heading(store.schema, part) if part in store.schema.by_path else part for part in parts)


def _line(entry: Entry) -> str:
    one = entry.disclosure
    parts = [str(one.day), one.to, one.purpose, one.basis, _(KINDS[one.what])]
    if entry.undecided:
        parts.append(_("it can't be said any more whether you were in it"))
    return " · ".join(filter(None, parts))


def undecided(listed: Listed) -> str:
    """Return the line about disclosures of which it isn't known whether the person was in them."""
    return plural(
        "of {n} disclosure it can't be said any more whether the person was in it",
        "of {n} disclosures it can't be said any more whether the person was in them",
        listed.undecided,
    )
