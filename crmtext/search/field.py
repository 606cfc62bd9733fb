"""The field that `--in` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.query import path

if TYPE_CHECKING:
    from crmtext.query.filter import Terms

_NO_TEXT = frozenset({"date", "number", "integer", "boolean"})


def field_path(typed: str, terms: Terms) -> str:
    """Return the path of a field given by name, label or synonym. Raises CrmError if it isn't searched."""
    try:
        resolved = path.resolve(typed, terms)
    except CrmError as error:
        raise usage("unknown-field", _("unknown field '{name}'").format(name=typed), error.problem.hint) from None
    field = resolved.type.field
    if field is None or resolved.name in terms.names:
        message = _("'{name}' is computed and not in the records").format(name=typed)
        raise usage("unknown-field", message, _("filter by it: --where"))
    value = field.item or field
    if value.mark("x-sensitive"):
        raise usage("unknown-field", _("'{name}' is sensitive and never searched").format(name=typed))
    if value.is_partial or value.kind in _NO_TEXT:
        message = _("'{name}' is not text; only text is searched").format(name=typed)
        raise usage("unknown-field", message, _("filter by it: --where"))
    return field.path.removesuffix("[]")
