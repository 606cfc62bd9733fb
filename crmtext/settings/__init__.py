"""The settings of a store, `crmtext.toml`: what there is to set, reading the file, and what can be wrong in it."""

from crmtext.settings.fields import Member, Settings, handle_of, settings_fields, table_name
from crmtext.settings.load import read, read_around, value_at

__all__ = [
    "Member",
    "Settings",
    "handle_of",
    "read",
    "read_around",
    "settings_fields",
    "table_name",
    "value_at",
]
