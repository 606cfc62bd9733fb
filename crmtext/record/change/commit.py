"""The commit of a change, decided before any file is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.config import identity
from crmtext.git.plumbing import Repository, head
from crmtext.git.reading import blob_of, changed_staged, first_ignored, read_blobs
from crmtext.i18n import _
from crmtext.layout import stem
from crmtext.problem import CrmError, Place, cannot, usage
from crmtext.record.change import replay
from crmtext.record.input import arguments
from crmtext.sources import is_record
from crmtext.storage import transaction
from crmtext.storage.commit import entries, refuse_staged, refuse_unfinished
from crmtext.storage.journal import Commit, Part
from crmtext.storage.move_head import refuse_branch
from crmtext.text.read.load import parse
from crmtext.text.secret_numbers import reject_in_name
from crmtext.validation import commit_message
from crmtext.validation.change import reject_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.record.change.draft import Draft
    from crmtext.record.change.write import TextOf, WriteOptions
    from crmtext.store import Store


def plan_commit(
    store: Store, drafts: Sequence[Draft], how: WriteOptions, text: str | TextOf = "", *, judged: bool = False
) -> Commit:
    """Return the commit to make: files, author and message. Raises CrmError if it isn't allowed.

    `text` may be a function of the changes in HEAD. `judged` skips the checks, for a caller that knows that the drafts
    add no error.
    """
    repo = store.git()
    refuse_unfinished(repo)
    if how.branch:
        reject_in_name(how.branch)
        refuse_branch(repo, how.branch)
    parts = tuple(_in_head(store, repo, drafts))
    staged = tuple(_in_index(store, repo, drafts, parts))
    own = text if isinstance(text, str) else text(parts)
    return check_commit(store, parts, own or message(store, drafts, how), staged, judged=judged)


def message(store: Store, drafts: Sequence[Draft], how: WriteOptions) -> str:
    """Return the commit message: the user's own or a summary of the change, with trailers for customers and command."""
    if how.message:
        own = f"{_readable_message(how.message)}\n\n{trailers(drafts, how.action)}"
    elif how.tell:
        own = how.tell(store, drafts, how.action)
    else:
        names = ", ".join(dict.fromkeys(_id(draft) for draft in drafts))
        own = f"{how.action or 'change'}: {names}\n\n{trailers(drafts, how.action)}"
    return own + "".join(f"{line}\n" for line in how.trailers)


def trailers(drafts: Sequence[Draft], action: str) -> str:
    """Return the trailers that name the changed customers and the command, for programs to read."""
    lines = [f"Crm-Customer: {id_}" for id_ in dict.fromkeys(_id(draft) for draft in drafts)]
    return "\n".join([*lines, *([f"Crm-Action: {action}"] if action else [])]) + "\n"


def _id(draft: Draft) -> str:
    """Return the record's own id, else its file name; always on one line."""
    name = draft.id or stem(draft.path)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())


def check_commit(
    store: Store, parts: tuple[Part, ...], text: str, staged: tuple[Part, ...] = (), *, judged: bool = False
) -> Commit:
    """Return the commit of these parts of HEAD with this message. Raises CrmError if it isn't allowed.

    `judged` skips the checks, for a caller that knows that the parts add no error.
    """
    repo = store.git()
    refuse_numbers(text)
    author = _author(store, repo)
    files = {repo.prefix + part.path: part.after for part in parts}
    refuse_staged(repo, files, transaction.staged(repo, staged))
    if not judged:
        reject_errors(store, tuple(part for part in parts if is_record(part.path)))
    return Commit(text, author, parts, staged)


def refuse_numbers(message: str) -> None:
    """Raise CrmError if a message holds a number that must not enter the history."""
    for problem in commit_message.message_errors(message):
        raise usage(problem.rule, _("{place}: {what}").format(place=problem.place, what=problem.message), problem.hint)


def _readable_message(text: str) -> str:
    message = text.strip()
    if not message or any(not (sign.isprintable() or sign in "\n\t") for sign in message):
        raise usage("commit-message", _("the commit message contains an unreadable character"), _("use plain text"))
    return message


def _author(store: Store, repo: Repository) -> tuple[str, str]:
    """Return name and email of the user as on the team list. Raises CrmError for a user who is not on it."""
    who = identity(repo)
    member = store.settings.team[arguments.me(who, store.settings)]
    name, email = who or ("", "")
    return member.name or name, email


def _in_head(store: Store, repo: Repository, drafts: Sequence[Draft]) -> Iterator[Part]:
    """Yield the commit's change of each file: the change on the disk, without the user's own uncommitted edits."""
    in_head = entries(repo, head(repo), (repo.prefix + draft.path for draft in drafts))
    moving = any(draft.before is None for draft in drafts)
    new = {repo.prefix + draft.path: draft for draft in drafts if draft.after is not None}
    if unwanted := first_ignored(repo, [path for path in new if path not in in_head]):
        raise _ignored(new[unwanted[0]], unwanted[1])
    for draft in drafts:
        entry, part = in_head.get(repo.prefix + draft.path), draft.part
        if entry is None and part.after is None:
            continue
        if entry is None:
            # A record that was never committed is committed as a whole.
            yield part._replace(before=None)
        elif part.before is None:
            raise replay.conflict_error(draft.path)
        elif entry.blob == blob_of(repo, part.before):
            yield part
        else:
            held = next(read_blobs(repo, [entry.blob]))[1]
            yield Part(draft.path, held, _applied(store, draft, held, moving=moving))


def _in_index(store: Store, repo: Repository, drafts: Sequence[Draft], parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the staged edits of the same records with the change applied, so that they stay staged."""
    committed = {part.path: part.after for part in parts}
    theirs = {change.new: change.new_blob for change in changed_staged(repo, renames=False) if change.new}
    for draft in drafts:
        blob, new = theirs.get(repo.prefix + draft.path), committed.get(draft.path)
        if blob is None or new is None or draft.before is None or blob == blob_of(repo, new):
            continue
        held = next(read_blobs(repo, [blob]))[1]
        yield Part(draft.path, held, _applied(store, draft, held, moving=False))


def _applied(store: Store, draft: Draft, held: bytes, *, moving: bool) -> bytes | None:
    """Return HEAD's text of a record with the draft's change, without the user's other edits on the disk."""
    part = draft.part
    if _unix(part.before) == held:
        # Only the line ends differ.
        return None if part.after is None else _unix(part.after)
    if part.after is None and not moving:
        return None
    return replay.apply(draft, parse(held, draft.path), store.schema).text.encode()


def _unix(data: bytes | None) -> bytes:
    return (data or b"").replace(b"\r\n", b"\n")


def _ignored(draft: Draft, line: str) -> CrmError:
    message = _("git ignores '{path}' because of {line}").format(path=draft.path, line=line)
    hint = _("remove that line, or use --no-commit; nothing was written")
    return cannot("ignored-by-git", message, hint, Place(draft.path))
