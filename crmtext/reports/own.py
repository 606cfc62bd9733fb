"""A team's own reports: templates in the store that replace none of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.reports.environment import TEMPLATES
from crmtext.reports.site import SUFFIXES
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = lazy.pattern(r"([A-Za-z0-9][A-Za-z0-9_-]*)\.(html|md)\.j2")
#: The templates that a template extends, includes or imports.
_NAMED = lazy.pattern(r"""["']([^"'\s]+\.j2)["']""")
#: Names with another meaning.
_TAKEN = frozenset({"customers", "people", "weekly"})


def names(templates: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the reports, sorted. Templates that another one names, and those from `_` on, are parts."""
    shipped = {match[1] for file in TEMPLATES.glob("*.j2") if (match := _NAME.fullmatch(file.name))}
    parts = {named for name, text in templates.items() for named in _NAMED.findall(text) if named != name}
    files = (_NAME.fullmatch(name) for name in templates if name not in parts)
    return tuple(sorted({match[1] for match in files if match} - shipped - _TAKEN))


def formats(name: str, templates: Mapping[str, str]) -> tuple[str, ...]:
    """Return the formats that the store has a template of a report in."""
    return tuple(form for form, suffix in SUFFIXES.items() if f"{name}.{suffix}.j2" in templates)
