"""The result of a search as a table, JSON or ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Column, Table, Text
from crmtext.i18n import _, plural
from crmtext.sealing import forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.search.find import Hit, Match, Result
    from crmtext.search.query import Query


def table(result: Result, query: Query, *, every: bool = False) -> Table:
    """Return the customers with their best hits, or with `every` hit."""
    fields = result.snapshot.schema.by_path
    columns = (
        Column("id", fields["id"].label, fixed=True),
        Column("name", fields["name"].label),
        Column("field", _("Field")),
        Column("excerpt", _("Excerpt")),
        *([] if every else [Column("more", _("More hits"), right=True)]),
    )
    rows = tuple(
        (
            match.customer.id,
            _name(result, match.customer, "short_name"),
            _label(result, hit.path),
            hit.excerpt,
            *([] if every else [more]),
        )
        for match, hit, more in _lines(result, every=every)
    )
    return Table(columns, rows, _document(result, query, every=every), note(result))


def ids(result: Result) -> Text:
    """Return the ids, one per line."""
    return Text("".join(f"{match.customer.id}\n" for match in result.matches), note=note(result))


def note(result: Result) -> str:
    """Return the note below a result: customers beyond the limit, records left out, or what may be meant."""
    snapshot = result.snapshot
    if not snapshot.checked:
        return _("no customers yet; add one: crmtext add NAME")
    lines = []
    if not result.total:
        lines += [_("no customer matches"), *([result.meant] if result.meant else [])]
    if more := result.total - len(result.matches):
        text = plural(
            "and {n} more customer; to see all: --limit {total}",
            "and {n} more customers; to see all: --limit {total}",
            more,
            total=str(result.total),
        )
        lines.append(text)
    if snapshot.left_out:
        text = plural("{n} record with errors not searched", "{n} records with errors not searched", snapshot.left_out)
        lines.append(text + _("; see: crmtext check"))
    return "\n".join(lines)


def _document(result: Result, query: Query, *, every: bool) -> dict[str, object]:
    hits = [
        {
            "id": match.customer.id,
            "name": _name(result, match.customer, "name"),
            "field": hit.path.replace("[]", ""),
            "excerpt": hit.excerpt,
            "score": hit.score,
            "more": 0 if every else len(match.hits) - 1,
        }
        for match, hit, _more in _lines(result, every=every)
    ]
    typed = forms.HIDDEN if result.masking else query.typed
    return {"query": typed, "hits": hits, "left_out": result.snapshot.left_out}


def _lines(result: Result, *, every: bool) -> Iterator[tuple[Match, Hit, str]]:
    for match in result.matches:
        more = len(match.hits) - 1
        for hit in match.hits if every else match.hits[:1]:
            yield match, hit, f"+{more}" if more else ""


def _name(result: Result, customer: Customer, key: str) -> str:
    name = customer.name if key == "name" else customer.short
    return str(result.masking.record(customer.data).value(key, name)) if result.masking else name


def _label(result: Result, at: str) -> str:
    """The label of a field; for one that the schema doesn't know, its own name."""
    schema = result.snapshot.schema
    field = schema.by_path.get(at.removesuffix("[]")) or schema.by_path.get(at)
    return schema.label(field) if field else at.removesuffix("[]").rpartition(".")[2]
