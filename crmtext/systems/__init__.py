"""Customers as the import files of other systems: their profiles, read backwards."""

from __future__ import annotations

#: The systems by the names of their profiles.
SYSTEMS = ("hubspot", "salesforce", "zoho", "fxiaoke", "jiandaoyun")
