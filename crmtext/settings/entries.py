"""The entries of tables in the settings: colleagues, products and rules."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Member(NamedTuple):
    """A colleague on the team list."""

    handle: str
    name: str = ""
    emails: tuple[str, ...] = ()
    role: str = ""
    active: bool = True
    #: Whether it is no person but a pool of customers without an owner.
    pool: bool = False
    #: The key that values and backups are encrypted to, and the SSH keys that sign commits.
    key: str = ""
    signing: tuple[str, ...] = ()

    @property
    def has_left(self) -> bool:
        """Whether it is a colleague who has left the team."""
        return not self.active and not self.pool

    @property
    def shown(self) -> str:
        """The name, else the handle."""
        return self.name or self.handle


#: The fields of a record that name products, wherever they are.
PRODUCT_FIELDS = ("product", "products")


class Product(NamedTuple):
    """A product of the product list."""

    code: str
    name: str = ""
    category: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The ways to write it: name, code and aliases."""
        return tuple(dict.fromkeys(filter(None, (self.name, self.code, *self.aliases))))

    @property
    def shown(self) -> str:
        """The name, else the code."""
        return self.name or self.code


class FollowUpRule(NamedTuple):
    """A rule of `[[followup.rules]]`: how often the customers that it applies to are contacted."""

    name: str
    #: Days from one contact to the next; 0 for no regular contact.
    every_days: int
    #: The condition as in `--where`; empty for every customer.
    where: str = ""
    #: The channels whose contacts count; empty for all.
    channels: tuple[str, ...] = ()
    #: A text for the conversation, printed with the task.
    say: str = ""


class ClassificationRule(NamedTuple):
    """A rule of `[[classification.rules]]`: what the customers that it applies to should have."""

    name: str
    #: The condition as in `--where`; empty for every customer.
    where: str = ""
    #: The fields that it sets, by name: `value`, `priority`, `segment`.
    sets: Mapping[str, str] = MappingProxyType({})
    #: The tags that it adds.
    tags: tuple[str, ...] = ()
