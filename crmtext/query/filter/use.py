"""One use of a filter or a method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.query.filter.kinds import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.problem import CrmError
    from crmtext.query.filter import kinds
    from crmtext.query.filter.names import Names
    from crmtext.query.filter.syntax import Node


class Use:
    """One use of a filter: its value, arguments and place."""

    def __init__(
        self, node: Node, name: str, part: Part, arguments: tuple[Part, ...], named: Mapping[str, Part], names: Names
    ) -> None:
        self.node, self.name, self.part, self.names = node, name, part, names
        self.arguments, self.named = arguments, named

    def wrong(self, message: str, hint: str = "") -> CrmError:
        """Return the error to raise; the hint shows a valid form."""
        return self.names.source.wrong(self.node, message, _("for example: {form}").format(form=hint) if hint else "")

    def result(self, type_: kinds.Type, get: kinds.Get) -> Part:
        """Return the part that the filter gives."""
        return Part(type_, get, self.node, size=self.part.size + 1)

    def constant(self, position: int, name: str, default: Any = None) -> Any:
        """Return the value of a constant argument."""
        part = self.arguments[position] if position < len(self.arguments) else self.named.get(name)
        if part is None:
            return default
        if not part.constant or part.items:
            raise self.wrong(_("'{name}' takes text or a number here").format(name=self.name))
        return part.get(())
