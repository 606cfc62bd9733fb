"""The settings of a store, `crmtext.toml`: the fields, the reader and the checks."""

from crmtext.settings.entries import PRODUCT_FIELDS, ClassificationRule, FollowUpRule, Member, Product
from crmtext.settings.fields import (
    Settings,
    handle_of,
    settings_fields,
    table_name,
)
from crmtext.settings.load import read, read_around, value_at
from crmtext.settings.targets import Target

__all__ = [
    "PRODUCT_FIELDS",
    "ClassificationRule",
    "FollowUpRule",
    "Member",
    "Product",
    "Settings",
    "Target",
    "handle_of",
    "read",
    "read_around",
    "settings_fields",
    "table_name",
    "value_at",
]
