"""The security of a store and of this clone: each examination yields findings, as those of the doctor do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Every examination by name, from the outside in.
SECURITY: Mapping[str, str] = {
    name: f"crmtext.protection.security.{name}:examine"
    for name in (
        "addresses",
        "enforcement",
        "rights",
        "signatures",
        "numbers",
        "permissions",
        "backups",
        "retention",
        "assessment",
    )
}
