"""Problems of a value's type or form, with the right way to write it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.schema import fixes
from crmtext.schema.validator_error import Fault, kind, kind_of, list_choices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem


def wrong_type(fault: Fault) -> Iterator[Problem]:
    """The problem of a value of the wrong type."""
    value, wanted = fault.error.instance, fault.error.validator_value
    simple = isinstance(value, str | bool | int | float)
    if value is None:
        yield empty(fault)
    elif wanted == "string" and simple:
        yield from _not_text(fault)
    elif wanted == "array" and simple:
        yield _not_a_list(fault)
    else:
        fixed = fixes.scalar(value, fault.error.schema, fault.schema) if isinstance(value, str) else ""
        yield fault.problem(
            "wrong-type",
            _("'{key}' must be {wanted}, not {given}").format(key=fault.key, wanted=kind(wanted), given=kind_of(value)),
            fault.instead(fixed, _form_hint(fault, wanted)),
            key=not simple,
            fix=fixes.plain(fault.document, fault.pointer, fixed) if fixed else (),
        )


def empty(fault: Fault) -> Problem:
    """The problem of a key without a value."""
    field = fault.field
    if field and field.choices:
        hint = _("use one of: {values}").format(values=list_choices(field.choices))
    elif fault.schema.required(fault.pointer):
        hint = _("enter a value")
    else:
        hint = _("enter a value, or remove the field")
    return fault.problem("empty-value", _("'{key}' has no value").format(key=fault.key), hint, key=True)


def _not_text(fault: Fault) -> Iterator[Problem]:
    """A number or boolean in place of text: quotes fix it if the text has the right form."""
    if not fixes.fits(fault.written, fault.error.schema, fault.schema):
        yield wrong_form(fault, str(fault.error.schema.get("format", "")))
        return
    text = _("put it in quotes")
    given = _("true or false") if isinstance(fault.error.instance, bool) else _("a number")
    yield fault.problem(
        "number-as-text",
        _("{value} is read as {kind}, but must be text").format(value=fault.quoted, kind=given),
        text if fault.secret else _('put it in quotes: "{value}"').format(value=fault.written),
        fix=fixes.quoted(fault.document, fault.pointer),
    )


def _not_a_list(fault: Fault) -> Problem:
    shown, fix = fixes.bracketed(fault.document, fault.pointer, fault.error.schema, fault.schema)
    hint = _form_hint(fault, "array")
    if shown and not fault.secret:
        hint = _("put it in brackets: {key}: {value}").format(key=fault.key, value=shown)
    return fault.problem(
        "wrong-type",
        _("'{key}' must be {wanted}, not {given}").format(
            key=fault.key, wanted=kind("array"), given=kind_of(fault.error.instance)
        ),
        hint,
        fix=fix,
    )


def wrong_format(fault: Fault) -> Iterator[Problem]:
    """The problem of a text that isn't a date, an e-mail address and so on."""
    yield wrong_form(fault, fault.error.validator_value)


def wrong_pattern(fault: Fault) -> Iterator[Problem]:
    """The problem of a text that doesn't match its pattern; a line break has its own message."""
    if any(sign in str(fault.error.instance) for sign in "\n\r"):
        message = _("'{key}' must be one line, but contains a line break").format(key=fault.key)
        yield fault.problem("line-break", message, _("put it on one line"))
    elif fault.error.schema.get("format") != "date":  # otherwise the format reports it
        yield wrong_form(fault, "")


def wrong_form(fault: Fault, form: str) -> Problem:
    """The problem of a text in a wrong form, with a fix if only one meaning is possible."""
    fixed = fixes.value(fault.written, fault.error.schema, fault.schema)
    messages = {
        "date": _("{value} is not a date").format(value=fault.quoted),
        "date-time": _("{value} is not a date and time with a UTC offset").format(value=fault.quoted),
        "email": _("{value} is not an e-mail address").format(value=fault.quoted),
        "uri": _("{value} is not a web address").format(value=fault.quoted),
    }
    if form in messages:
        hint = fault.instead(fixed, _hint(form, fault.written) or fault.hint)
        return fault.problem(f"{form}-format", messages[form], hint, fix=fault.fix(fixed))
    hint = fault.instead(fixed, fault.hint)
    if fixed and fixed == unicodedata.normalize("NFKC", fault.written):
        message = _("{value} contains full-width characters").format(value=fault.quoted)
        return fault.problem("fullwidth-digits", message, hint, fix=fault.fix(fixed))
    message = _("{value} does not match the format of '{key}'").format(value=fault.quoted, key=fault.key)
    return fault.problem("wrong-form", message, hint, fix=fault.fix(fixed))


def _hint(form: str, text: str) -> str:
    if form == "date" and fixes.looks_like_date(text):
        return _("this date does not exist")
    hints = {
        "date": _("use year, month and day, such as 2024-05-01"),
        "date-time": _("use the form 2024-05-01T09:30:00+08:00"),
        "email": _("use one address, such as name@example.com"),
        "uri": _("use a full web address, such as https://example.com"),
    }
    return hints[form]


def _form_hint(fault: Fault, wanted: Any) -> str:
    if wanted == "array":
        return _("make it a list: one line '- …' per item below '{key}:'").format(key=fault.key)
    if wanted == "object":
        return _("put 'field: value' lines below it, indented by two spaces")
    if fault.hint:
        return fault.hint
    if wanted == "boolean":
        return _("use true or false")
    if wanted in ("number", "integer"):
        return _("use digits only, such as 500000")
    return _("put one value after '{key}:'").format(key=fault.key)
