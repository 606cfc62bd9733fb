"""The object of an examination: a folder with its store and repository."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crmtext.git.plumbing import repository
from crmtext.problem import CrmError
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.git.plumbing import Repository
    from crmtext.settings import Settings


@dataclass(frozen=True)
class Patient:
    """A folder with its store, settings and repository."""

    folder: Path

    @cached_property
    def store(self) -> Store | None:
        """The store around the folder; None if there is none."""
        try:
            return Store.find(self.folder)
        except CrmError:
            return None

    @cached_property
    def settings(self) -> Settings | None:
        """The store's settings; None if they can't be read."""
        try:
            return self.store.settings if self.store else None
        except CrmError:
            return None

    @cached_property
    def repository(self) -> Repository | None:
        """The git repository around the folder; None if there is none that can be used."""
        try:
            return self.opened()
        except CrmError:
            return None

    def opened(self) -> Repository | None:
        """Return the git repository around the folder. Raises CrmError with the reason if it can't be used."""
        return self.store.repository if self.store else repository(self.folder)

    def shown(self, path: Path) -> str:
        """Return a path relative to the folder if it is inside."""
        here = self.folder.absolute()
        return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
