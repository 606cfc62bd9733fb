"""The JSON Schema of a customer's record: contract and data dictionary in one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from crmtext.layout import SCHEMA
from crmtext.schema import load
from crmtext.schema.dictionary import Choice, Field
from crmtext.schema.validate import Validator
from crmtext.text.pointer import escape, last, parent, split, upwards
from crmtext.text.secret_numbers import RULES as NEVER_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmtext.problem import Problem
    from crmtext.text.document import Document

__all__ = ["Choice", "Field", "Schema", "conditions"]

#: The first version with `x-mask`.
_FIRST_WITH_MASKS = 3

#: Steps of paths: whether a path ends at each, and the steps below it.
_Tree = dict[str, tuple[bool, "_Tree"]]


@dataclass(frozen=True)
class Schema:
    """One version of the schema."""

    data: dict[str, Any]
    #: Its bytes as written.
    raw: bytes = b""

    @classmethod
    def read(cls, raw: bytes, path: str = SCHEMA) -> Schema:
        """Return the schema in these bytes. Raises CrmError if it is unusable."""
        return cls(load.read(raw, path), raw)

    @classmethod
    @cache
    def shipped(cls) -> Schema:
        """The schema that ships with the program, read once."""
        return cls.read(load.shipped())

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        from hashlib import sha256

        return sha256(self.raw).hexdigest()

    @cached_property
    def root(self) -> Field:
        """The record itself as a field; its path is empty."""
        return Field("", self.data, self.data.get("definitions", {}))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The top-level keys in the order of the file."""
        return self.root.children

    @cached_property
    def by_path(self) -> dict[str, Field]:
        """Every field by its path, such as `contacts[].title`."""
        return {field.path: field for field in self.root.walk()}

    def label(self, field: Field) -> str:
        """A field's label; inside a list after the list's: several lists have names, titles and owners."""
        if "[]." not in field.path:
            return field.label
        return f"{self.by_path[field.path.partition('[]')[0]].label} · {field.label}"

    def typed(self, path: str) -> str:
        """A field's path as users type it, with the first entry of lists: `合作.合作开始日期`, `contacts[0].title`."""
        ways = accumulate(path.split("."), "{}.{}".format)
        return ".".join(f"{self.by_path[way.removesuffix('[]')].typed}{'[0]' * way.endswith('[]')}" for way in ways)

    def typed_at(self, pointer: str, data: Any) -> str:
        """A pointer as users type it; the only entry of a list needs no number: `contacts.name`."""
        typed = at = ""
        for step in split(pointer):
            at, field = f"{at}/{escape(step)}", self.at(at)
            if field is not None and field.kind == "list":
                typed += "" if len(data) == 1 else f"[{step}]"
                data = data[int(step)]
            else:
                here = self.at(at)
                typed += f".{here.typed if here else step}"
                data = data.get(step)
        return typed.lstrip(".")

    @cached_property
    def dates(self) -> frozenset[str]:
        """The paths whose values are dates, which are written without quotes."""
        return frozenset(field.path for field in self.by_path.values() if field.kind == "date" or field.is_past)

    @cached_property
    def masks(self) -> dict[str, str]:
        """The kind of mask of each personal value by its path; a marked list or group marks what is in it."""
        # Records of an earlier version are masked by the marks of the shipped schema.
        marks = (self if self.data.get("x-version", 1) >= _FIRST_WITH_MASKS else Schema.shipped()).by_path
        kinds: dict[str, str] = {}
        for path, field in self.by_path.items():
            above = path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]
            marked = marks.get(path)
            kind = field.mark("x-mask") or (marked.mark("x-mask") if marked else "") or kinds.get(above)
            if kind:
                kinds[path] = str(kind)
        return {path: kind for path, kind in kinds.items() if self.by_path[path].kind not in ("list", "map")}

    @cached_property
    def validator(self) -> Validator:
        """The validator of this schema."""
        return Validator(self.data)

    def at(self, pointer: str) -> Field | None:
        """The field at a pointer; None below open fields such as `custom`."""
        field: Field | None = self.root
        for step in split(pointer):
            if field is None:
                return None
            field = field.item if field.kind == "list" else field.child(step)
        return field

    def sensitive(self, pointer: str) -> bool:
        """Whether the value at a pointer, or a parent, must not be quoted."""
        return any(field.mark("x-sensitive") for at in upwards(pointer) if (field := self.at(at)))

    def required(self, pointer: str) -> bool:
        """Whether the key at a pointer is required."""
        holder = self.at(parent(pointer))
        return holder is not None and last(pointer) in holder.resolved.get("required", ())

    def marked(self, name: str) -> tuple[Field, ...]:
        """The fields with an `x-` mark."""
        return self._marked.get(name, ())

    @cached_property
    def _marked(self) -> dict[str, tuple[Field, ...]]:
        fields: dict[str, tuple[Field, ...]] = {}
        for field in self.by_path.values():
            for name in field.resolved:
                if name.startswith("x-") and field.mark(name):
                    fields[name] = (*fields.get(name, ()), field)
        return fields

    def using(self, definition: str) -> tuple[Field, ...]:
        """The fields that use a definition of the schema, such as `currency`."""
        return self._using.get(definition, ())

    @cached_property
    def _using(self) -> dict[str, tuple[Field, ...]]:
        fields: dict[str, tuple[Field, ...]] = {}
        for field in self.by_path.values():
            fields[field.definition] = (*fields.get(field.definition, ()), field)
        return fields

    @cached_property
    def conditions(self) -> frozenset[str]:
        """The names of the schema's own conditional rules."""
        return frozenset(node["x-rule"] for node in conditions(self.data))

    def problems(self, document: Document) -> tuple[Problem, ...]:
        """Return the problems of a document's data, one for each mistake."""
        if self.validator.valid(document.data):
            return ()
        from crmtext.schema.explain import explain

        return tuple(explain(self, document))

    def record_problems(self, document: Document) -> tuple[Problem, ...]:
        """Return all problems of a single record: of its text and of its data."""
        return document.problems + (() if document.data is None else self.problems(document))

    def discreet(self, document: Document, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems, with source lines removed if they hold sensitive data."""
        shown = tuple(problems)
        if not any(problem.excerpt for problem in shown):
            return shown
        lines = {problem.place.line for problem in shown if problem.rule in NEVER_SHOWN} | self.secret_lines(document)
        # Each excerpt once: many problems may share one long line.
        secret = {excerpt for excerpt in {problem.excerpt for problem in shown} if self.names_secret(excerpt)}
        return tuple(
            problem._replace(excerpt="") if problem.place.line in lines or problem.excerpt in secret else problem
            for problem in shown
        )

    def names_secret(self, line: str) -> bool:
        """Whether a line, perhaps invalid YAML, has the name of a sensitive field."""
        return self._secret_names.search(line) is not None

    @cached_property
    def _secret_names(self) -> re.Pattern[str]:
        fields = self.marked("x-sensitive")
        names = sorted(name for field in fields for name in field.names())
        return re.compile(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})[\"']?\s*[:：=]" if names else r"(?!)", re.IGNORECASE
        )

    def secret_lines(self, document: Document) -> set[int]:
        """The numbers of the lines with sensitive data."""
        lines: set[int] = set()
        for field in self.marked("x-sensitive"):
            for pointer, _value in self.values(document.data, field.path):
                place = document.place(pointer)
                lines |= {*range(place.line, place.end_line + 1)}
        return lines

    def values(self, data: Any, path: str) -> Iterator[tuple[str, Any]]:
        """The values at a field's path in a record, with their pointers."""
        return _values(data, _steps(path), "", 0)

    def all_values(self, data: Any, paths: Iterable[str]) -> list[Any]:
        """The values at any of these paths in a record, in one pass without pointers: faster than `values`."""
        leaves: list[Any] = []
        _add_leaves(data, _tree(tuple(paths)), leaves)
        return leaves

    def matching(self, data: Any, paths: Sequence[str], wanted: Callable[[Any], object]) -> Iterator[tuple[str, Any]]:
        """The wanted values at any of these paths in a record, with their pointers; fast if there are none."""
        if any(map(wanted, self.all_values(data, paths))):
            pairs = (pair for path in paths for pair in self.values(data, path))
            yield from (pair for pair in pairs if wanted(pair[1]))


def conditions(node: Any) -> Iterator[dict[str, Any]]:
    """The parts of a schema with a conditional rule's name."""
    if isinstance(node, dict) and isinstance(node.get("x-rule"), str):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from conditions(child)


@cache
def _steps(path: str) -> tuple[str, ...]:
    """The keys along a field's path, and `[]` for the items of a list."""
    return tuple(path.replace("[]", ".[]").split("."))


def _values(data: Any, steps: tuple[str, ...], pointer: str, at: int) -> Iterator[tuple[str, Any]]:
    if at == len(steps):
        yield pointer, data
    elif steps[at] == "[]":
        for index, item in enumerate(data if isinstance(data, list) else ()):
            yield from _values(item, steps, f"{pointer}/{index}", at + 1)
    elif isinstance(data, dict) and steps[at] in data:
        yield from _values(data[steps[at]], steps, f"{pointer}/{steps[at]}", at + 1)


@cache
def _tree(paths: tuple[str, ...]) -> _Tree:
    """The steps of several paths as a tree."""
    return _below([_steps(path) for path in paths])


def _below(paths: Iterable[tuple[str, ...]]) -> _Tree:
    rests: dict[str, list[tuple[str, ...]]] = {}
    for step, *rest in filter(None, paths):
        rests.setdefault(step, []).append(tuple(rest))
    return {step: (() in below, _below(below)) for step, below in rests.items()}


def _add_leaves(data: Any, tree: _Tree, leaves: list[Any]) -> None:
    """Add a record's values at the path ends of a tree: one of the hottest loops of a check."""
    if type(data) is dict:
        for step, (ends, below) in tree.items():
            if step in data:
                if ends:
                    leaves.append(data[step])
                if below:
                    _add_leaves(data[step], below, leaves)
    elif type(data) is list and "[]" in tree:
        ends, below = tree["[]"]
        if ends:
            leaves += data
        for item in data if below else ():
            _add_leaves(item, below, leaves)
