"""Read typed constants by the type they are compared with: labels, names of colleagues, dates, amounts."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _, language
from crmtext.problem import CrmError
from crmtext.query.filter import kinds
from crmtext.query.filter.budget import LARGEST_NUMBER
from crmtext.query.filter.kinds import Part, Type, fold
from crmtext.query.filter.syntax import Constant
from crmtext.schema import fixes
from crmtext.schema.nearest import choice as nearest_choice
from crmtext.schema.validator_error import list_choices
from crmtext.values import dates, money
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.query.filter.names import Names
    from crmtext.query.filter.syntax import Node

_PARTIAL = re.compile(r"\d{4}(-\d{2})?", re.ASCII)
_PARTIAL_CHINESE = re.compile(r"(\d{4}) ?年 ?(?:(\d{1,2}) ?月)?", re.ASCII)
_DAY_OF_ANY_YEAR = re.compile(r"(?:--|每年)?(\d{1,2})(?:-|/| ?月 ?)(\d{1,2})(?: ?[日号])?", re.ASCII)
_YEARS = range(1000, 3000)


class Loose(NamedTuple):
    """A typed text with its possible meanings: text, number or date."""

    text: str
    amount: Decimal | None
    day: str


def constant(node: Constant, names: Names) -> Part:
    """Return the part of a constant as typed, before it is fitted to the other side."""
    value = node.value
    if value is None:
        return Part(kinds.NONE, lambda _frame: None, node, constant=True)
    if isinstance(value, bool):
        return _of(node, kinds.TRUTH, value)
    if isinstance(value, str):
        return _of(node, kinds.TEXT, value)
    if not abs(value) < LARGEST_NUMBER:
        raise names.source.wrong(node, _("the number is too large"), _("use an amount such as 50000 or '50k'"))
    return _of(node, kinds.NUMBER, value if isinstance(value, int) else Decimal(str(value)))


def _of(node: Node, type_: Type, value: object) -> Part:
    return Part(type_, lambda _frame: value, node, constant=True)


def fit(part: Part, other: Type, names: Names, *, within: bool = False) -> Part:
    """Return a constant converted to the type it is compared with. Raises CrmError if it can't be.

    `within`: the constant is searched for in a text.
    """
    node = part.node
    if not part.constant or not isinstance(node, Constant) or isinstance(node.value, bool) or node.value is None:
        return part
    if not isinstance(node.value, str):
        # A number is a year if it is compared with a date.
        is_year = other.kind in ("date", "partial") and node.value in _YEARS
        return _of(node, kinds.Type("partial"), str(node.value)) if is_year else part
    reader = _READERS.get(other.kind)
    if other.fixed:
        return _of(node, kinds.TEXT, _choice(node, node.value, other, names))
    if other.field is not None and other.field.definition == "currency":
        return _of(node, kinds.TEXT, _currency(node, node.value, other, names))
    if other.handle:
        return _of(node, kinds.TEXT, _handle(node, node.value, names, within=within))
    return reader(node, node.value, other, names) if reader else part


def _choice(node: Node, typed: str, other: Type, names: Names) -> str:
    wanted = fold(typed.strip())
    choices = other.field.choices if other.field else ()
    ways = (
        {choice.value for choice in choices if fold(choice.value) == wanted},
        {choice.value for choice in choices if wanted in map(fold, choice.names())},
    )
    for values in ways:
        if len(values) == 1:
            return values.pop()
    close = nearest_choice(typed, choices, loose=True)
    labels = {choice.value: choice.labels.get("zh", "") for choice in choices} if language() == "zh" else {}
    shown = f"{close}（{labels[close]}）" if labels.get(close) else close
    message = _("unknown value '{value}' for {name}").format(value=typed, name=other.name)
    known = _("one of: {values}").format(values=list_choices(choices))
    raise names.source.wrong(node, message, did_you_mean(shown, known))


def _currency(node: Node, typed: str, other: Type, names: Names) -> str:
    if code := currencies.code_of(typed):
        return code
    message = _("unknown value '{value}' for {name}").format(value=typed, name=other.name)
    code = currencies.successor(typed) or names.terms.settings.currency
    raise names.source.wrong(node, message, _("use: {form}").format(form=f"{other.name} == '{code}'"))


def _handle(node: Node, typed: str, names: Names, *, within: bool) -> str:
    settings = names.terms.settings
    member = settings.member(typed.strip())
    if member:
        return member.handle
    if within or not settings.team:
        return typed
    people = {name: other.handle for other in settings.team.values() for name in (other.name, other.handle) if name}
    message = _("'{handle}' is not on the team list").format(handle=typed)
    team = _("team: {handles}").format(handles=settings.everybody)
    raise names.source.wrong(node, message, did_you_mean(nearest(typed, people, loose=True), team))


def _date(node: Node, typed: str, other: Type, names: Names) -> Part:
    try:
        return _of(node, other.one._replace(field=None), day(typed, other, names))
    except CrmError as error:
        raise names.source.wrong(node, error.problem.message, error.problem.hint) from None


def day(typed: str, other: Type, names: Names) -> str:
    """Return the date of a text; year, month or day may be left out. Raises CrmError if it is not a date."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if _PARTIAL.fullmatch(text):
        return text
    if match := _PARTIAL_CHINESE.fullmatch(text):
        return f"{match[1]}-{int(match[2]):02}" if match[2] else match[1]
    if other.kind == "partial" and (match := _DAY_OF_ANY_YEAR.fullmatch(text)):
        return f"--{int(match[1]):02}-{int(match[2]):02}"
    return dates.parse(typed, names.terms.today, past=other.past).isoformat()


def _amount(node: Node, typed: str, other: Type, names: Names) -> Part:
    percent = other.field is not None and other.field.resolved.get("maximum") == 100
    home = names.terms.settings.currency
    number, code = currencies.of_amount(typed, home)
    if code and code != home and not other.name.endswith(f".{code}"):
        message = _("'{value}' is an amount in {code}, but numbers are compared without currency").format(
            value=typed, code=code
        )
        hint = _("use the number alone, and compare the currency separately: {form}").format(
            form=f"currency == '{code}'"
        )
        raise names.source.wrong(node, message, hint)
    try:
        value = money.decimal(typed.rstrip("%％ ") if percent else number)
    except CrmError as error:
        raise names.source.wrong(node, error.problem.message, error.problem.hint) from None
    if abs(value) >= LARGEST_NUMBER:
        raise names.source.wrong(node, _("the number is too large"), _("use an amount such as 50000 or '50k'"))
    return _of(node, kinds.NUMBER, value)


def _truth(node: Node, typed: str, _other: Type, names: Names) -> Part:
    text = fixes.scalar(typed, {"type": "boolean"}, names.terms.schema)
    if not text:
        raise names.source.wrong(node, _("'{value}' is neither yes nor no").format(value=typed), _("use true or false"))
    return _of(node, kinds.TRUTH, text == "true")


def _loose(node: Node, typed: str, _other: Type, names: Names) -> Part:
    try:
        amount = money.decimal(typed)
    except CrmError:
        amount = None
    try:
        when = day(typed, kinds.DATE, names)
    except CrmError:
        when = ""
    return _of(node, kinds.ANY, Loose(typed, amount, when))


_READERS: dict[str, Callable[[Node, str, Type, Names], Part]] = {
    "date": _date, "partial": _date, "number": _amount, "truth": _truth, "any": _loose,
}  # fmt: skip
