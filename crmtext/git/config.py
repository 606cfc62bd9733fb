"""Git's settings: single values, the user's identity, remotes, and the programs that a clone's own settings run."""

from __future__ import annotations

from pathlib import Path

from crmtext.git import overrides
from crmtext.git.plumbing import Repository, ask, outcome, run, settings
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot

#: The commands that set the user's identity.
INTRODUCTION = 'git config --global user.name "…" && git config --global user.email "…"'


def config_get(repo: Repository, key: str, *, kind: str = "") -> str | None:
    """Return a setting's value as git would use it, None if not set; `kind` is git's type, such as `bool` or `path`."""
    typed = (f"--type={kind}",) if kind else ()
    value = ask(repo, "config", *typed, "--null", "--get", key)
    return None if value is None else value.removesuffix("\0")


def config_set(repo: Repository, key: str, value: str | None) -> None:
    """Set a value in the clone's own settings; None removes it."""
    if value is not None:
        run(repo, "config", "--local", "--replace-all", key, value)
    elif ask(repo, "config", "--local", "--get", key) is not None:
        run(repo, "config", "--local", "--unset-all", key)


def programs(repo: Repository) -> tuple[tuple[str, str], ...]:
    """Return the programs that the repository's own settings would run, as pairs of setting and program."""
    return tuple((setting.key, setting.value) for setting in settings(repo) if overrides.names_program(setting))


def clone_runs_program(message: str, key: str, program: str) -> CrmError:
    """The error for a program in the clone's own settings: the settings may come from somebody else."""
    hint = _("if you set it yourself: git config --global {key} PROGRAM, then git config --unset {key}").format(key=key)
    return cannot("git-runs-program", message.format(key=key, program=program), hint)


def identity(repo: Repository) -> tuple[str, str] | None:
    """Return the user's name and e-mail address, None if git has none."""
    shown = ask(repo, "var", "GIT_AUTHOR_IDENT")
    return None if shown is None else _parts(shown)


def identity_outside(folder: Path) -> tuple[str, str] | None:
    """Return the user's name and e-mail address for a folder without a repository, None if git has none."""
    code, output = outcome(folder, "var", "GIT_AUTHOR_IDENT")
    return None if code else _parts(output.decode(errors="replace"))


def _parts(shown: str) -> tuple[str, str]:
    name, _mark, rest = shown.partition(" <")
    return name, rest.partition(">")[0]


def no_identity() -> CrmError:
    """The error for a missing identity."""
    return cannot("no-identity", _("git has no name or e-mail address for you"), INTRODUCTION)


def remotes(repo: Repository) -> tuple[tuple[str, str], ...]:
    """Return the remotes as pairs of name and address; addresses for pushing are included."""
    names = (ask(repo, "remote") or "").split("\n")
    return tuple((name, address) for name in names if name for address in addresses_of(repo, name))


def addresses_of(repo: Repository, remote: str) -> tuple[str, ...]:
    """Return the addresses of a remote for fetching and pushing, rewritten as git does; empty if unknown."""
    asked = ("remote", "get-url", "--all")
    shown = (ask(repo, *asked, *more, "--end-of-options", remote) for more in ((), ("--push",)))
    return tuple(dict.fromkeys(line for output in shown if output for line in output.split("\n")))


def lies_inside(repo: Repository, address: str) -> bool:
    """Whether an address is a path in the work tree or in git's folders."""
    scheme, mark, rest = address.partition("://")
    if mark and scheme.lower() == "file":
        # Imported here: it takes a millisecond, and only a fetch needs it.
        from urllib.parse import unquote

        named = "/" + unquote(rest, errors="surrogateescape").lstrip("/")
    elif ":" in address.partition("/")[0] and not Path(address).drive:
        # A host, or a scheme.
        return False
    else:
        named = str(Path(address).expanduser()) if address.startswith("~/") else address
    # git tries these in turn.
    return any(repo.holds((repo.top or repo.git_dir) / f"{named}{ending}") for ending in ("", ".git", "/.git"))
