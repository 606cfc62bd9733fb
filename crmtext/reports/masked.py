"""Masked reports: figures, rules and conditions are computed on the full records, and what is shown is masked."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext.figures.tables import FigureTable
from crmtext.model import unmasked
from crmtext.reports.shown import joined
from crmtext.sealing import free_text
from crmtext.sealing.mask import Masking, RecordMask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from crmtext.figures.tables import Column, FigureList, Row
    from crmtext.model import Customer
    from crmtext.reports.context import Context, Report
    from crmtext.reports.site import Past, Site
    from crmtext.snapshot import Snapshot

#: The key of the items of lists that has the id of a second customer.
_OTHER = "other"


def site(full: Site) -> Site:
    """Return the input of the site's pages masked; what is due is masked already. No full customer can be reached."""
    masking = Masking(full.schema, full.customers)
    customers = tuple(map(masking.customer, full.customers))
    paths = {masked.path: unmasked(masked).path for masked in customers}

    # Templates see the attributes of a bound method or partial, but not the variables of a function.
    def is_stale(customer: Customer) -> bool:
        return full.is_stale(unmasked(customer))

    def pipeline() -> Sequence[FigureTable]:
        return full.pipeline()

    def past(path: str) -> Past | None:
        return full.past(paths[path])

    return replace(
        full,
        customers=customers,
        is_stale=is_stale,
        pipeline=pipeline,
        past=past,
        masked=True,
    )


def context(full: Context) -> Context:
    """Return the context of the functions that templates call: its customers are masked."""
    snapshot, earlier = _snapshot(full.snapshot), full.earlier

    def states(days: Sequence[date]) -> Iterator[Snapshot | None]:
        return (state and _snapshot(state) for state in full.states(days))

    return replace(full, snapshot=snapshot, states=states, earlier=earlier and _snapshot(earlier))


def _snapshot(full: Snapshot) -> Snapshot:
    return Masking(full.schema, full.customers).snapshot(full)


def where(expression: str, *, mask: bool) -> str:
    """Return an expression as a report shows it: its words may be a customer's name."""
    return "…" if expression and mask else expression


def report(full: Report, context: Context) -> Report:
    """Return a report of a full context with the texts of records masked."""
    texts = _Texts(context)
    parts = tuple(texts.table(part) if isinstance(part, FigureTable) else texts.rows(part) for part in full.parts)
    return full._replace(parts=parts)


class _Texts:
    """Masks the texts of the parts of a report."""

    def __init__(self, context: Context) -> None:
        self._snapshots = [context.snapshot, *([context.earlier] if context.earlier else [])]
        self._maskings = [Masking(snapshot.schema, snapshot.customers) for snapshot in self._snapshots]
        self._of = cache(self._customer)

    def table(self, table: FigureTable) -> FigureTable:
        """Return a table masked: its groups may be customers, or texts of many records."""
        free = [place for place, column in enumerate(table.by) if _is_free(column)]
        rows: Sequence[Row] = table.rows
        if free:
            rows = [row._replace(group=tuple(map(_group, row.group))) for row in rows]
        by = tuple(column._replace(word=self._name) if column.name == "id" else column for column in table.by)
        return table._replace(by=by, rows=rows)

    def rows(self, part: FigureList) -> FigureList:
        """Return a list masked."""
        free = [column.name for column in part.columns if _is_free(column) and column.name != _OTHER]
        return part._replace(items=[self._item(item, free) for item in part.items])

    def _item(self, item: Mapping[str, Any], free: Sequence[str]) -> dict[str, Any]:
        ids = [str(item[key]) for key in ("id", _OTHER) if item.get(key)]
        masks = [mask for id_ in ids for mask in self._of(id_)]
        texts = {name: _text(item[name], masks) for name in ("name", *free) if name in item}
        return {**item, **texts}

    def _name(self, id_: str) -> str:
        """The name of a customer, as it is now or was last."""
        return str(self._of(id_)[0].name)

    def _customer(self, id_: str) -> Sequence[_Mask]:
        """The masks of a customer: as it is now, and as it was at the moment compared with."""
        pairs = zip(self._snapshots, self._maskings, strict=True)
        known = [_Mask(masking, snapshot.by_id[id_]) for snapshot, masking in pairs if id_ in snapshot.by_id]
        if not known:
            raise LookupError(id_)
        return known


class _Mask:
    """The texts of one version of a customer, and their masked forms."""

    def __init__(self, masking: Masking, customer: Customer) -> None:
        self._record = RecordMask(masking, customer.data)
        self.name = self._record.value("name", customer.name)
        self._values: dict[str, str] = {}
        _collect(customer.data, masking.data(customer.data), self._values)

    def __call__(self, text: str) -> str:
        """Return a value as it is masked in its field, and any other text without the values of the record."""
        return self._values[text] if text in self._values else self._record.text(text)


def _collect(full: Any, masked: Any, values: dict[str, str]) -> None:
    """Collect the texts of a record whose masked form differs."""
    if isinstance(full, dict):
        # Keys that the schema leaves open are masked, too; the order stays.
        for value, other in zip(full.values(), masked.values(), strict=True):
            _collect(value, other, values)
    elif isinstance(full, list):
        for value, other in zip(full, masked, strict=True):
            _collect(value, other, values)
    elif isinstance(full, str) and full != masked:
        values[full] = str(masked)


def _is_free(column: Column) -> bool:
    """Whether the values of a column are texts of records, and no fixed ones."""
    return column.kind == "text" and column.word in (None, joined)


def _text(value: Any, masks: Sequence[_Mask]) -> Any:
    """A text, or each of several, masked."""
    if isinstance(value, list | tuple):
        return [_text(one, masks) for one in value]
    if isinstance(value, str):
        for mask in masks:
            value = mask(value)
    return value


def _group(value: Any) -> Any:
    """A text by which the items of many records are grouped, without numbers and addresses."""
    return free_text.masked(value, {}) if isinstance(value, str) else value
