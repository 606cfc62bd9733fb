"""The settings of a store, `crmtext.toml`: what there is to set, reading the file, and what can be wrong in it."""

from crmtext.settings.fields import FILE, Member, Settings, handle_of, settings_fields, table_name
from crmtext.settings.load import read

__all__ = ["FILE", "Member", "Settings", "handle_of", "read", "settings_fields", "table_name"]
