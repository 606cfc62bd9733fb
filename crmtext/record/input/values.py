"""Values as people type them, read by the kind of the field: labels, names, dates, amounts, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from crmtext.checks.reference import GONE
from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.record.input import amount_range, amounts, arguments
from crmtext.schema import choices, fixes
from crmtext.terminal.quoting import quoted
from crmtext.text.read.load import parse_text
from crmtext.text.read.scalars import EXACT, resolve, too_long
from crmtext.values import dates, money, times
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from decimal import Decimal

    from crmtext.schema import Field
    from crmtext.store import Store
    from crmtext.text.edit.emit import Value

#: A number with more digits than this is an identifier such as an order number, so it stays text.
_MOST_DIGITS = 15


def read(field: Field, typed: str, store: Store, whose: str = "CUSTOMER", currency: str = "") -> Value:
    """Return the value that a typed text means for a field. Raises CrmError if it means none.

    `whose` names the customer in a hint; it is empty for a new one, which has no id yet. `currency` is the one beside
    an amount.
    """
    text = typed.strip()
    if not text:
        raise usage("empty-value", _("'{key}' has no value").format(key=field.key), _("enter a value"))
    if field.kind == "list":
        return items(field, text, store, whose)
    if field.kind == "map":
        return amount_range.read(field, text, store.settings.currency, currency) or _reject(field, text)
    return _single(field, text, store, currency)


def currency(field: Field, typed: str, store: Store, now: str = "") -> str:
    """Return the code of an amount's currency if a field beside it must change to hold it; else empty."""
    if amounts.currency_field(store.schema, field) is None:
        return ""
    home = now or store.settings.currency
    code = currencies.of_amount(typed, home)[1]
    return code if code != home else ""


def is_list(field: Field) -> bool:
    """Whether a field takes a list; one below `custom` may take a single value as well."""
    return "array" in _kinds(field)


def items(field: Field, typed: str, store: Store, whose: str = "CUSTOMER") -> list[Value]:
    """Return the items of a list: separated by commas, or as in YAML, `["a, b", c]`, if an item contains a comma."""
    item = field.item
    if item is not None and item.kind in ("map", "list"):
        message = _("'{key}' is a list of entries with fields of their own").format(key=field.typed)
        new = f"{typed_for(field, typed) or 'FIELD'}={quoted(typed)}"
        if not whose:
            raise usage(
                "wrong-type", message, _("use: {form}").format(form=f"--set {store.schema.typed(field.path)}.{new}")
            )
        line = f"crmtext append {whose} {store.schema.typed(field.path)} {new}"
        raise usage("wrong-type", message, _("to add one: {command}").format(command=line))
    texts = _bracketed(typed) if typed.startswith("[") else fixes.SEPARATORS.split(typed)
    return [_single(item, text.strip(), store) if item else text.strip() for text in texts if text.strip()]


def typed_for(field: Field, typed: str) -> str:
    """Return the field of a list's entry that a bare text sets, as people type it; empty if there is none."""
    fields = field.by_key.values()
    needed = [child for child in fields if field.item and child.key in field.item.resolved.get("required", ())]
    wanted = typed.casefold()
    fixed = (child for child in needed for choice in child.choices if wanted in map(str.casefold, choice.names()))
    main = next(fixed, None) or field.main
    return main.typed if main else ""


def _bracketed(typed: str) -> list[str]:
    data = parse_text(f"list: {typed}\n").data
    values = data.get("list") if isinstance(data, dict) else None
    if not isinstance(values, list) or any(isinstance(value, dict | list) for value in values):
        raise usage("wrong-form", _("'{value}' is not a list").format(value=typed), _('use: ["one, with comma", two]'))
    return [str(value) for value in values]


def _single(field: Field, text: str, store: Store, currency: str = "") -> Value:
    if field.choices:
        return choices.find_choice(field, text)
    if field.definition == "currency":
        return currencies.code_of(text) or text
    if field.definition == "time":
        return times.parse(text)
    if field.mark("x-handle"):
        return arguments.colleague(store, text)
    if field.mark("x-reference") and field.path not in GONE:
        return arguments.customer(store, text)
    plain = _plain(field, text, store, currency)
    return _text(field, text, store) if plain is None else plain


def _plain(field: Field, text: str, store: Store, currency: str) -> Value:
    """Return a boolean, date or number if the field takes one and the text is one; else None."""
    kinds = _kinds(field)
    if "boolean" in kinds and (truth := _truth(text, field, store)) is not None:
        return truth
    if field.kind == "date":
        return dates.parse(text, store.today, past=bool(field.mark("x-past"))).isoformat()
    if field.kind in ("number", "integer"):
        return _number(field, text, store, currency)
    if "array" in kinds and text.startswith("["):
        return _bracketed(text)
    if field.is_partial and field.is_past:
        known = fixes.value(text, field.resolved, store.schema)
        if not (known or fixes.fits(text, field.resolved, store.schema)):
            return dates.parse(text, store.today, past=True).isoformat()
    number = resolve(text) if kinds & {"number", "integer"} and len(text) <= _MOST_DIGITS else None
    return number if type(number) in {int, float} and str(number) == text else None


def _kinds(field: Field) -> frozenset[str]:
    named = field.resolved.get("type", "string")
    return frozenset([named] if isinstance(named, str) else named)


def _truth(text: str, field: Field, store: Store) -> bool | None:
    """Return yes or no; for a field that also takes text, only for `true` and `false`."""
    if "string" in _kinds(field) and field.kind != "date":
        return {"true": True, "false": False}.get(text)
    fixed = fixes.scalar(text, {"type": "boolean"}, store.schema)
    if not fixed and field.kind == "boolean":
        raise usage("wrong-type", _("'{value}' is neither yes nor no").format(value=text), _("use yes or no"))
    return fixed == "true" if fixed else None


def _number(field: Field, text: str, store: Store, currency: str) -> int | float:
    percent = field.resolved.get("maximum") == 100
    try:
        exact = money.decimal(text.rstrip("%％ ")) if percent else _amount(field, text, store, currency)
    except CrmError as error:
        if error.problem.rule == "amount-currency":
            raise
        # The hint of money.decimal is for amounts; an integer or percentage has its field's own hint.
        hint = field.hint if percent or field.kind == "integer" else ""
        message = _("'{value}' is not a number in digits").format(value=text)
        raise usage(error.problem.rule, message, hint or error.problem.hint) from None
    if digits := too_long(f"{exact.normalize():f}"):
        message = _("a number with {n} digits loses precision").format(n=digits)
        raise usage("number-too-long", message, _("an amount has at most {n} digits").format(n=EXACT))
    if exact == exact.to_integral_value():
        return int(exact)
    if field.kind == "integer":
        raise usage("wrong-type", _("'{value}' is not a whole number").format(value=text), field.hint)
    return float(exact)


def _amount(field: Field, text: str, store: Store, currency: str) -> Decimal:
    home = currency or store.settings.currency
    number, code = amounts.read(text, home)
    if code and code != home:
        raise amounts.foreign_currency(text, code, home, amounts.currency_above(store.schema, field))
    return number


def _text(field: Field, text: str, store: Store) -> str:
    """Return the text as typed, or in the schema's form if it is clear what is meant."""
    spec = field.resolved
    return text if fixes.fits(text, spec, store.schema) else fixes.value(text, spec, store.schema) or text


def _reject(field: Field, typed: str) -> NoReturn:
    keys = ", ".join(f"{field.key}.{child.key}" for child in field.children[:6])
    hint = _("choose one: {keys}").format(keys=keys or f"{field.key}.…")
    message = _("'{key}' is a group of fields").format(key=field.key)
    if field.is_range:
        message = _("'{value}' is neither an amount nor a range").format(value=typed)
        hint = _("use an amount or a range, such as 50k-80k; or {hint}").format(hint=hint)
        if field.child("text"):
            hint += "\n" + _("to keep the exact words: {key}").format(key=f"{field.key}.text=…")
    raise usage("wrong-type", message, hint)
