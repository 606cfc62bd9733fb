"""Editing a record in an editor, as visudo does it: checked before it is written, and nothing typed is ever lost."""

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
    """Who sits at the terminal; where nobody does, nothing is asked."""

    def say(self, text: str) -> None:
        """Tell something, in a line."""

    def ask(self, question: str, choices: Sequence[Choice], problems: Sequence[Problem] = ()) -> Choice | None:
        """What to do now, with these problems shown; None where nobody is there to answer."""

    def edit(self, command: str, file: Path) -> int:
        """Have a file edited; the editor's exit code."""


class _Session(NamedTuple):
    """One record being edited."""

    store: Store
    path: str
    copy: Copy
    talk: Talk
    command: str
    how: WriteOptions


def run(store: Store, typed: str, how: WriteOptions, talk: Talk) -> Change:
    """Have the record of the customer that is meant edited, and write what is right."""
    found = any_record(store, typed)
    # Said before anything is typed.
    command = editor(store.root, store.repository)
    with edit_copy.taken(store.home.own, found.path) as mine:
        session = _Session(store, found.path, mine, talk, command, how)
        _begin(session)
        try:
            return _loop(session)
        except CrmError as error:
            raise _kept(error, mine) from None
        except KeyboardInterrupt:
            if mine.left:
                talk.say(_where(mine))
            raise


def _begin(session: _Session) -> None:
    """Have a copy to edit: the one that was left here, if the user wants it, else a new one."""
    mine, now = session.copy, _on_disk(session)
    if mine.left and now is not None and mine.text != now:
        session.talk.say(_("your earlier text, not yet written, is in {file}").format(file=mine.file))
        if mine.others:
            names = ", ".join(str(each) for each in mine.others)
            session.talk.say(_("your editor left other files next to it: {files}").format(files=names))
        if session.talk.ask(_("edit it, or start over?"), ("edit", "drop")) != "drop":
            if mine.base != now:
                _bring_together(session, now)
            return
        session.talk.say(_("Kept in {file}").format(file=mine.keep()))
    mine.begin(now or b"", now or b"")


def _on_disk(session: _Session) -> bytes | None:
    """What the record holds; a text that an editor can show. Raises CrmError where it is none."""
    raw = session.store.read_file(session.path)
    document = parse(raw or b"", session.path)
    if raw and document.text.encode() != raw:
        raise CrmError(document.problems[0], Exit.FOUND)
    return raw


def _loop(session: _Session) -> Change:
    while True:
        _edit(session)
        mine = session.copy
        typed = mine.text
        if typed is None or typed == mine.base:
            mine.close()
            return Change((), _("no changes"))
        problems = _problems(session, typed)
        choice = _choose(session, problems)
        done = _write(session, typed, problems) if choice == "keep" else choice
        if isinstance(done, Change):
            return done
        if done == "drop":
            kept = mine.keep()
            mine.close()
            return Change((), _("nothing was written; your text is kept in {file}").format(file=kept))


def _edit(session: _Session) -> None:
    code = session.talk.edit(session.command, session.copy.file)
    if code:
        if not session.copy.left:
            session.copy.close()
        message = _("the editor '{command}' failed (exit code {code})").format(command=session.command, code=code)
        raise cannot("editor-failed", message, _("nothing was written"))


def _problems(session: _Session, typed: bytes) -> tuple[Problem, ...]:
    store = session.store
    part = Part(session.path, session.copy.base, typed)
    return new_problems(store, [part], At.DISK)


def _choose(session: _Session, problems: Sequence[Problem]) -> Choice:
    """What is to be done with what was typed: kept where nothing is wrong with it."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if not errors:
        return "keep"
    question = _("edit again, keep it as it is (on disk, not committed), or drop it?")
    if choice := session.talk.ask(question, ("edit", "keep", "drop"), problems):
        return choice
    raise CrmError(errors[0], Exit.FOUND)


def _write(session: _Session, typed: bytes, problems: Sequence[Problem]) -> Change | Choice:
    """Write it; where the record was changed meanwhile, what the user wants to do about that."""
    store, mine = session.store, session.copy
    wrong = any(problem.severity is Severity.ERROR for problem in problems)
    how = session.how._replace(commit=False, message="") if wrong else session.how
    with writing(store, how):
        now = store.read_file(session.path)
        if now == mine.base:
            draft = Draft(parse(now or b"", session.path), parse(typed, session.path))
            summary = _("Wrote {path}").format(path=session.path)
            change = write(store, [draft], summary, how)
            if not how.dry_run:
                mine.close()
            return change._replace(problems=(*change.problems, *problems))
    return _meanwhile(session, now)


def _meanwhile(session: _Session, now: bytes | None) -> Choice:
    if now is None:
        raise cannot("changed-meanwhile", _("'{path}' was moved or deleted in the meantime").format(path=session.path))
    message = _("'{path}' was changed by another program in the meantime").format(path=session.path)
    session.talk.say(message)
    question = _("edit the merged text, or drop yours?")
    choice = session.talk.ask(question, ("edit", "drop"))
    if choice is None:
        raise cannot("changed-meanwhile", message, _("nothing was written"))
    if choice == "edit":
        _bring_together(session, now)
    return choice


def _bring_together(session: _Session, now: bytes) -> None:
    """Have the copy hold what was typed and what others have written, with marks where the two clash."""
    mine = session.copy
    names = (_("yours"), _("before"), _("on disk"))
    text, clash = merged(mine.folder, mine.text or b"", mine.base or b"", now, names)
    mine.begin(text, now)
    session.talk.say(_("the record changed in the meantime; both versions were merged"))
    if clash:
        session.talk.say(_("conflicts are marked with <<<<<<< and >>>>>>>; keep one version"))


def _kept(error: CrmError, mine: Copy) -> CrmError:
    """The error, saying where the text is that was typed."""
    if not mine.left:
        return error
    hint = "\n".join(filter(None, (error.problem.hint, _where(mine))))
    return CrmError(error.problem._replace(hint=hint), error.exit_code)


def _where(mine: Copy) -> str:
    return _("your text is kept in {file}; crmtext edit offers it again").format(file=mine.file)
