"""When the last backup of a repository was made, and when one was last verified, as far as this clone knows."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.i18n import _, plural
from crmtext.layout import BACKUPS, OWN
from crmtext.problem import CrmError
from crmtext.setup.doctor.finding import Finding, State
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmtext.git.plumbing import Repository
    from crmtext.setup.doctor.patient import Patient
    from crmtext.store import Store

_LARGEST = 64 * 1024
_FORM = "%Y-%m-%dT%H:%M:%SZ"


class Done(NamedTuple):
    """A backup that was made or verified."""

    #: When it was made, or verified; in UTC.
    at: datetime
    #: The name of the file.
    file: str
    #: The commit of HEAD in the backup.
    commit: str

    def days(self, store: Store) -> int:
        """How many days ago it was, by the store's time zone."""
        return (store.today - self.at.astimezone(store.zone).date()).days


class Last(NamedTuple):
    """The last backup that was made, and the last one verified; None if this clone knows of none."""

    backup: Done | None = None
    verified: Done | None = None


def now() -> datetime:
    """Return the current time in UTC, in full seconds."""
    return clock.now("UTC").replace(microsecond=0)


def written(moment: datetime) -> str:
    """Return a time as it is written into files."""
    return moment.astimezone(UTC).strftime(_FORM)


def last(store: Store) -> Last:
    """Return the last backup made and the last one verified in this clone."""
    if store.repository is None:
        return Last()
    return _read(store.repository)


def note(repo: Repository, private: Path, *, backup: Done | None = None, verified: Done | None = None) -> None:
    """Remember a backup that was made or verified; without room or permission, `doctor` reminds too early.

    The note is written in a private folder on the same disk, where a kill leaves nothing for long.
    """
    before = _read(repo)
    known = Last(backup or before.backup, verified or before.verified)
    document = {name: {**one._asdict(), "at": written(one.at)} for name, one in known._asdict().items() if one}
    place = _place(repo)
    with suppress(CrmError, OSError):
        raw = json.dumps({"schema": 1, **document}, ensure_ascii=False).encode() + b"\n"
        files.write(private / BACKUPS, raw, None, mode=0o600)
        with files.opened(private) as here, files.opened(place.parent, repo.common_dir, make=True) as there:
            here.replace(BACKUPS, BACKUPS, there)
            there.sync()


def _place(repo: Repository) -> Path:
    # One for all linked work trees: a backup holds their branches.
    return repo.common_dir / OWN / BACKUPS


def _read(repo: Repository) -> Last:
    try:
        data = json.loads(files.read(_place(repo), within=repo.common_dir, limit=_LARGEST) or b"{}")
        return Last(*(_done(data[name]) if name in data else None for name in Last._fields))
    except (CrmError, ValueError, TypeError, KeyError, RecursionError):
        return Last()


def _done(data: dict[str, str]) -> Done:
    at = datetime.strptime(data["at"], _FORM).replace(tzinfo=UTC)
    return Done(at, str(data["file"]), str(data["commit"]))


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield for `doctor` how old the last backup is, in a store that names recipients of backups."""
    store, settings = patient.store, patient.settings
    if store is None or settings is None:
        return
    if not settings.backup_to:
        yield Finding("backup", State.FINE, _("not set up: crmtext.toml has no [backup]"))
        return
    latest = last(store).backup
    if latest is None:
        # Only a clone that makes the backups knows of them.
        yield Finding("backup", State.FINE, _("no backup was made in this clone"))
        return
    days = latest.days(store)
    message = plural("the last backup is {n} day old", "the last backup is {n} days old", max(days, 0))
    state = State.WARNING if days > settings.backup_days else State.FINE
    yield Finding("backup", state, message, "crmtext backup -o DIR" if state is State.WARNING else "")
