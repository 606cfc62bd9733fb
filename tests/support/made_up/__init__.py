"""Checks that nobody ships: each compares records in another way, so that no quick way can know them by name."""

from __future__ import annotations

#: As they would stand in the table of checks.
NAMES = ("alone", "same-value", "reference-status", "ancestor", "nearest", "crowd", "undeclared")
CHECKS = {f"made-{name}": f"made_up.{name.replace('-', '_')}:check" for name in NAMES}
