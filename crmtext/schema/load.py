"""Loading a schema that a team may have edited: an unsafe one is rejected with a message."""

from __future__ import annotations

import json
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmtext import layout
from crmtext.i18n import _
from crmtext.layout import SCHEMA
from crmtext.problem import CrmError, Place, Problem
from crmtext.schema import pattern_safety, required_keys
from crmtext.schema.formats import FORMATS
from crmtext.schema.pattern_ambiguity import Work
from crmtext.schema.validate import Validator
from crmtext.text.document import place_at
from crmtext.text.nesting import limit_passed
from crmtext.text.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAX_BYTES = 1024 * 1024
#: The deepest brackets; the shipped schema has eleven levels.
_DEEPEST = 40
#: The most objects and levels of a schema with its references expanded; the shipped one has 600 and 15.
_MOST_NODES, _MOST_LEVELS = 5000, 60


def read(raw: bytes, path: str = SCHEMA) -> dict[str, Any]:
    """Return the schema in these bytes. Raises CrmError if it isn't JSON, breaks the meta-schema or is unsafe."""
    if raw == shipped():
        data: dict[str, Any] = json.loads(raw)
        return data
    if len(raw) > _MAX_BYTES:
        raise _error("schema-too-large", _("the schema is larger than {n} bytes").format(n=_MAX_BYTES), path)
    if raw.startswith(b"\xef\xbb\xbf"):
        hint = _("save it as UTF-8 without BOM")
        raise _error("schema-syntax", _("the schema begins with a byte order mark"), path, hint)
    try:
        text = raw.decode("utf-8")
        if passed := limit_passed(text, _DEEPEST):
            message, offset = passed
            raise CrmError(Problem("schema-syntax", message, place_at(path, text, offset, offset + 1)))
        data = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise _error("schema-syntax", _("the schema is not UTF-8"), path) from None
    except json.JSONDecodeError as error:
        # Late: a conflict is rare.
        from crmtext.text.explain.conflict_markers import first_conflict

        if conflict := first_conflict(text, path):
            raise CrmError(conflict) from None
        place = Place(path, error.lineno, error.colno, error.lineno, error.colno)
        message = _("the schema is not JSON: {said}").format(said=error.msg)
        raise CrmError(Problem("schema-syntax", message, place, _("check for a missing comma or quote"))) from None
    except _RejectedError as error:
        raise _error("schema-syntax", str(error), path, _("delete it")) from None
    problem = next(_problems(data, path), None)
    if problem is not None:
        raise CrmError(problem)
    return data


@cache
def shipped() -> bytes:
    """The bytes of the schema that ships with the program; they are known to be valid."""
    return layout.shipped(SCHEMA).read_bytes()


def of_version(number: int) -> bytes:
    """The bytes of the schema that shipped with a version: the current one, or one from the history."""
    if number == layout.SCHEMA_VERSION:
        return shipped()
    return layout.shipped(f"{layout.SCHEMA_FOLDER}/history/{number}.json").read_bytes()


class _RejectedError(Exception):
    pass


def _no_number(name: str) -> float:
    raise _RejectedError(_("the schema contains {name}, which is not a JSON number").format(name=name))


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        seen: set[str] = set()
        twin = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RejectedError(_("duplicate field '{key}' in the schema").format(key=twin))
    return entries


def _problems(data: Any, path: str) -> Iterator[Problem]:
    if isinstance(data, dict) and type(number := data.get("x-version")) is int and number > layout.SCHEMA_VERSION:
        message = _("the schema has version {theirs}; this crmtext knows versions up to {ours}")
        yield Problem(
            "schema-newer",
            message.format(theirs=number, ours=layout.SCHEMA_VERSION),
            Place(path, pointer="/x-version"),
            _("upgrade crmtext: pipx upgrade crmtext"),
        )
        return
    meta = Validator(json.loads((Path(__file__).parent / "meta.schema.json").read_bytes()))
    if not meta.valid(data):
        for error in meta.errors(data):
            yield _problem(error, path)
        return
    yield from _unsafe(data, path)
    # A field of a team's own may have the name of a field of a later version.
    yield from required_keys.problems(data, json.loads(of_version(data["x-version"])), path)


def _problem(error: Any, path: str) -> Problem:
    """The problem of the deepest error among alternatives, with its place in the schema."""
    while error.context:
        error = max(error.context, key=lambda cause: len(cause.absolute_path))
    where = join(error.absolute_path) or "/"
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", ())))
        message = _("the schema uses the unsupported '{key}' at {where}").format(
            key=", ".join(map(str, unknown)), where=where
        )
        return Problem(
            "schema-keyword",
            message,
            Place(path, pointer=where),
            _("remove it; for what is supported, see the schema of a new store: crmtext init"),
        )
    if error.validator == "required":
        key = next(key for key in error.validator_value if key not in error.instance)
        return Problem(
            "schema-mark",
            _("'{key}' is missing at {where} in the schema").format(key=key, where=where),
            Place(path, pointer=where),
            _("add a title and an x-title-zh to every field")
            if "title" in key
            else _("add it, as in the other fields"),
        )
    if where.endswith("/$ref"):
        return _reference(str(error.instance), path, where)
    reason = error.message if len(error.message) < 160 else error.validator
    return Problem(
        "schema-form",
        _("the schema is invalid at {where}: {said}").format(where=where, said=reason),
        Place(path, pointer=where),
        _("compare with the shipped schema"),
    )


def _reference(target: str, path: str, where: str) -> Problem:
    return Problem(
        "schema-reference",
        _("the schema refers to '{target}', which is not defined").format(target=target),
        Place(path, pointer=where),
        _("only references inside the file are allowed: #/definitions/NAME"),
    )


def _unsafe(data: Any, path: str) -> Iterator[Problem]:
    definitions = data.get("definitions", {})
    yield from _too_much(data, definitions, path)
    yield from _no_file_names(data, definitions, path)
    work = Work()
    for where, node in _nodes(data, ""):
        target = node.get("$ref")
        if isinstance(target, str) and target.removeprefix("#/definitions/") not in definitions:
            yield _reference(target, path, where)
        if _hides_unnamed(node.get("additionalProperties"), definitions):
            yield Problem(
                "schema-mark",
                _("x-sensitive has no effect on the fields without a name at {where}").format(where=where or "/"),
                Place(path, pointer=f"{where}/additionalProperties"),
                _("mark the whole group of fields as x-sensitive, or name the sensitive ones under properties"),
            )
        pattern = node.get("pattern")
        if isinstance(pattern, str) and (reason := pattern_safety.fault(pattern, work)):
            yield Problem("schema-pattern", reason[0], Place(path, pointer=f"{where}/pattern"), reason[1])
        form = node.get("format")
        if isinstance(form, str) and form not in FORMATS:
            yield Problem(
                "schema-format",
                _("unsupported format '{form}'").format(form=form),
                Place(path, pointer=where),
                _("one of: {values}").format(values=", ".join(FORMATS)),
            )


def _no_file_names(data: Any, definitions: dict[str, Any], path: str) -> Iterator[Problem]:
    """The problems of lists, and of groups that may have lists, whose names can't be those of an export's files."""
    for where, node in _nodes(data, ""):
        fields = node.get("properties")
        for name, spec in fields.items() if isinstance(fields, dict) else ():
            # Conditions may have true for a field.
            known = spec if isinstance(spec, dict) else {}
            target = definitions.get(str(known.get("$ref", "")).removeprefix("#/definitions/"))
            is_wide = {"items", "properties"} & {*known, *(target if isinstance(target, dict) else ())}
            if is_wide and ({*"/\\:"} & {*name} or not name.isprintable()):
                yield Problem(
                    "schema-form",
                    _("the name {name} in {where} can't be that of a file, which an export has for each list").format(
                        name=json.dumps(name, ensure_ascii=not name.isprintable()), where=f"{where}/properties"
                    ),
                    Place(path, pointer=f"{where}/properties{join((name,))}"),
                    _("leave out / \\ : and signs that don't print"),
                )


def _hides_unnamed(spec: Any, definitions: dict[str, Any]) -> bool:
    """Whether the fields that a schema doesn't name are marked as sensitive: only named ones can be kept back."""
    if not isinstance(spec, dict):
        return False
    target = definitions.get(str(spec.get("$ref", "")).removeprefix("#/definitions/"))
    return any(isinstance(one, dict) and one.get("x-sensitive") for one in (spec, target))


def _nodes(data: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(data, dict):
        yield where, data
        for key, value in data.items():
            yield from _nodes(value, f"{where}/{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _nodes(value, f"{where}/{index}")


def _too_much(data: Any, definitions: dict[str, Any], path: str) -> Iterator[Problem]:
    """The problem of a definition that refers to itself, or of expanded definitions that are too long or too deep."""
    leads = {name: [target for _at, target in _references(_nodes(spec, ""))] for name, spec in definitions.items()}
    try:
        order = [*TopologicalSorter(leads).static_order()]
    except CycleError as error:
        message = _("the definition '{name}' refers to itself").format(name=error.args[1][0])
        yield Problem("schema-reference", message, Place(path), _("remove the circular reference"))
        return
    sizes: dict[str, int] = {}
    levels: dict[str, int] = {}
    for name, where, spec in (
        *((name, f"/definitions/{name}", definitions.get(name)) for name in order),
        ("", "", data),
    ):
        nodes = [*_nodes(spec if name else {**data, "definitions": {}}, "")]
        targets = [(at.count("/") + 1, target) for at, target in _references(nodes) if target in sizes]
        sizes[name] = len(nodes) + sum(sizes[target] for _depth, target in targets)
        depths = [at.count("/") for at, _node in nodes]
        levels[name] = max(depths + [depth + levels[target] for depth, target in targets])
        if sizes[name] > _MOST_NODES or levels[name] > _MOST_LEVELS:
            message = _("with its references expanded, {where} has more than {n} parts or {levels} levels").format(
                where=where or "/", n=_MOST_NODES, levels=_MOST_LEVELS
            )
            hint = _("define fewer fields, and use each definition only once")
            yield Problem("schema-too-large", message, Place(path, pointer=where), hint)
            return


def _references(nodes: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """The path and the definition's name of each reference."""
    for where, node in nodes:
        if isinstance(target := node.get("$ref"), str):
            yield where, target.rpartition("/")[2]


def _error(rule: str, message: str, path: str, hint: str = "") -> CrmError:
    return CrmError(Problem(rule, message, Place(path), hint))
