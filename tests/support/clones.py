"""Two colleagues with a clone each, and the copy between them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import stores
from repos import Repo, copy

from crmtext.setup import merge_driver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

ATTRIBUTES = f"*.yaml text eol=lf\n{merge_driver.ATTRIBUTE}\n"


@dataclass(frozen=True)
class Colleague:
    """One of the two: a clone, and the program run in it."""

    repo: Repo
    program: stores.Program

    def __call__(self, *arguments: str) -> stores.Said:
        return self.program(*arguments)

    def read(self, number: str = "001") -> str:
        """A record as it stands."""
        return (self.repo.path / stores.path(number)).read_text("utf-8")

    def write(self, text: str, number: str = "001", message: str = "change") -> None:
        """Write a record as an editor would, and commit it."""
        self.repo.commit({stores.path(number): text}, message)

    def edit(self, old: str, new: str, number: str = "001") -> None:
        """Replace words in a record, and commit it."""
        text = self.read(number)
        assert old in text
        self.write(text.replace(old, new), number)

    @property
    def head(self) -> str:
        return self.repo.git("rev-parse", "HEAD")


def pair(folder: Path, capsys: pytest.CaptureFixture[str], *texts: str) -> tuple[Colleague, Colleague]:
    """Two clones of one store, each with the driver."""
    known = sha256("\0".join(texts).encode()).hexdigest()[:12]
    copy(folder.parent / f"pair-{known}", lambda template: _lay(template, texts), folder)
    return colleague(Repo(folder / "lilei"), capsys), colleague(Repo(folder / "hanmei"), capsys)


def _lay(folder: Path, texts: Sequence[str]) -> None:
    middle = folder / "middle.git"
    middle.mkdir()
    Repo(middle).git("init", "-q", "--bare", "-b", "main")
    first = Repo(folder / "lilei")
    first.path.mkdir()
    first.git("clone", "-q", str(middle), ".")
    named = {stores.path(text.split()[1][-3:]): text for text in texts}
    first.commit({"crmtext.toml": stores.TEAM, ".gitattributes": ATTRIBUTES, **named})
    first.git("push", "-q", "-u", "origin", "HEAD:main")
    second = Repo(folder / "hanmei")
    second.path.mkdir()
    second.git("clone", "-q", str(middle), ".")
    for repo in (first, second):
        merge_driver.install(stores.opened(repo))


def colleague(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Colleague:
    """A colleague who has installed the driver."""
    merge_driver.install(stores.opened(repo))
    return Colleague(repo, stores.Program(capsys, repo.path))
