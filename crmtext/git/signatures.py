"""The committers of commits, as written in them, and SSH signatures of commits, verified by git."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import attempt
from crmtext.git.reading import objects
from crmtext.i18n import _
from crmtext.problem import cannot
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.git.plumbing import Repository

#: The header of a commit is within these bytes, even with a hundred parents.
_HEADER = 64 * 1024
_PERSON = lazy.pattern(r"[^<>\n]*<([^<>\n]*)> \d+ [+-]\d{4}")
_SSH = "-----BEGIN SSH SIGNATURE-----"
#: Signatures of other kinds are not verified, so that no other program runs.
_OFF = ("gpg.program=false", "gpg.openpgp.program=false", "gpg.x509.program=false")

#: A line for each commit: its id, the verdict, and the fingerprint of the key.
_VERIFY = ("log", "--no-walk=unsorted", "--no-patch", "--no-show-signature", "--stdin", "--format=%H %G? %GF")


class Committer(NamedTuple):
    """The addresses of committer and author of a commit; empty if its header isn't one that git writes."""

    address: str
    author: str
    #: Whether it has an SSH signature, good or not.
    signed: bool


def committers(repo: Repository, commits: Iterable[str]) -> dict[str, Committer]:
    """Return the committers of commits, read by one git process."""
    wanted = tuple(dict.fromkeys(commits))
    stored = objects(repo, wanted, _HEADER) if wanted else ()
    return {commit: _committer(one.data) for commit, one in zip(wanted, stored, strict=True)}


def _committer(raw: bytes) -> Committer:
    header, end, _message = raw.partition(b"\n\n")
    # A line that begins with a space continues the one before.
    lines = [line.partition(" ") for line in re.split(r"\n(?! )", header.decode("utf-8", "replace"))]
    author, committer, signature = (
        [value for name, _blank, value in lines if name == key] for key in ("author", "committer", "gpgsig")
    )
    people = [_PERSON.fullmatch(value) for value in (*committer, *author)]
    # Of two committers, another program may take the second one.
    if not end or len(committer) != 1 or len(author) != 1 or not all(people):
        return Committer("", "", signed=False)
    committed, written = (person[1] for person in people if person)
    return Committer(committed, written, signed=len(signature) == 1 and signature[0].startswith(_SSH))


def signed_by(repo: Repository, commits: Iterable[str], keys: Iterable[str]) -> Mapping[str, str]:
    """Return the fingerprint of the key that signed each commit, if the signature is good and the key is one of these.

    `keys` are public keys without options. Each signature takes two runs of ssh-keygen, of about 5 ms.
    """
    wanted = tuple(commits)
    allowed = "".join(f'member namespaces="git" {key}\n' for key in keys)
    if not wanted or not allowed:
        return {}
    program = shutil.which("ssh-keygen")
    if program is None:
        message = _("the signatures of commits can't be verified: ssh-keygen is missing")
        raise cannot("needs-ssh-keygen", message, _("install OpenSSH"))
    with TemporaryDirectory(prefix="crmtext-") as folder:
        file = Path(folder, "allowed")
        file.write_text(allowed, "ascii")
        # Set in every call: the repository's settings must not name a program, nor whom to trust.
        own = (
            f"gpg.ssh.program={program}", f"gpg.ssh.allowedSignersFile={file}",
            f"gpg.ssh.revocationFile={os.devnull}", "gpg.minTrustLevel=fully", *_OFF,
        )  # fmt: skip
        rows = tuple(line.split(" ") for line in _verdicts(repo, wanted, own))
    return {commit: fingerprint for commit, verdict, fingerprint in rows if verdict == "G" and fingerprint}


def _verdicts(repo: Repository, commits: Sequence[str], config: Sequence[str]) -> Iterator[str]:
    """Yield git's line about each commit; nothing for one that git can't verify.

    A signature that ssh-keygen rejects before it has read the commit ends git by a broken pipe, at times.
    """
    code, output, _words = attempt(repo, *_VERIFY, data="".join(f"{id_}\n" for id_ in commits).encode(), config=config)
    if not code:
        yield from output.decode("ascii", "replace").splitlines()
    elif len(commits) > 1:
        half = len(commits) // 2
        yield from _verdicts(repo, commits[:half], config)
        yield from _verdicts(repo, commits[half:], config)
