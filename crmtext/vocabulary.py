"""Keys, figures and values as people call them in what they ask for: `负责人`, `合作.开始日期`, `李雷`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext import columns
from crmtext.computed import COMPUTED
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.schema import choosing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.schema import Field
    from crmtext.snapshot import Snapshot


class Vocabulary(NamedTuple):
    """What people may say to a snapshot."""

    snapshot: Snapshot

    @property
    def names(self) -> tuple[str, ...]:
        """The names of keys and computed figures."""
        return (*(field.key for field in self.snapshot.schema.fields), *COMPUTED, "path")

    def called(self) -> Iterator[str]:
        """What else these names are called."""
        for field in self.snapshot.schema.fields:
            yield from field.names()

    def path(self, typed: str) -> str:
        """The name of a column or of what to sort by, such as `cooperation.since`; what is unknown stays as it is."""
        first, *steps = typed.split(".")
        name = self.name(first) or first
        for step in steps:
            name = f"{name}.{self.below(name, step) or step.strip()}"
        return name

    def name(self, typed: str) -> str:
        """The key, or the path of one inside a block, or the figure that is meant; empty if none or several."""
        if typed in self.names:
            return typed
        root = self.snapshot.schema.root
        if field := root.named(typed):
            return field.key
        return columns.figure(typed) or _only(_inside(root, typed))

    def below(self, name: str, typed: str) -> str:
        """The key that is meant inside a block; empty if none or several."""
        field = self.snapshot.schema.by_path.get(name)
        found = field.named(typed) if field else None
        return found.key if found else ""

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a block; none of what is no block, or an open one."""
        field = self.snapshot.schema.by_path.get(name)
        return tuple(child.key for child in field.children) if field else ()

    def value(self, name: str, typed: str) -> str:
        """What is written for a value: that of a label, a colleague's handle. Raises CrmError if it can never be so."""
        field = columns.field_of(name, self.snapshot)
        if field is None or not typed:
            return typed
        if field.kind == "list":
            hint = _("write: '{value}' in {key}").format(value=typed, key=name)
            raise usage("expression", _("'{key}' is a list").format(key=name), hint)
        if field.choices:
            return choosing.chosen(field, typed)
        member = self.snapshot.settings.member(typed) if field.mark("x-handle") else None
        return member.handle if member else typed


def _inside(root: Field, typed: str) -> Iterator[str]:
    for block in root.children:
        if block.kind == "map" and (found := block.named(typed)):
            yield found.path


def _only(found: Iterator[str]) -> str:
    names = tuple(found)
    return names[0] if len(names) == 1 else ""
