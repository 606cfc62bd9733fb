"""The output of the commands for backups, and their JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.disk import files
from crmtext.i18n import _, plural
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crmtext.protection.backup.make import Made
    from crmtext.protection.backup.manifest import Manifest
    from crmtext.protection.backup.restore import Restored, Verified
    from crmtext.store import Store

#: How many uncommitted files are named.
_NAMED = 5


def _contents(manifest: Manifest) -> str:
    """The customers and refs of a backup."""
    branches = sum(name.startswith("refs/heads/") for name in manifest.contents.refs)
    parts = (
        plural("{n} customer", "{n} customers", manifest.contents.records),
        plural("{n} branch", "{n} branches", branches),
        plural("{n} tag", "{n} tags", len(manifest.contents.refs) - branches),
    )
    return _(", ").join(parts)


def _size(number: int) -> str:
    return f"{number / 1_000_000:,.1f} MB" if number >= 100_000 else f"{number / 1000:,.1f} kB"


def backed_up(done: Made) -> str:
    """Return the lines about a backup that was written."""
    lines = [
        _("Backed up to {file}").format(file=files.near(done.file)),
        "  " + _(", ").join((_contents(done.manifest), _size(done.bytes))),
        "  " + plural("encrypted to {n} public key", "encrypted to {n} public keys", done.keys),
    ]
    return "\n".join(lines) + "\n"


def backup_document(done: Made) -> Mapping[str, object]:
    """Return the JSON document of `backup`."""
    inside = done.manifest.contents
    return {
        "file": str(done.file),
        "customers": inside.records,
        "refs": len(inside.refs),
        "bytes": done.bytes,
        "commit": inside.commit,
        "created": done.manifest.created,
        "uncommitted": list(done.uncommitted),
        "stashes": done.stashes,
    }


def left_out(done: Made, store: Store) -> str:
    """Return the lines about what the backup lacks, and about its place."""
    lines = []
    if done.uncommitted:
        number = len(done.uncommitted)
        shown = _(", ").join(done.uncommitted[:_NAMED])
        shown += plural(" and {n} more", " and {n} more", number - _NAMED) if number > _NAMED else ""
        message = plural(
            "not in the backup: {n} file with uncommitted changes: {names}",
            "not in the backup: {n} files with uncommitted changes: {names}",
            number,
            names=shown,
        )
        lines.append(message)
    if done.stashes:
        lines.append(plural("not in the backup: {n} stash", "not in the backup: {n} stashes", done.stashes))
    if store.repository and store.repository.holds(done.file):
        lines.append(_("the backup lies inside the store's folder: copy it to another disk"))
    return "\n".join(lines)


def restored(done: Restored) -> str:
    """Return the lines about a store that was restored."""
    lines = [
        _("Restored the store in {folder}").format(folder=files.near(done.root)),
        "  " + _contents(done.manifest),
    ]
    if done.hooks:
        lines.append("  " + _("hooks installed: {names}").format(names=", ".join(done.hooks)))
    return "\n".join(lines) + "\n"


def restored_document(done: Restored) -> Mapping[str, object]:
    """Return the JSON document of `restore`."""
    inside = done.manifest.contents
    return {
        "folder": str(done.root),
        "customers": inside.records,
        "refs": len(inside.refs),
        "commit": inside.commit,
        "created": done.manifest.created,
        "hooks": list(done.hooks),
    }


def after(done: Restored) -> str:
    """Return the lines about what is left to do."""
    remote = f"cd {quoted(str(files.near(done.root)))} && git remote add origin URL"
    lines = [_("hooks not installed: {reason}").format(reason=done.trouble)] if done.trouble else []
    return "\n".join([*lines, _("a backup holds no remotes; add yours: {command}").format(command=remote)])


def verified(done: Verified, file: Path) -> str:
    """Return the lines about a backup that was verified."""
    lines = [
        _("The backup {file} is complete").format(file=file.name),
        "  " + _("made {moment}: {contents}").format(moment=done.manifest.created, contents=_contents(done.manifest)),
        "  " + _("objects, branches, tags and files are as they were"),
    ]
    if done.unreadable:
        lines.append("  " + _("its records can't be checked: {reason}").format(reason=done.unreadable.message))
    elif done.errors:
        problems = plural(
            "check finds {n} error in its records, as in the store when it was made",
            "check finds {n} errors in its records, as in the store when it was made",
            done.errors,
        )
        lines.append("  " + problems)
    else:
        lines.append("  " + _("check finds no errors in its records"))
    return "\n".join(lines) + "\n"


def verified_document(done: Verified, file: Path) -> Mapping[str, object]:
    """Return the JSON document of `backup --verify`."""
    inside = done.manifest.contents
    return {
        "file": str(file),
        "customers": inside.records,
        "refs": len(inside.refs),
        "bytes": done.bytes,
        "commit": inside.commit,
        "created": done.manifest.created,
        "errors": done.errors,
        "warnings": done.warnings,
    }
