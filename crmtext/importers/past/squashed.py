"""Examine the imports in the history: commits that were squashed or amended with other edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.clone import cut
from crmtext.i18n import _, plural
from crmtext.importers.past.commit_digest import blobs, data_of, fits, parts
from crmtext.importers.past.imports import Past
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.importers.past.imports import Import
    from crmtext.setup.doctor.patient import Patient

_NAME = "imports"


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a finding for each import whose commit holds other edits, too, and which nobody has accepted."""
    repo, store = patient.repository, patient.store
    if repo is None or store is None:
        yield Finding(_NAME, State.FINE, _("none"))
        return
    past = [*Past(repo).in_effect()]
    accepts = [accepted for done in past for accepted in done.accepts]
    known, hashes = {accepted.commit for accepted in accepts} | cut(repo), {accepted.records for accepted in accepts}
    imports = [done for done in past if len(done.commit.parents) < 2]
    squashed = [done for done in imports if done.commit.id not in known and not is_whole(repo, done, hashes)]
    for done in squashed:
        source = _(", ").join(done.sources)
        message = _("{commit} was squashed or amended, so it is not used as an import of {source}")
        fix = _("with the next import of {source}, accept all of it as imported: {option}")
        option = f"crmtext import FILE --base {done.commit.id[:8]}"
        zone = patient.settings and store.zone
        shown = message.format(commit=done.line(zone or None), source=source)
        yield Finding(_NAME, State.WARNING, shown, fix.format(source=source, option=option))
    if not squashed:
        number = len(imports)
        yield Finding(_NAME, State.FINE, plural("{n} import", "{n} imports", number) if number else _("none"))


def is_whole(repo: Repository, done: Import, accepted: Collection[str] = ()) -> bool:
    """Whether the commit of an import holds what the import wrote, and nothing else, or what was accepted."""
    records = ((part.path, data_of(part.before, part.path), data_of(part.after, part.path))
               for part in parts(repo, blobs(repo, done.commit)))  # fmt: skip
    return fits(done, records, accepted)
