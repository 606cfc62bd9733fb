"""Encrypted backups of a store's repository: made, verified and restored."""

from __future__ import annotations

from crmtext.protection.backup.dates import last

__all__ = ["last"]
