"""The workbook of likely duplicates: its headers and words in both languages, and its rows when it comes back."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.unite.unite import differences
from crmtext.values import lazy
from crmtext.values.folding import plain
from crmtext.wording.values import value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.unite.unite import Difference

HEADERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "group": {"en": "Group", "zh": "组"},
        "decision": {"en": "Decision", "zh": "决定"},
        "one": {"en": "Customer A", "zh": "编号 A"},
        "one_name": {"en": "Name A", "zh": "名称 A"},
        "other": {"en": "Customer B", "zh": "编号 B"},
        "other_name": {"en": "Name B", "zh": "名称 B"},
        "score": {"en": "Score", "zh": "相似度"},
        "reasons": {"en": "Reasons", "zh": "理由"},
        "differ": {"en": "Fields that differ", "zh": "不同字段"},
        "answer": {"en": "Values of", "zh": "取值"},
    }
)
DECISIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "same": {"en": "same", "zh": "同一客户"},
        "different": {"en": "different", "zh": "不同客户"},
        "later": {"en": "later", "zh": "暂不处理"},
    }
)
_MEANINGS = {plain(word): name for name, words in DECISIONS.items() for word in (name, *words.values())}
_COLUMNS = {plain(label): name for name, labels in HEADERS.items() for label in labels.values()}
#: Without these columns, a sheet is none of ours.
_NEEDED = frozenset({"decision", "one", "other"})
_WIDTH = 30
#: Between assignments in one cell.
_BETWEEN = lazy.pattern(r"\s*(?:\n|[;；](?=[^;；\n]*[=＝]))\s*")


class Decision(NamedTuple):
    """A decision about two customers, with the row of the sheet."""

    row: int
    #: Their ids and names, as the sheet has them.
    ids: tuple[str, str]
    names: tuple[str, str]
    #: `same`, `different` or `later`; else what was typed.
    verdict: str
    #: The fields that differ, as the sheet shows them.
    differ: str = ""
    #: `A` or `B`, whose values are taken where the two differ, or empty; and assignments.
    prefer: str = ""
    assignments: tuple[str, ...] = ()


def header(rows: Iterable[Sequence[object]]) -> dict[str, int] | None:
    """Return the places of our columns, in any order and either language, by the first row with cells; else None."""
    for cells in rows:
        if any(cell not in (None, "") for cell in cells):
            named = ((_COLUMNS.get(plain(str(cell or ""))), place) for place, cell in enumerate(cells))
            places = {name: place for name, place in named if name}
            return places if places.keys() >= _NEEDED else None
    return None


def read(rows: Iterable[tuple[int, Sequence[object]]], places: Mapping[str, int]) -> Iterator[Decision]:
    """Yield the decisions of a sheet's rows, given with their numbers; an empty one is `later`."""
    for number, cells in rows:

        def cell(name: str, cells: Sequence[object] = cells) -> str:
            at = places.get(name, len(cells))
            return str(cells[at] or "").strip() if at < len(cells) else ""

        ids, typed, answer = (cell("one"), cell("other")), cell("decision"), cell("answer")
        if not all(ids) or plain(typed) in map(plain, HEADERS["decision"].values()):
            continue
        letter = plain(answer).upper() if plain(answer) in ("a", "b") else ""
        yield Decision(
            number,
            ids,
            (cell("one_name"), cell("other_name")),
            _MEANINGS.get(plain(typed), typed) if typed else "later",
            cell("differ"),
            letter,
            () if letter or not answer else tuple(_BETWEEN.split(answer)),
        )


def differ_lines(
    schema: Schema, settings: Settings, one: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the fields that a merge of two records would ask about, each with both values, in the current language."""
    return tuple(
        _differ_line(schema, settings, schema.typed_at(difference.pointer, one), difference)
        for difference in differences(schema, one, other)
    )


def _differ_line(schema: Schema, settings: Settings, label: str, difference: Difference) -> str:
    """Return a field with the two values; no values if they must not be quoted."""
    if schema.sensitive(difference.pointer):
        return label
    field = schema.at(difference.pointer)
    one, other = (
        "–" if value is None else value_text(value, field, settings, _WIDTH)
        for value in (difference.kept, difference.other)
    )
    return _("{field}: {one} | {other}").format(field=label, one=one, other=other)
