"""The converter of a column, chosen once by its field."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.checks.masked_value import is_masked
from crmtext.i18n import _
from crmtext.importers.values import days, numbers, plain_text, reach, scores, texts
from crmtext.importers.values.outcome import EMPTY, Ask, Converter, Outcome, Yearless, bad
from crmtext.problem import usage
from crmtext.record.input import amounts
from crmtext.schema.validate import Validator
from crmtext.terminal.quoting import quoted
from crmtext.text import secret_numbers
from crmtext.text.pointer import without_places
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.importers.mapping import Default
    from crmtext.importers.sheet import Cell
    from crmtext.importers.values.context import Context
    from crmtext.schema import Field, Schema

_STARS = lazy.pattern(r"[*\s-]*\*[*\s-]*")
_PARTIAL = lazy.pattern(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2}))?\s*[年月]?")
_MONTH_DAY = lazy.pattern(r"(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*[日号]?")
#: Fields with ids and numbers that are no quantities.
_CODES = frozenset({
    "id", "uscc", "postcode", "region_code", "tax_number", "number", "order_no", "invoice_no", "wechat", "qq", "wecom",
})  # fmt: skip
_SHORTEST_NUMBER = 13
#: Kinds of `x-mask` that can't be used unless they are complete; phone numbers and e-mail addresses have converters.
_COMPLETE = frozenset({"id", "account", "social", "text"})
_PARTIAL_DATES = frozenset({"partial-date", "known-date"})
#: Lists whose names may have commas.
LISTS_OF_NAMES = frozenset({"aliases", "products", "services", "competitors"})
_SIMPLE: Mapping[str, Converter] = {"currency": numbers.currency, "time": days.time_of}
_REACH: Mapping[str, Converter] = {"phone": reach.phone_numbers, "email": reach.emails}
#: Fields whose other forms joining reads.
_FREE = frozenset({"addresses[].country", "interactions[].next.due", "interactions[].summary"})


class Facts(NamedTuple):
    """The facts that a converter needs besides the field."""

    #: The header.
    column: str
    #: The name of its field.
    path: str
    object: str = ""
    #: The meanings of values; the first mapping counts.
    also: Sequence[Mapping[str, str]] = ()
    #: The cells of the column, with the numbers of their rows.
    numbered: Callable[[], Iterable[tuple[int, Cell]]] = tuple

    def cells(self) -> Iterator[Cell]:
        """Return the cells of the column."""
        return (cell for _row, cell in self.numbered())


def field_of(schema: Schema, path: str) -> Field | None:
    """Return the schema's field for a path without positions; None below open fields and for special names."""
    field: Field | None = schema.root
    for key in without_places(path).rstrip(".").split("."):
        field = field.child(key) if field else None
    return field


def choose(context: Context, facts: Facts) -> Converter:
    """Return the converter of a column."""
    field = field_of(context.schema, facts.path)
    if facts.path.startswith("@"):
        convert = _special(context, facts)
    elif field is None or facts.path.startswith(("custom.", "external_ids.")):
        is_id = "external_ids" in facts.path.split(".")[:2] and not facts.path.startswith("custom.")
        convert = texts.code() if is_id else texts.lines
    else:
        convert = _of_field(context, facts, field)
    # Fields with a form of their own: anything else that came through would be rejected only at the end.
    valid = None
    if field is not None and field.path not in _FREE and not _is_list_of_maps(field):
        valid = _validator(context, field)
    is_name = facts.path in ("name", "contacts.name")
    if field is not None and context.schema.masks.get(field.path) in _COMPLETE:
        convert = _complete(convert)
    return _safe(convert, facts.column, field, valid, is_name=is_name)


def _is_list_of_maps(field: Field) -> bool:
    """Whether joining makes entries of the field's texts."""
    return field.kind == "map" or bool(field.item and field.item.kind == "map")


def _special(context: Context, facts: Facts) -> Converter:
    if facts.path in ("@created", "@closed", "@due"):
        return _days(context, facts)
    if facts.path == "@done":
        return texts.done(_days(context, facts), facts.also)
    if facts.path == "@won":
        return texts.won(facts.also)
    if facts.path == "@deleted":
        return lambda cell: Outcome(True) if texts.is_yes(cell) else EMPTY
    return texts.lines if facts.path == "@text" else texts.line


def _of_field(context: Context, facts: Facts, field: Field) -> Converter:
    item = field.item
    if field.kind == "list" and item is not None:
        if item.kind == "map" and item.main is not None:
            return texts.lines if item.main.definition == "text" else texts.line
        if item.definition in _REACH:
            return _REACH[item.definition]
        return texts.items(_single(context, facts, item), of_names=field.key in LISTS_OF_NAMES)
    if field.kind == "map":
        return numbers.budget(field, context.settings.currency) if field.is_range else texts.line
    return _single(context, facts, field)


def _single(context: Context, facts: Facts, field: Field) -> Converter:
    """The converter of a field that holds one value, or of the items of a list."""
    if field.choices:
        # The items of a list have no label of their own.
        label = (field_of(context.schema, facts.path) or field).label
        return texts.choice(field, facts.column, facts.also, label)
    if field.mark("x-handle"):
        lenient = facts.path == "interactions.by" or (
            facts.path == "owner" and facts.object in ("interactions", "tasks")
        )
        return _anybody(context) if lenient else context.people
    if field.definition in _SIMPLE:
        return _SIMPLE[field.definition]
    if field.definition in _PARTIAL_DATES:
        return _partial(_days(context, facts))
    if field.kind == "date":
        read = _days(context, facts)
        return _due(read) if facts.path == "interactions.next.due" else _left(read, field, facts)
    return _number(context, facts, field) if field.kind in ("number", "integer") else _text(facts, field)


def _number(context: Context, facts: Facts, field: Field) -> Converter:
    if field.definition == "score":
        return scores.score(facts.column, facts.also, facts.numbered)
    beside = amounts.currency_field(context.schema, field) is not None
    european = cache(lambda: numbers.is_european(facts.cells()))
    return numbers.number(field, context.settings.currency, european, beside=beside)


def _text(facts: Facts, field: Field) -> Converter:
    if field.kind == "boolean":
        return texts.boolean(facts.also)
    if field.definition in _REACH or field.key == "website":
        return reach.website if field.key == "website" else _first(_REACH[field.definition])
    if facts.path == "contacts.name":
        return texts.person_name
    if field.key in _CODES or field.mark("x-reference"):
        return texts.code(upper=field.key == "uscc", blanks=field.key not in ("uscc", "region_code"))
    # The summary of an interaction may have lines: rows.py makes details of the rest.
    if field.definition == "text" or facts.path == "interactions.summary":
        return texts.lines
    return texts.renamed(texts.line, facts.also)


def _days(context: Context, facts: Facts) -> days.Days:
    def ambiguous(text: str) -> Outcome:
        asked = _("'{value}' in '{column}': does the day or the month come first?").format(
            value=text, column=facts.column
        )
        options = ("--day-first", "--month-first", f"--drop {quoted(facts.column)}")
        return Outcome(ask=Ask(f"day-first:{facts.column}", asked, options))

    order = cache(lambda: days.order_of(facts.cells(), day_first=context.day_first, american=context.american))
    return days.Days(
        order, today=context.today, zone=context.zone, source_zone=context.source_zone, ambiguous=ambiguous
    )


def _anybody(context: Context) -> Converter:
    """Finds colleagues; other names stay, because joining puts them into the details."""

    def convert(cell: Cell) -> Outcome:
        result = context.people(cell)
        return result if result.value else Outcome(plain_text.line(plain_text.read(cell).text) or None)

    return convert


def _due(read: Converter) -> Converter:
    """Reads the day of a next step; other words stay, because joining puts them into the details."""

    def convert(cell: Cell) -> Outcome:
        result = read(cell)
        text = plain_text.line(plain_text.read(cell).text)
        if not result.bad or plain_text.damage(cell, text)[0] or not isinstance(cell, str):
            return result
        return Outcome(text, _("no exact day: the words go into the details"))

    return convert


def _left(read: Converter, field: Field, facts: Facts) -> Converter:
    """Reads a day; a yes where the schema allows one."""
    if "boolean" not in field.resolved.get("type", ()):
        return read
    truth = texts.boolean(facts.also)

    def convert(cell: Cell) -> Outcome:
        result = truth(cell)
        return read(cell) if result.bad else result

    return convert


def _partial(read: Converter) -> Converter:
    """Reads a day, a month, a year, or a day of any year."""

    def convert(cell: Cell) -> Outcome:
        text = plain_text.whole(plain_text.narrow(plain_text.read(cell).text))
        if not isinstance(cell, (date, datetime)):
            if (match := _PARTIAL.fullmatch(text)) and 1000 <= int(match[1]) <= 2999:
                if not match[2]:
                    return Outcome(int(match[1]))
                if 1 <= int(match[2]) <= 12:
                    return Outcome(f"{match[1]}-{int(match[2]):02}")
            if match := _MONTH_DAY.fullmatch(text):
                return Outcome(f"--{int(match[1]):02}-{int(match[2]):02}")
        result = read(cell)
        return bad(_("not a date"), _("enter a date such as 2024-05-01")) if _is_yearless(result) else result

    return convert


def _is_yearless(result: Outcome) -> bool:
    return isinstance(result.value, Yearless)


def _first(convert: Converter) -> Converter:
    """The first one of a list; the others are reported."""

    def first(cell: Cell) -> Outcome:
        result = convert(cell)
        if not result.value:
            return result
        more = result.value[1:]
        result = result._replace(value=result.value[0])
        return result._replace(bad=_("only one value fits"), fix=_("enter one value")) if more else result

    return first


def _validator(context: Context, field: Field) -> Callable[[Any], bool]:
    """The test of a field's values, compiled once an import."""
    if field.path not in context.valid:
        data = context.schema.data
        whole = {"definitions": data.get("definitions", {}), "$schema": data.get("$schema", "")}
        context.valid[field.path] = Validator({**whole, "allOf": [dict(field.spec)]}).valid
    return context.valid[field.path]


def _complete(convert: Converter) -> Converter:
    """A converter that takes no masked values."""

    def complete(cell: Cell) -> Outcome:
        if is_masked(plain_text.read(cell).text):
            return bad(_("the value is masked"), _("enter the complete value, or remove it"))
        return convert(cell)

    return complete


def _safe(
    convert: Converter, column: str, field: Field | None, valid: Callable[[Any], bool] | None, *, is_name: bool
) -> Converter:
    """A converter whose values the schema accepts and that hold no numbers of IDs and cards."""
    names_something = bool(field and (field.choices or field.mark("x-handle")))

    def safe(cell: Cell) -> Outcome:
        text, hidden = plain_text.read(cell)
        if hidden and is_name:
            return bad(_("the name contains invisible characters"), _("type the name again"))
        if names_something and masked(text, column)[1]:
            # It would be quoted in a question, and its answer saved.
            return bad(_("the number of an ID or a bank card"), _("leave it out: it may not be stored"))
        result = convert(cell)
        if result.value is None:
            return result
        if hidden and not result.rewritten:
            result = result._replace(rewritten=_("invisible characters removed"))
        value, hit = masked(result.value, column)
        if hit and _nothing_left(value):
            return bad(_("the number of an ID or a bank card"), _("leave it out: it may not be stored"))
        if value is not result.value:
            result = result._replace(value=value, masked=hit)
        if valid is not None and not _is_yearless(result) and not _fits(value, valid, is_name=is_name):
            why, fix = misfit(field)
            return result._replace(bad=why, fix=fix, value=fitting(value, valid))
        return result

    return safe


def misfit(field: Field | None) -> tuple[str, str]:
    """Return why a value doesn't fit its field, and what to do."""
    kind = (field.item or field).definition if field else ""
    if kind == "email":
        return _("not an e-mail address"), _("enter it as name@example.com")
    explain = _("compare it with: crmtext explain {field}").format(field=field.path.replace("[]", "") if field else "")
    return _("the value doesn't fit the field"), (field.hint if field else "") or explain.strip()


def fitting(value: Any, valid: Callable[[Any], bool]) -> Any:
    """Return the items of a list that fit; None if none does."""
    return ([one for one in value if valid([one])] or None) if isinstance(value, list) else None


def _fits(value: Any, valid: Callable[[Any], bool], *, is_name: bool) -> bool:
    return all(map(valid, value)) if is_name and isinstance(value, list) else valid(value)


def masked(value: Any, column: str) -> tuple[Any, bool]:
    """Return a value with numbers of IDs and cards replaced by stars, and whether there were any."""
    if isinstance(value, str):
        # Shorter texts have no room for such a number.
        if len(value) < _SHORTEST_NUMBER or not secret_numbers.may_contain(value):
            return value, False
        # The header may say what a number is.
        start = f"{column}: "
        shown = secret_numbers.masked(start + value)[len(start) :]
        return shown, shown != value
    if isinstance(value, list):
        pairs = [masked(one, column) for one in value]
        if not any(hit for _one, hit in pairs):
            return value, False
        kept = [one for one, _hit in pairs if not _nothing_left(one)]
        return kept, any(hit for _one, hit in pairs)
    if isinstance(value, dict):
        pairs_by_key = {key: masked(one, f"{column} {key}") for key, one in value.items()}
        return {key: one for key, (one, _hit) in pairs_by_key.items()}, any(hit for _one, hit in pairs_by_key.values())
    return value, False


def _nothing_left(value: Any) -> bool:
    return value == [] or (isinstance(value, str) and _STARS.fullmatch(value) is not None)


def convert_default(context: Context, default: Default) -> Any:
    """Return the value of a default, None for that of a column. Raises CrmError if the field can't have it."""
    path, typed, _origin = default
    top, dot, key = path.partition(".")
    holder = context.schema.root.child(top)
    if path.startswith("@") or "[" in path or (holder and _is_list_of_maps(holder) and (not dot or "." in key)):
        message = _("'{field}' can't have a default").format(field=path)
        raise usage("default-value", message, _("name a field of the customer, or of an entry: interactions.date"))
    if default.column:
        if not (holder and holder.kind == "list" and dot):
            return None
        message = _("the default of '{field}' can't be a column").format(field=path)
        raise usage("default-value", message, f"--map {quoted(f'{default.column}={path}')}")
    result = choose(context, Facts(f"--default {path}", path))(typed)
    if result.ask is not None:
        raise usage("default-value", result.ask.text)
    if result.bad or result.value is None or _is_yearless(result):
        why = result.bad or _("it says nothing")
        message = _("'{value}' can't be the default of '{field}': {why}").format(value=typed, field=path, why=why)
        raise usage("default-value", message, result.fix)
    return result.value
