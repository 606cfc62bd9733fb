"""Whether a change may be committed, and what exactly: decided before the disk is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.config import identity
from crmtext.git.plumbing import Repository, head
from crmtext.git.reading import blob_of, changed_staged, ignored_by, read_blobs
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
from crmtext.text.secret_numbers import refuse_in_name
from crmtext.validation import commit_message
from crmtext.validation.change import reject_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.record.change.draft import Draft
    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store


def plan_commit(store: Store, drafts: Sequence[Draft], how: WriteOptions, text: str = "") -> Commit:
    """What is to be committed, by whom and with which message. Raises CrmError where no commit may be made."""
    repo = store.git()
    refuse_unfinished(repo)
    if how.branch:
        refuse_in_name(how.branch)
        refuse_branch(repo, how.branch)
    parts = tuple(_in_head(store, repo, drafts))
    staged = tuple(_in_index(store, repo, drafts, parts))
    return check_commit(store, parts, text or message(store, drafts, how), staged)


def message(store: Store, drafts: Sequence[Draft], how: WriteOptions) -> str:
    """The message of a commit: what the user typed, else what changed; trailers name the customers and the command."""
    if how.message:
        return f"{_sayable(how.message)}\n\n{trailers(drafts, how.action)}"
    if how.tell:
        return how.tell(store, drafts, how.action)
    names = ", ".join(dict.fromkeys(_id(each) for each in drafts))
    return f"{how.action or 'change'}: {names}\n\n{trailers(drafts, how.action)}"


def trailers(drafts: Sequence[Draft], action: str) -> str:
    """The lines that tell machines which customers changed by which command."""
    lines = [f"Crm-Customer: {id_}" for id_ in dict.fromkeys(_id(each) for each in drafts)]
    return "\n".join([*lines, *([f"Crm-Action: {action}"] if action else [])]) + "\n"


def _id(draft: Draft) -> str:
    """The id that a record gives itself, else its file's name; on one line whatever it is."""
    name = draft.id or stem(draft.path)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())


def check_commit(
    store: Store, parts: tuple[Part, ...], text: str, staged: tuple[Part, ...] = (), *, judged: bool = False
) -> Commit:
    """The commit of these parts of HEAD with this message. Raises CrmError where it may not be made.

    With `judged`, the caller knows that it adds no error.
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
    """Refuse a message with a number in it that must not enter the history."""
    for problem in commit_message.message(message):
        raise usage(problem.rule, _("{place}: {what}").format(place=problem.place, what=problem.message), problem.hint)


def _sayable(text: str) -> str:
    said = text.strip()
    if not said or any(not (sign.isprintable() or sign in "\n\t") for sign in said):
        raise usage("commit-message", _("the commit message contains an unreadable character"), _("use plain text"))
    return said


def _author(store: Store, repo: Repository) -> tuple[str, str]:
    """The colleague at the keyboard, as the team list has them. Raises CrmError for one who is not on it."""
    who = identity(repo)
    member = store.settings.team[arguments.me(who, store.settings)]
    name, email = who or ("", "")
    return member.name or name, email


def _in_head(store: Store, repo: Repository, drafts: Sequence[Draft]) -> Iterator[Part]:
    """What the commit does to each file: the same as happens on the disk, but for the user's own uncommitted edits."""
    found = entries(repo, head(repo), (repo.prefix + each.path for each in drafts))
    moving = any(each.before is None for each in drafts)
    for draft in drafts:
        entry, part = found.get(repo.prefix + draft.path), draft.part
        if entry is None and part.after is None:
            continue
        if entry is None and (line := ignored_by(repo, repo.prefix + draft.path)):
            raise _ignored(draft, line)
        if entry is None:
            # A record that was never committed is committed as a whole.
            yield part._replace(before=None)
        elif part.before is None:
            raise replay.conflict_error(draft.path)
        elif entry.blob == blob_of(repo, part.before):
            yield part
        else:
            held = next(read_blobs(repo, [entry.blob]))[1]
            yield Part(draft.path, held, _redone(store, draft, held, moving=moving))


def _in_index(store: Store, repo: Repository, drafts: Sequence[Draft], parts: Sequence[Part]) -> Iterator[Part]:
    """What becomes of edits of the same records that the user has staged: they stay, with the change in them."""
    committed = {part.path: part.after for part in parts}
    theirs = {each.new: each.new_blob for each in changed_staged(repo, renames=False) if each.new}
    for draft in drafts:
        blob, new = theirs.get(repo.prefix + draft.path), committed.get(draft.path)
        if blob is None or new is None or draft.before is None or blob == blob_of(repo, new):
            continue
        held = next(read_blobs(repo, [blob]))[1]
        yield Part(draft.path, held, _redone(store, draft, held, moving=False))


def _redone(store: Store, draft: Draft, held: bytes, *, moving: bool) -> bytes | None:
    """HEAD's text of a record with the draft's change, and nothing else that differs on the disk."""
    part = draft.part
    if _unix(part.before) == held:
        # Only git's own line ends differ.
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
