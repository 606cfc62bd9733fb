"""Resolve names and paths: fields, computed names, labels and synonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.query.computed_names import PATH
from crmtext.query.filter import kinds
from crmtext.query.filter.kinds import TAKEN, Part, Type
from crmtext.schema.dictionary import Field
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from crmtext.query.computed_names import ComputedNames
    from crmtext.query.filter.budget import Budget
    from crmtext.query.filter.kinds import Frame, Get
    from crmtext.query.filter.syntax import Node
    from crmtext.query.filter.wrong import Source
    from crmtext.schema import Schema
    from crmtext.settings import Settings

#: Names that mean the customer in any scope, and today.
CUSTOMER, TODAY = "customer", "today"
_MOST_HOMES = 3


class Terms(NamedTuple):
    """The schema, settings, day and computed names that an expression is checked against."""

    schema: Schema
    settings: Settings
    today: date
    names: ComputedNames
    #: Whether fields that the schema marks as sensitive may be named.
    with_sensitive: bool = True
    #: Computed names that depend on the expression, so that it cannot use them.
    dependent: ComputedNames | None = None


class Scope(NamedTuple):
    """The fields that a name can mean: the innermost item's come first, the customer's last."""

    items: tuple[Type, ...]

    def inside(self, item: Type) -> Scope:
        """Return the scope of a condition on the items of a list."""
        return Scope((*self.items, item))


class Names(NamedTuple):
    """Resolves names and steps of paths."""

    terms: Terms
    source: Source
    budget: Budget

    def root(self) -> Scope:
        """Return the scope of the customer."""
        return Scope((Type("map", CUSTOMER, self.terms.schema.root),))

    def name(self, node: Node, typed: str, scope: Scope) -> Part:
        """Return the part of a name alone. Raises CrmError for an unknown name."""
        for depth in range(len(scope.items) - 1, 0, -1):
            if field := field_of(scope.items[depth].field, typed):
                return self._taken(node, depth, kinds.of(field, f"{scope.items[depth].name}.{field.key}"), field.key)
        if typed == CUSTOMER and typed not in self.terms.schema.root.by_key:
            return Part(scope.items[0], lambda frame: frame[0], node)
        if name := self._customers(typed):
            return self._customers_part(node, name)
        if typed == TODAY:
            today = self.terms.today.isoformat()
            return Part(kinds.DATE._replace(name=TODAY), lambda _frame: today, node)
        raise self._unknown(node, typed, scope)

    def _customers(self, typed: str) -> str:
        """The customer's field, or the computed name, that was typed; a field inside a block or list by its path."""
        root = self.terms.schema.root
        if typed in root.by_key or typed in self.terms.names or typed == PATH:
            return typed
        if field := root.named(typed):
            return field.key
        if name := self.terms.names.named(typed):
            return name
        homes = self.homes(typed)
        return homes[0] if len(homes) == 1 else ""

    def homes(self, typed: str) -> tuple[str, ...]:
        """The paths of the fields inside blocks and lists that have this name."""
        wanted = typed.strip().casefold()
        return tuple(
            field.path.replace("[]", "")
            for field in self.terms.schema.by_path.values()
            if "." in field.path and not field.path.endswith("[]") and wanted in map(str.casefold, field.names())
        )

    def _customers_part(self, node: Node, name: str) -> Part:
        if figure := self.terms.names.get(name):
            like = self.terms.schema.by_path.get(figure.like)
            self._check_visible(node, name, self.terms.schema.by_path.get(figure.tells))
            if figure.values:
                values = figure.values(self.terms.settings)
                like = Field(name, {"type": "string", "enum": [*values], "x-enum-labels": values}, {})
            past, is_text = name.startswith("last_"), figure.kind == "text" and not figure.many
            type_ = Type(figure.kind, name, like, figure.many, plain=figure.many, past=past)
            part = self._taken(node, 0, type_, name, must=((name, ()),))
            # A text that could not be computed is empty, and missing here.
            return part._replace(get=lambda frame: part.get(frame) or None) if is_text else part
        if name == PATH:
            return self._taken(node, 0, Type("text", PATH), PATH)
        first, *steps = name.split(".")
        field = self.terms.schema.by_path[first]
        part = self._taken(node, 0, kinds.of(field, first), first, must=((first, ()),))
        for step in steps:
            part = self.step(node, part, step)
        return part

    def _taken(
        self, node: Node, depth: int, type_: Type, key: str, must: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ) -> Part:
        take = TAKEN[type_.kind]
        self._check_visible(node, type_.name, type_.field)

        def one(frame: Frame) -> Any:
            value = frame[depth].get(key)
            return None if value is None else take(value)

        def many(frame: Frame) -> Any:
            return [take(item) for item in frame[depth].get(key) or ()]

        return Part(type_, many if type_.many else one, node, must=must)

    def step(self, node: Node, above: Part, typed: str, word: tuple[int, int] | None = None) -> Part:
        """Return the part for the next step of a path. Raises CrmError for an unknown step."""
        type_, at = above.type, word or (node.start, node.end)
        if type_.name == CUSTOMER and type_.field is self.terms.schema.root:
            if name := self._customers(typed):
                return self._customers_part(node, name)._replace(node=node)
            raise self._unknown(at, typed, Scope((type_,)))
        if type_.kind == "sums":
            return self._sum(node, above, typed, at)
        if type_.kind == "any" and not type_.many:
            return Part(
                kinds.ANY._replace(name=f"{type_.name}.{typed}"), _inner(above.get, typed), node, size=above.size + 1
            )
        if type_.kind != "map" or type_.field is None:
            message = _("'{name}' is {kind} and has no fields").format(name=type_.name, kind=kinds.in_words(type_))
            raise self.source.wrong(at, message, _("use: {form}").format(form=type_.name))
        field = field_of(type_.field, typed) or _open(type_.field, typed)
        if field is None:
            raise self._no_step(at, type_, typed)
        name = f"{type_.name}.{field.key}"
        return self._below(node, above, kinds.of(field, name), field.key)

    def _below(self, node: Node, above: Part, type_: Type, key: str) -> Part:
        """Return the values of a field in every map of the part above."""
        take, get, budget = TAKEN[type_.kind], above.get, self.budget
        self._check_visible(node, type_.name, type_.field)

        def one(frame: Frame) -> Any:
            holder = get(frame)
            value = None if holder is None else holder.get(key)
            return None if value is None else take(value)

        def list_of_one(frame: Frame) -> Any:
            holder = get(frame)
            return [take(value) for value in (None if holder is None else holder.get(key)) or ()]

        def one_of_each(frame: Frame) -> Any:
            holders = get(frame)
            budget.spend(len(holders))
            return [take(value) for holder in holders if holder is not None and (value := holder.get(key)) is not None]

        def lists_of_each(frame: Frame) -> Any:
            holders = get(frame)
            budget.spend(len(holders))
            values = [take(value) for holder in holders if holder is not None for value in holder.get(key) or ()]
            budget.spend(len(values))
            return values

        if above.type.many:
            whole = type_._replace(many=True)
            return Part(whole, lists_of_each if type_.many else one_of_each, node, size=above.size + 1)
        return Part(type_, list_of_one if type_.many else one, node, size=above.size + 1)

    def _check_visible(self, node: Node, name: str, field: Field | None) -> None:
        """Raise CrmError for a sensitive field, unless such fields may be named."""
        if field and field.mark("x-sensitive") and not self.terms.with_sensitive:
            raise self.source.sensitive(node, name)

    def _sum(self, node: Node, above: Part, typed: str, at: tuple[int, int]) -> Part:
        code, get = currencies.code_of(typed), above.get
        if not code:
            hint = _("use: {form}").format(form=f"{above.type.name}.{self.terms.settings.currency}")
            raise self.source.wrong(at, _("'{name}' is not a currency").format(name=typed), hint)
        return Part(Type("number", f"{above.type.name}.{code}"), lambda frame: (get(frame) or {}).get(code), node)

    def _no_step(self, at: tuple[int, int], above: Type, typed: str) -> Exception:
        fields = above.field.by_key.values() if above.field else ()
        keys = {name: field.key for field in fields for name in reversed([*field.names()])}
        close = nearest(typed, keys, loose=True)
        message = _("unknown field '{name}' in {list}").format(name=typed, list=above.name)
        known = _("one of: {values}").format(values=_(", ").join(field.key for field in fields))
        meant = f"{above.name}.{keys[close]}" if close else ""
        return self.source.wrong(at, message, did_you_mean(meant, known))

    def _unknown(self, at: Node | tuple[int, int], typed: str, scope: Scope) -> Exception:
        """The error for an unknown name, with the likely one."""
        if self.terms.dependent and (name := self.terms.dependent.named(typed)):
            message = _("'{name}' depends on these rules, so that they cannot use it").format(name=name)
            raise self.source.wrong(at, message, _("use a name of the customer, such as days_since_contact"))
        quoted = _("put text in quotes: '{value}'").format(value=typed)
        choices = (choice for field in self.terms.schema.by_path.values() for choice in field.choices)
        hint = "" if any(typed in choice.names() for choice in choices) else self.meant(typed, scope)
        return self.source.wrong(at, _("unknown field '{name}'").format(name=typed), hint or quoted)

    def meant(self, typed: str, scope: Scope) -> str:
        """Return the hint with the name that was likely meant; empty if none is near."""
        if homes := self.homes(typed):
            return _("choose one: {keys}").format(keys=_(", ").join(homes[:_MOST_HOMES]))
        return did_you_mean(nearest(typed, self.known(scope), loose=True))

    def known(self, scope: Scope) -> Iterator[str]:
        """Every name that may be typed alone."""
        for item in reversed(scope.items):
            for field in item.field.by_key.values() if item.field else ():
                yield from field.names()
        for name in (*self.terms.names, PATH):
            yield from self.terms.names.names_of(name)


def field_of(above: Field | None, typed: str) -> Field | None:
    """Return the field of a map, or of a list's items, by key, label or synonym."""
    if above is None:
        return None
    here = above.item if above.kind == "list" and above.item else above
    return here.child(typed) or here.named(typed)


def _open(above: Field, typed: str) -> Field | None:
    """The field for any name in a map with free names, such as `custom`; None if the map has fixed names."""
    here = above.item if above.kind == "list" and above.item else above
    more = here.resolved.get("additionalProperties", True)
    if more is False or (more is True and here.children):
        return None
    spec = more if isinstance(more, dict) else {}
    return Field(f"{here.path}.{typed}", spec or {"type": ["string", "number", "boolean", "array"]}, here.definitions)


def _inner(get: Get, key: str) -> Callable[[Frame], Any]:
    def result(frame: Frame) -> Any:
        holder = get(frame)
        return holder.get(key) if isinstance(holder, dict) else None

    return result
