"""Examine `.gitignore` and `.gitattributes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.plumbing import ask
from crmtext.git.reading import ignored, ignored_by, ignores
from crmtext.i18n import _, plural
from crmtext.layout import GIT_ATTRIBUTES, GIT_IGNORE, LEFTOVERS, RECORDS, REPORTS, temporary
from crmtext.setup import merge_driver
from crmtext.setup.doctor.finding import Finding, State
from crmtext.sources import is_record
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient

#: Paths that git must ignore, with the line that does it.
_IGNORED = ((f"{REPORTS}/index.html", f"/{REPORTS}/"), (f"{RECORDS}/{temporary()}", LEFTOVERS))

#: The most ignored records that are listed.
_MOST = 5


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a warning for each line missing in these files, and an error for each record that git ignores."""
    store, repo = patient.store, patient.repository
    if store is None or repo is None:
        return
    wanting = [(GIT_IGNORE, line) for path, line in _IGNORED if not ignores(repo, repo.prefix + path)]
    eol = ask(repo, "check-attr", "eol", "--", f"{repo.prefix}{RECORDS}/C.yaml") or ""
    if not eol.endswith(": lf"):
        wanting.append((GIT_ATTRIBUTES, "*.yaml text eol=lf"))
    if not merge_driver.has_attribute(repo):
        wanting.append((GIT_ATTRIBUTES, merge_driver.ATTRIBUTE))
    for file, line in wanting:
        message = _("{file} lacks the line {line}").format(file=file, line=line)
        yield Finding("ignored", State.WARNING, message, f"echo '{line}' >> {patient.shown(store.root / file)}")
    left_out = [path for path in ignored(repo, repo.prefix + RECORDS) if is_record(path.removeprefix(repo.prefix))]
    for path in left_out[:_MOST]:
        line = ignored_by(repo, path)
        message = _("git ignores the record {path} because of {line}").format(path=path, line=line)
        fix = _("remove that line from {file}, or run: git add -f {path}").format(
            file=line.split(":")[0], path=quoted(path)
        )
        yield Finding("ignored", State.ERROR, message, fix)
    if len(left_out) > _MOST:
        more = plural("{n} more record is ignored", "{n} more records are ignored", len(left_out) - _MOST)
        yield Finding("ignored", State.ERROR, more, "git ls-files --others --ignored --exclude-standard records")
    if not wanting and not left_out:
        yield Finding("ignored", State.FINE, f"{GIT_IGNORE}, {GIT_ATTRIBUTES}")
