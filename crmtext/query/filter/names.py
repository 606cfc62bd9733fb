"""What names mean: fields, computed names, and what people call them; and the values behind a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed import COMPUTED, PATH, called, named
from crmtext.i18n import _
from crmtext.query.filter import kinds
from crmtext.query.filter.kinds import TAKEN, Part, Type
from crmtext.schema.dictionary import Field
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from crmtext.query.filter.budget import Budget
    from crmtext.query.filter.kinds import Frame, Get
    from crmtext.query.filter.syntax import Node
    from crmtext.query.filter.wrong import Source
    from crmtext.schema import Schema
    from crmtext.settings import Settings

#: What means the customer wherever it stands; and today.
CUSTOMER, TODAY = "customer", "today"
_MOST_HOMES = 3


class Terms(NamedTuple):
    """What an expression is checked against."""

    schema: Schema
    settings: Settings
    today: date


class Scope(NamedTuple):
    """The fields that a name may mean: those of the innermost item come first, the customer's last."""

    items: tuple[Type, ...]

    def inside(self, item: Type) -> Scope:
        """The scope of what is asked of each item of a list."""
        return Scope((*self.items, item))


class Names(NamedTuple):
    """Finds what names and steps mean."""

    terms: Terms
    source: Source
    budget: Budget

    def root(self) -> Scope:
        """The scope of the customer."""
        return Scope((Type("map", CUSTOMER, self.terms.schema.root),))

    def name(self, node: Node, typed: str, scope: Scope) -> Part:
        """The part that a name alone is. Raises CrmError if there is no such name."""
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
        """The field of the customer, or the computed name, that is meant; one inside a block or list by its path."""
        root = self.terms.schema.root
        if typed in root.by_key or typed in COMPUTED or typed == PATH:
            return typed
        if field := root.named(typed):
            return field.key
        if name := named(typed):
            return name
        homes = tuple(self._homes(typed))
        return homes[0].path.replace("[]", "") if len(homes) == 1 else ""

    def _homes(self, typed: str) -> Iterator[Field]:
        """The fields inside blocks and lists that are called so."""
        wanted = typed.strip().casefold()
        for field in self.terms.schema.by_path.values():
            if "." in field.path and not field.path.endswith("[]") and wanted in map(str.casefold, field.names()):
                yield field

    def _customers_part(self, node: Node, name: str) -> Part:
        if found := COMPUTED.get(name):
            like = self.terms.schema.by_path.get(found.like)
            past = name.startswith("last_")
            part = self._taken(node, 0, Type(found.kind, name, like, past=past), name, must=((name, ()),))
            # A text that could not be computed is empty, and missing here.
            return part._replace(get=lambda frame: part.get(frame) or None) if found.kind == "text" else part
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

        def one(frame: Frame) -> Any:
            found = frame[depth].get(key)
            return None if found is None else take(found)

        def many(frame: Frame) -> Any:
            return [take(each) for each in frame[depth].get(key) or ()]

        return Part(type_, many if type_.many else one, node, must=must)

    def step(self, node: Node, above: Part, typed: str, word: tuple[int, int] | None = None) -> Part:
        """The part that a path's next step is. Raises CrmError if there is no such step."""
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
            message = _("'{name}' is {kind} and has no fields").format(name=type_.name, kind=kinds.said(type_))
            raise self.source.wrong(at, message, _("use: {form}").format(form=type_.name))
        field = field_of(type_.field, typed) or _open(type_.field, typed)
        if field is None:
            raise self._no_step(at, type_, typed)
        name = f"{type_.name}.{field.key}"
        return self._below(node, above, kinds.of(field, name), field.key)

    def _below(self, node: Node, above: Part, type_: Type, key: str) -> Part:
        """The values of a field in each map that stands above."""
        take, get, budget = TAKEN[type_.kind], above.get, self.budget

        def one(frame: Frame) -> Any:
            holder = get(frame)
            found = None if holder is None else holder.get(key)
            return None if found is None else take(found)

        def list_of_one(frame: Frame) -> Any:
            holder = get(frame)
            return [take(each) for each in (None if holder is None else holder.get(key)) or ()]

        def one_of_each(frame: Frame) -> Any:
            holders = get(frame)
            budget.spend(len(holders))
            return [take(found) for each in holders if each is not None and (found := each.get(key)) is not None]

        def lists_of_each(frame: Frame) -> Any:
            holders = get(frame)
            budget.spend(len(holders))
            found = [take(one) for each in holders if each is not None for one in each.get(key) or ()]
            budget.spend(len(found))
            return found

        if above.type.many:
            whole = type_._replace(many=True)
            return Part(whole, lists_of_each if type_.many else one_of_each, node, size=above.size + 1)
        return Part(type_, list_of_one if type_.many else one, node, size=above.size + 1)

    def _sum(self, node: Node, above: Part, typed: str, at: tuple[int, int]) -> Part:
        code, get = currencies.named(typed), above.get
        if not code:
            hint = _("use: {form}").format(form=f"{above.type.name}.{self.terms.settings.currency}")
            raise self.source.wrong(at, _("'{name}' is not a currency").format(name=typed), hint)
        return Part(Type("number", f"{above.type.name}.{code}"), lambda frame: (get(frame) or {}).get(code), node)

    def _no_step(self, at: tuple[int, int], above: Type, typed: str) -> Exception:
        fields = above.field.by_key.values() if above.field else ()
        called = {name: field.key for field in fields for name in reversed([*field.names()])}
        close = nearest(typed, called, loose=True)
        message = _("unknown field '{name}' in {list}").format(name=typed, list=above.name)
        known = _("one of: {values}").format(values=_(", ").join(field.key for field in fields))
        meant = f"{above.name}.{called[close]}" if close else ""
        return self.source.wrong(at, message, did_you_mean(meant, known))

    def _unknown(self, at: Node | tuple[int, int], typed: str, scope: Scope) -> Exception:
        """The error for a name that means nothing here, with what was probably meant."""
        quoted = _("put text in quotes: '{value}'").format(value=typed)
        every = (each for field in self.terms.schema.by_path.values() for each in field.choices)
        hint = "" if any(typed in each.names() for each in every) else self.meant(typed, scope)
        return self.source.wrong(at, _("unknown field '{name}'").format(name=typed), hint or quoted)

    def meant(self, typed: str, scope: Scope) -> str:
        """The hint that says which name was meant; empty if none is near."""
        homes = [field.path.replace("[]", "") for field in self._homes(typed)]
        if homes:
            return _("choose one: {keys}").format(keys=_(", ").join(homes[:_MOST_HOMES]))
        return did_you_mean(nearest(typed, self.known(scope), loose=True))

    def known(self, scope: Scope) -> Iterator[str]:
        """Every name that may be typed alone."""
        for item in reversed(scope.items):
            for field in item.field.by_key.values() if item.field else ():
                yield from field.names()
        for name in (*COMPUTED, PATH):
            yield from called(name)


def field_of(above: Field | None, typed: str) -> Field | None:
    """The field of a map, or of the maps that a list holds, by key, label or synonym."""
    if above is None:
        return None
    here = above.item if above.kind == "list" and above.item else above
    return here.child(typed) or here.named(typed)


def _open(above: Field, typed: str) -> Field | None:
    """A field of a map that may hold any name, such as `custom`."""
    here = above.item if above.kind == "list" and above.item else above
    more = here.resolved.get("additionalProperties", True)
    if more is False or (more is True and here.children):
        return None
    spec = more if isinstance(more, dict) else {}
    return Field(f"{here.path}.{typed}", spec or {"type": ["string", "number", "boolean", "array"]}, here.definitions)


def _inner(get: Get, key: str) -> Callable[[Frame], Any]:
    def found(frame: Frame) -> Any:
        holder = get(frame)
        return holder.get(key) if isinstance(holder, dict) else None

    return found
