"""What a customer's record may hold: one JSON Schema is the contract and the data dictionary."""

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

#: Steps along paths; of each whether a path ends with it, and the steps below it.
_Tree = dict[str, tuple[bool, "_Tree"]]


@dataclass(frozen=True)
class Schema:
    """One version of the contract."""

    data: dict[str, Any]
    #: As it is written.
    raw: bytes = b""

    @classmethod
    def read(cls, raw: bytes, path: str = SCHEMA) -> Schema:
        """The schema in these bytes. Raises CrmError if it cannot be used."""
        return cls(load.read(raw, path), raw)

    @classmethod
    @cache
    def shipped(cls) -> Schema:
        """The schema that ships with the program, read once."""
        return cls.read(load.shipped())

    @cached_property
    def digest(self) -> str:
        """What names its bytes."""
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

    def typed(self, path: str) -> str:
        """A field's path as people type it, in lists the first entry: `合作.合作开始日期`, `contacts[0].title`."""
        ways = accumulate(path.split("."), "{}.{}".format)
        return ".".join(f"{self.by_path[way.removesuffix('[]')].typed}{'[0]' * way.endswith('[]')}" for way in ways)

    def typed_at(self, pointer: str, data: Any) -> str:
        """A place in a record as people type it; the only entry of a list needs no number: `contacts.name`."""
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
        return frozenset(field.path for field in self.by_path.values() if field.kind == "date")

    @cached_property
    def validator(self) -> Validator:
        """Says yes or no, and why not."""
        return Validator(self.data)

    def at(self, pointer: str) -> Field | None:
        """The field that a place in a record belongs to; None below open places such as `custom`."""
        field: Field | None = self.root
        for step in split(pointer):
            if field is None:
                return None
            field = field.item if field.kind == "list" else field.child(step)
        return field

    def sensitive(self, pointer: str) -> bool:
        """Whether the value at a place, or anything above it, must not be quoted."""
        return any(field.mark("x-sensitive") for at in upwards(pointer) if (field := self.at(at)))

    def required(self, pointer: str) -> bool:
        """Whether the key at a place may not be left out."""
        holder = self.at(parent(pointer))
        return holder is not None and last(pointer) in holder.resolved.get("required", ())

    def marked(self, name: str) -> tuple[Field, ...]:
        """The fields that carry an `x-` mark."""
        return self._marked.get(name, ())

    @cached_property
    def _marked(self) -> dict[str, tuple[Field, ...]]:
        found: dict[str, tuple[Field, ...]] = {}
        for field in self.by_path.values():
            for name in field.resolved:
                if name.startswith("x-") and field.mark(name):
                    found[name] = (*found.get(name, ()), field)
        return found

    def using(self, definition: str) -> tuple[Field, ...]:
        """The fields that use a definition of the schema, such as `currency`."""
        return self._using.get(definition, ())

    @cached_property
    def _using(self) -> dict[str, tuple[Field, ...]]:
        found: dict[str, tuple[Field, ...]] = {}
        for field in self.by_path.values():
            found[field.definition] = (*found.get(field.definition, ()), field)
        return found

    @cached_property
    def conditions(self) -> frozenset[str]:
        """The rules that the schema names for conditions of its own."""
        return frozenset(node["x-rule"] for node in conditions(self.data))

    def problems(self, document: Document) -> tuple[Problem, ...]:
        """Why a document's data does not fit, one problem a mistake; none if it does."""
        if self.validator.valid(document.data):
            return ()
        from crmtext.schema.explain import explain

        return tuple(explain(self, document))

    def found_in(self, document: Document) -> tuple[Problem, ...]:
        """All that is wrong with a record taken by itself: in its text, and with its data."""
        return document.problems + (() if document.data is None else self.problems(document))

    def discreet(self, document: Document, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems, without those source lines that hold something sensitive."""
        found = tuple(problems)
        if not any(problem.excerpt for problem in found):
            return found
        lines = {problem.place.line for problem in found if problem.rule in NEVER_SHOWN} | self.secret_lines(document)
        # Many problems may stand in one long line.
        secret = {excerpt for excerpt in {problem.excerpt for problem in found} if self.names_secret(excerpt)}
        return tuple(
            problem._replace(excerpt="") if problem.place.line in lines or problem.excerpt in secret else problem
            for problem in found
        )

    def names_secret(self, line: str) -> bool:
        """Whether a line, which may not even parse, has a sensitive key in it, or what people call it."""
        return self._secret_names.search(line) is not None

    @cached_property
    def _secret_names(self) -> re.Pattern[str]:
        fields = self.marked("x-sensitive")
        names = sorted(name for field in fields for name in field.names())
        return re.compile(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})[\"']?\s*[:：=]" if names else r"(?!)", re.IGNORECASE
        )

    def secret_lines(self, document: Document) -> set[int]:
        """The numbers of the lines with something sensitive on them."""
        lines: set[int] = set()
        for field in self.marked("x-sensitive"):
            for pointer, _value in self.values(document.data, field.path):
                place = document.place(pointer)
                lines |= {*range(place.line, place.end_line + 1)}
        return lines

    def values(self, data: Any, path: str) -> Iterator[tuple[str, Any]]:
        """The values in a record at a field's path, each with its pointer."""
        return _values(data, _steps(path), "", 0)

    def all_values(self, data: Any, paths: Iterable[str]) -> list[Any]:
        """The values in a record at any of these paths, found in one pass: quicker than each with its pointer."""
        found: list[Any] = []
        _add_leaves(data, _tree(tuple(paths)), found)
        return found

    def matching(self, data: Any, paths: Sequence[str], wanted: Callable[[Any], object]) -> Iterator[tuple[str, Any]]:
        """The values in a record at any of these paths that are wanted, each with its pointer; quick if none is."""
        if any(map(wanted, self.all_values(data, paths))):
            found = (each for path in paths for each in self.values(data, path))
            yield from (each for each in found if wanted(each[1]))


def conditions(node: Any) -> Iterator[dict[str, Any]]:
    """The parts of a schema that name a rule for a condition of its own."""
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
    """The steps of several paths, each of them once."""
    return _below([_steps(path) for path in paths])


def _below(paths: Iterable[tuple[str, ...]]) -> _Tree:
    rests: dict[str, list[tuple[str, ...]]] = {}
    for step, *rest in filter(None, paths):
        rests.setdefault(step, []).append(tuple(rest))
    return {step: (() in each, _below(each)) for step, each in rests.items()}


def _add_leaves(data: Any, tree: _Tree, found: list[Any]) -> None:
    """Add the values in a record where the paths of a tree end: one of the hottest loops of a check."""
    if type(data) is dict:
        for step, (ends, below) in tree.items():
            if step in data:
                if ends:
                    found.append(data[step])
                if below:
                    _add_leaves(data[step], below, found)
    elif type(data) is list and "[]" in tree:
        ends, below = tree["[]"]
        if ends:
            found += data
        for item in data if below else ():
            _add_leaves(item, below, found)
