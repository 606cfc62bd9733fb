"""Edit a record in an editor, as visudo does: checked before it is written, and never losing what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from crmtext.answer import Change
from crmtext.git.editor import editor, merged
from crmtext.i18n import _
from crmtext.index.effect import At
from crmtext.problem import CrmError, Exit, Severity, cannot
from crmtext.record.change import edit_copy
from crmtext.record.change.draft import Draft
from crmtext.record.change.write import WriteOptions, write, writing
from crmtext.record.input.find_record import any_record
from crmtext.storage.journal import Part
from crmtext.text.read.load import parse
from crmtext.validation.change import new_problems

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmtext.problem import Problem
    from crmtext.record.change.edit_copy import Copy
    from crmtext.store import Store

Choice = Literal["edit", "keep", "drop"]


class Talk(Protocol):
    """The user at the terminal; without one, questions are not asked."""

    def say(self, text: str) -> None:
        """Print a line."""

    def ask(self, question: str, choices: Sequence[Choice], problems: Sequence[Problem] = ()) -> Choice | None:
        """Ask what to do now, with these problems shown; None if there is no terminal."""

    def edit(self, command: str, file: Path) -> int:
        """Open a file in the editor and return its exit code."""


class _Session(NamedTuple):
    """One record being edited."""

    store: Store
    path: str
    copy: Copy
    talk: Talk
    command: str
    how: WriteOptions


def run(store: Store, typed: str, how: WriteOptions, talk: Talk) -> Change:
    """Open a customer's record in the editor and write it if it is valid."""
    record = any_record(store, typed)
    # Fail before anything is typed if there is no editor.
    command = editor(store.root, store.repository)
    with edit_copy.locked_copy(store.home.own, record.path) as copy:
        session = _Session(store, record.path, copy, talk, command, how)
        _fill_copy(session)
        try:
            return _loop(session)
        except CrmError as error:
            raise _with_kept_path(error, copy) from None
        except KeyboardInterrupt:
            if copy.left:
                talk.say(_kept_message(copy))
            raise


def _fill_copy(session: _Session) -> None:
    """Fill the copy: with the text that was left in it if the user wants that, else with the record."""
    copy, now = session.copy, _on_disk(session)
    if copy.left and now is not None and copy.text != now:
        session.talk.say(_("your earlier text, not yet written, is in {file}").format(file=copy.file))
        if copy.others:
            names = ", ".join(str(path) for path in copy.others)
            session.talk.say(_("your editor left other files next to it: {files}").format(files=names))
        if session.talk.ask(_("edit it, or start over?"), ("edit", "drop")) != "drop":
            if copy.base != now:
                _merge_texts(session, now)
            return
        session.talk.say(_("Kept in {file}").format(file=copy.keep()))
    copy.begin(now or b"", now or b"")


def _on_disk(session: _Session) -> bytes | None:
    """Return the record's bytes. Raises CrmError if an editor cannot show it as text."""
    raw = session.store.read_file(session.path)
    document = parse(raw or b"", session.path)
    if raw and document.text.encode() != raw:
        raise CrmError(document.problems[0], Exit.FOUND)
    return raw


def _loop(session: _Session) -> Change:
    while True:
        copy, command = session.copy, session.command
        if code := session.talk.edit(command, copy.file):
            if not copy.left:
                copy.close()
            message = _("the editor '{command}' failed (exit code {code})").format(command=command, code=code)
            raise cannot("editor-failed", message, _("nothing was written"))
        typed = copy.text
        if typed is None or typed == copy.base:
            copy.close()
            return Change((), _("no changes"))
        problems = new_problems(session.store, [Part(session.path, copy.base, typed)], At.DISK)
        choice = _choose(session, problems)
        done = _write(session, typed, problems) if choice == "keep" else choice
        if isinstance(done, Change):
            return done
        if done == "drop":
            kept = copy.keep()
            copy.close()
            return Change((), _("nothing was written; your text is kept in {file}").format(file=kept))


def _choose(session: _Session, problems: Sequence[Problem]) -> Choice:
    """Decide what to do with the edited text: keep it if it has no errors, else ask."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if not errors:
        return "keep"
    question = _("edit again, keep it as it is (on disk, not committed), or drop it?")
    if choice := session.talk.ask(question, ("edit", "keep", "drop"), problems):
        return choice
    raise CrmError(errors[0], Exit.FOUND)


def _write(session: _Session, typed: bytes, problems: Sequence[Problem]) -> Change | Choice:
    """Write the text; if the record was changed meanwhile, ask what to do."""
    store, copy = session.store, session.copy
    wrong = any(problem.severity is Severity.ERROR for problem in problems)
    how = session.how._replace(commit=False, message="") if wrong else session.how
    with writing(store, how):
        now = store.read_file(session.path)
        if now == copy.base:
            draft = Draft(parse(now or b"", session.path), parse(typed, session.path))
            summary = _("Wrote {path}").format(path=session.path)
            change = write(store, [draft], summary, how)
            if not how.dry_run:
                copy.close()
            return change._replace(problems=(*change.problems, *problems))
    return _after_other_change(session, now)


def _after_other_change(session: _Session, now: bytes | None) -> Choice:
    if now is None:
        raise cannot("changed-meanwhile", _("'{path}' was moved or deleted in the meantime").format(path=session.path))
    message = _("'{path}' was changed by another program in the meantime").format(path=session.path)
    session.talk.say(message)
    question = _("edit the merged text, or drop yours?")
    choice = session.talk.ask(question, ("edit", "drop"))
    if choice is None:
        raise cannot("changed-meanwhile", message, _("nothing was written"))
    if choice == "edit":
        _merge_texts(session, now)
    return choice


def _merge_texts(session: _Session, now: bytes) -> None:
    """Merge the edited text with the record on the disk into the copy, with markers where they conflict."""
    copy = session.copy
    names = (_("yours"), _("before"), _("on disk"))
    text, clash = merged(copy.folder, copy.text or b"", copy.base or b"", now, names)
    copy.begin(text, now)
    session.talk.say(_("the record changed in the meantime; both versions were merged"))
    if clash:
        session.talk.say(_("conflicts are marked with <<<<<<< and >>>>>>>; keep one version"))


def _with_kept_path(error: CrmError, copy: Copy) -> CrmError:
    """Return the error with the path of the text that was kept."""
    if not copy.left:
        return error
    hint = "\n".join(filter(None, (error.problem.hint, _kept_message(copy))))
    return CrmError(error.problem._replace(hint=hint), error.exit_code)


def _kept_message(copy: Copy) -> str:
    return _("your text is kept in {file}; crmtext edit offers it again").format(file=copy.file)
