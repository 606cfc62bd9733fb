"""Validation errors as problems: one mistake, one message."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, pick
from crmtext.problem import Edit, Problem, Severity
from crmtext.schema import fixes, nearest
from crmtext.schema.messages import empty, wrong_format, wrong_pattern, wrong_type
from crmtext.schema.validate import identity
from crmtext.schema.validator_error import Fault, list_choices
from crmtext.text.pointer import escape, last, upwards
from crmtext.text.tree import find_key
from crmtext.values import lazy
from crmtext.values.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from crmtext.schema import Schema
    from crmtext.text.document import Document


_COLON = lazy.pattern("[:：]")
_NO_NUMBERS = frozenset({"number-too-long", "not-a-number"})
#: The most errors of one record: a file with more is hardly a record, and each error costs a search.
_MOST = 200


def explain(schema: Schema, document: Document) -> Iterator[Problem]:
    """Return the problems of a document's data, without those of its text."""
    errors = schema.validator.errors(document.data)
    problems = (problem for error in errors for problem in _problems(Fault(schema, document, error)))
    yield from _once([*islice(problems, _MOST)], schema, document)


def _problems(fault: Fault) -> Iterator[Problem]:
    branch = _branch(fault)
    if branch is not None:
        yield _conditional(fault, branch)
    else:
        yield from _BY_KEYWORD.get(fault.error.validator, _anything)(fault)


def _once(problems: list[Problem], schema: Schema, document: Document) -> Iterator[Problem]:
    """One problem for each place, by the order below; a mistyped key isn't reported as missing too."""
    rank = {rule: number for number, rule in enumerate(("unknown-key", "wrong-type", "number-as-text", "empty-value"))}
    blamed = {problem.place.pointer for problem in document.problems if problem.severity is Severity.ERROR} - {""}
    meant = {_COLON.split(pointer)[0] for pointer in blamed} | {
        nearest.key(last(problem.place.pointer), schema, problem.place.pointer)
        for problem in problems
        if problem.rule == "unknown-key"
    }
    seen: set[str] = set()
    # A number that is too long or not finite is reported with the text.
    places = [problem.place for problem in document.problems if problem.rule in _NO_NUMBERS]
    numbers = {(place.line, place.column) for place in places}
    # A line indented by a full-width space leaves the key above it without a value.
    emptied = {problem.place.line - 1 for problem in document.problems if problem.rule == "fullwidth-space"}
    for problem in sorted(problems, key=lambda problem: rank.get(problem.rule, 9)):
        at = problem.place.pointer
        mistyped = problem.rule == "missing-key" and at in meant
        no_number = problem.rule == "wrong-type" and (problem.place.line, problem.place.column) in numbers
        emptied_too = problem.rule == "empty-value" and problem.place.line in emptied
        if at in seen or mistyped or emptied_too or no_number or not blamed.isdisjoint(upwards(at)):
            continue
        seen.add(at)
        yield problem


def _branch(fault: Fault) -> Mapping[str, Any] | None:
    """The named conditional rule of the schema that an error comes from, if any."""
    node: Any = fault.schema.data
    branch = None
    for step in fault.error.absolute_schema_path:
        if step == "$ref":
            node = fault.schema.data["definitions"][node["$ref"].rpartition("/")[2]]
            continue
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return branch
        if isinstance(node, dict) and "x-rule" in node:
            branch = node
    return branch


def _conditional(fault: Fault, branch: Mapping[str, Any]) -> Problem:
    forbidden = _forbidden(fault)
    deciding = next(iter(branch.get("if", {}).get("properties", {})), "")
    at = f"{fault.pointer}/{escape(forbidden or deciding)}"
    if fault.document.node(at) is None:
        at = f"/{deciding}" if fault.document.node(f"/{deciding}") is not None else fault.pointer
    return fault.problem(
        branch["x-rule"],
        pick(branch.get("x-message", {})),
        pick(branch.get("x-hint", {})),
        pointer=at,
        key=bool(forbidden),
    )


def _forbidden(fault: Fault) -> str:
    """The key forbidden by a `false` schema: jsonschema omits it from the error's path."""
    if fault.error.validator is not None:
        return ""
    holder = fault.document.data
    for step in fault.error.absolute_path:
        holder = holder[step]
    keys = [key for key, value in holder.items() if value is fault.error.instance] if isinstance(holder, dict) else []
    return str(keys[0]) if keys else ""


def _required(fault: Fault) -> Iterator[Problem]:
    missing = [
        key
        for key in fault.error.validator_value
        if key not in fault.error.instance and f"'{key}' is" in fault.error.message
    ]
    for key in missing:
        field = fault.schema.at(f"{fault.pointer}/{escape(key)}")
        message = _("'{key}' is missing").format(key=key)
        if field is not None and field.label.lower().replace(" ", "_") != key:
            message = _("'{key}' ({label}) is missing").format(key=key, label=field.label)
        # For a key missing at the top there is no line to show.
        yield fault.problem(
            "missing-key",
            message,
            _add_hint(key, field),
            pointer=f"{fault.pointer}/{escape(key)}",
            quote=bool(fault.pointer),
        )


def _unknown(fault: Fault) -> Iterator[Problem]:
    for key in fault.error.instance:
        at = f"{fault.pointer}/{escape(key)}"
        if key not in fault.error.schema.get("properties", {}):
            meant, hint = nearest.key_and_hint(str(key), fault.schema, at)
            node = find_key(fault.document.root, at)
            free = meant and node and fault.document.node(meant) is None
            fix = (Edit(node.start, node.end, last(meant)),) if free and node else ()
            yield fault.problem(
                "unknown-key", _("unknown field '{key}'").format(key=key), hint, pointer=at, key=True, fix=fix
            )


def _enum(fault: Fault) -> Iterator[Problem]:
    field = fault.schema.at(fault.pointer)
    choices = field.choices if field else ()
    meant = nearest.choice(str(fault.error.instance), choices)
    fix = fixes.replaced(fault.document, fault.pointer, meant) if meant else ()
    known = list_choices(choices) or ", ".join(map(str, fault.error.validator_value))
    if meant and meant in (choice.value for choice in choices if fault.error.instance in tuple(choice.names())):
        hint = _("use {value}").format(value=meant)
    elif meant:
        hint = did_you_mean(meant)
    else:
        hint = _("one of: {values}").format(values=known)
    message = _("unknown value {value} for '{key}'").format(value=fault.quoted, key=fault.key)
    yield fault.problem("unknown-value", message, hint, fix=fix)


def _size(fault: Fault) -> Iterator[Problem]:
    limit = fault.error.validator_value
    if fault.error.instance in ("", [], {}):
        yield empty(fault)
        return
    messages = {
        "minimum": _("{value} is less than {limit}"),
        "maximum": _("{value} is more than {limit}"),
        "exclusiveMinimum": _("{value} must be more than {limit}"),
        "exclusiveMaximum": _("{value} must be less than {limit}"),
        "minLength": _("{value} has fewer than {limit} characters"),
        "maxLength": _("{value} has more than {limit} characters"),
        "minItems": _("'{key}' needs at least {limit} items"),
        "maxItems": _("'{key}' has more than {limit} items"),
    }
    message = messages.get(fault.error.validator, _("{value} has an invalid format"))
    yield fault.problem(
        "out-of-range",
        message.replace("{limit}", str(limit)).replace("{key}", fault.key).replace("{value}", fault.quoted),
        fault.hint,
    )


def _unique(fault: Fault) -> Iterator[Problem]:
    seen: set[Hashable] = set()
    for index, item in enumerate(map(identity, fault.error.instance)):
        if item in seen:
            at = f"{fault.pointer}/{index}"
            yield fault.problem(
                "item-twice",
                _("duplicate item in '{key}'").format(key=fault.key),
                _("delete one of the two"),
                pointer=at,
            )
        seen.add(item)


def _anything(fault: Fault) -> Iterator[Problem]:
    yield fault.problem("wrong-form", _("'{key}' does not match the schema").format(key=fault.key), fault.hint)


def _add_hint(key: str, field: Any) -> str:
    if field is None:
        return _("add the field")
    if field.choices:
        return _("add '{key}:' with one of: {values}").format(key=key, values=list_choices(field.choices))
    return _("add a line '{key}: …'").format(key=key)


_BY_KEYWORD: Mapping[str, Callable[[Fault], Iterator[Problem]]] = {
    "type": wrong_type,
    "required": _required,
    "additionalProperties": _unknown,
    "enum": _enum,
    "format": wrong_format,
    "pattern": wrong_pattern,
    "uniqueItems": _unique,
    "minimum": _size,
    "maximum": _size,
    "exclusiveMinimum": _size,
    "exclusiveMaximum": _size,
    "minLength": _size,
    "maxLength": _size,
    "minItems": _size,
    "maxItems": _size,
}
