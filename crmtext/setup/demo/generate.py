"""A store filled with as many made-up customers as are wanted, to try things on and to measure with."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crmtext.disk import files
from crmtext.git import fast_import
from crmtext.i18n import N_, _, plural
from crmtext.layout import SETTINGS
from crmtext.schema import Schema
from crmtext.settings import Settings, read
from crmtext.setup import demo, sample
from crmtext.setup.init import Made, contents, encoded, install_hooks, refuse_a_second, repository_of_its_own
from crmtext.terminal.progress import unwatched
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from crmtext.git.fast_import import Step
    from crmtext.terminal.progress import Watch

#: Who has put the customers into the store.
_BY = "zhaomin"


def generate(folder: Path, count: int, seed: int, watch: Watch = unwatched) -> Made:
    """Make a store with so many customers in a new folder, all committed; the same for the same seed and day."""
    refuse_a_second(folder)
    with files.plainly(folder):
        folder.mkdir(parents=True, exist_ok=True)
    repo = repository_of_its_own(folder)
    given = sample.files(sample.ANCHOR)[SETTINGS]
    settings = read(given.encode())
    today = clock.today(settings.timezone)
    rest = {**contents(repo, today, with_sample=False), SETTINGS: given}
    made = watch(demo.customers(count, seed, today, Schema.shipped()), N_("customers written"), count)
    moment = datetime.combine(today, time(9), ZoneInfo(settings.timezone))
    records = dict(made)
    fast_import.write(repo, _steps(settings, moment, rest, records))
    fast_import.check_out(repo)
    installed, trouble = install_hooks(repo)
    return Made(folder, (*rest, *records), (), 2, installed, hook_trouble=trouble)


def _steps(settings: Settings, moment: datetime, rest: Mapping[str, str], records: Mapping[str, str]) -> Iterator[Step]:
    author = settings.team[_BY]
    who = (author.name, author.emails[0])
    yield fast_import.Step(who, moment, _("store: settings and team"), encoded(rest))
    subject = plural(
        "import: {n} customer made up by crmtext demo", "import: {n} customers made up by crmtext demo", len(records)
    )
    message = f"{subject}\n\nCrm-Action: import"
    yield fast_import.Step(who, moment + timedelta(minutes=5), message, encoded(records))
