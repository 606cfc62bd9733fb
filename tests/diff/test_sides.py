"""Two commits compared by what git says differs, and by all their records: one answer."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.diff import sides
from crmtext.diff.sides import Range
from crmtext.store import Store

if TYPE_CHECKING:
    from repos import Repo

ENDS = ("", "notes: 常来\n", "emails: [", "tags: [SMT]\n")


def _state(repo: Repo, chance: random.Random) -> str:
    """A commit of some records, in one folder or the other, with files between them that are none."""
    repo.git("rm", "-rqf", "--ignore-unmatch", "records")
    files = {"crmtext.toml": stores.TEAM, "records/about.txt": str(chance.random())}
    for number in ("001", "002", "003", "004"):
        if chance.random() < 0.8:
            folder = chance.choice(("records/", "records/", "records/华东/"))
            text = stores.record(number, more=chance.choice(ENDS), status=chance.choice(("lead", "active")))
            files[stores.path(number).replace("records/", folder)] = text
    return repo.commit(files)


@pytest.mark.parametrize("seed", range(6))
def test_what_differs_by_git_is_what_differs_by_all_records(repo: Repo, seed: int) -> None:
    chance = random.Random(seed)
    one, other = _state(repo, chance), _state(repo, chance)
    store = Store(repo.path)
    for old, new in ((one, other), (other, one), (one, one)):
        quick, whole = (read(store, Range(old, new)) for read in (sides.read, sides.by_listing))
        assert (quick.differences, quick.unreadable) == (whole.differences, whole.unreadable)
