"""Git's settings: one value, who the user is, and which programs a repository's own settings would run."""

from __future__ import annotations

from pathlib import Path

from crmtext.git import overrides
from crmtext.git.plumbing import Repository, ask, run, settings
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot

#: Tells git who the user is.
INTRODUCTION = 'git config --global user.name "…" && git config --global user.email "…"'


def config_get(repo: Repository, key: str, *, kind: str = "") -> str | None:
    """A setting's value as git would use it, None when not set; `kind` is git's type, such as `bool` or `path`."""
    typed = (f"--type={kind}",) if kind else ()
    value = ask(repo, "config", *typed, "--null", "--get", key)
    return None if value is None else value.removesuffix("\0")


def config_set(repo: Repository, key: str, value: str | None) -> None:
    """Set a value in the clone's own settings; None takes it out."""
    if value is not None:
        run(repo, "config", "--local", "--replace-all", key, value)
    elif ask(repo, "config", "--local", "--get", key) is not None:
        run(repo, "config", "--local", "--unset-all", key)


def programs(repo: Repository) -> tuple[tuple[str, str], ...]:
    """The programs that the repository's own settings, not the user's, would run: pairs of setting and program."""
    return tuple((each.key, each.value) for each in settings(repo) if overrides.names_program(each))


def received(message: str, key: str, program: str) -> CrmError:
    """The error for a program that the clone's own settings name: whoever made the clone would have it run."""
    hint = _("if you set it yourself: git config --global {key} PROGRAM, then git config --unset {key}").format(key=key)
    return cannot("git-runs-program", message.format(key=key, program=program), hint)


def identity(repo: Repository) -> tuple[str, str] | None:
    """The name and e-mail address that the user's commits carry, None when they were never told to git."""
    shown = ask(repo, "var", "GIT_AUTHOR_IDENT")
    if shown is None:
        return None
    name, _mark, rest = shown.partition(" <")
    return name, rest.partition(">")[0]


def stranger() -> CrmError:
    """The error for a user of whom git was never told."""
    return cannot("no-identity", _("git has no name or e-mail address for you"), INTRODUCTION)


def remotes(repo: Repository) -> tuple[tuple[str, str], ...]:
    """The remotes: pairs of name and address, as git would call it, those for pushing alone included."""
    names = (ask(repo, "remote") or "").split("\n")
    return tuple((name, address) for name in names if name for address in addresses_of(repo, name))


def addresses_of(repo: Repository, remote: str) -> tuple[str, ...]:
    """Where a remote is fetched from and pushed to, after all settings that rewrite an address; nowhere if unknown."""
    asked = ("remote", "get-url", "--all")
    shown = (ask(repo, *asked, *more, "--end-of-options", remote) for more in ((), ("--push",)))
    return tuple(dict.fromkeys(line for each in shown if each for line in each.split("\n")))


def lies_inside(repo: Repository, address: str) -> bool:
    """Whether an address is a path in the work tree or in git's folders."""
    scheme, mark, rest = address.partition("://")
    if mark and scheme.lower() == "file":
        # Takes a millisecond, and is needed before a fetch alone.
        from urllib.parse import unquote

        named = "/" + unquote(rest, errors="surrogateescape").lstrip("/")
    elif ":" in address.partition("/")[0] and not Path(address).drive:
        # A host, or a scheme.
        return False
    else:
        named = str(Path(address).expanduser()) if address.startswith("~/") else address
    # git tries these in turn.
    return any(repo.holds((repo.top or repo.git_dir) / f"{named}{ending}") for ending in ("", ".git", "/.git"))
