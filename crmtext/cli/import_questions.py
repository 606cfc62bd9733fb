"""The questions of an import on a terminal: one by one, with numbered answers that are options of the command."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from crmtext.cli.framework.prompts import Stopped, choose, say
from crmtext.i18n import _
from crmtext.importers.columns.headers import norm
from crmtext.importers.columns.mapping_file import check_name
from crmtext.importers.columns.understand import unknown_column
from crmtext.importers.mapping import Default
from crmtext.importers.options import command, with_answer
from crmtext.importers.plan.answers import PLACES, in_words
from crmtext.importers.plan.text import (
    asks_for_colleague,
    conflict_lines,
    duplicate_line,
    fitted,
    new_colleague,
    question_line,
    text,
)
from crmtext.importers.row_names import row_name
from crmtext.importers.values.context import Context
from crmtext.importers.values.convert import convert_default
from crmtext.problem import CrmError
from crmtext.record.input.arguments import handle
from crmtext.terminal import code_frame
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.importers.findings import Question
    from crmtext.importers.options import Options
    from crmtext.importers.plan.result import Plan

#: Answers to the first kinds may settle the later ones: columns, values, which customer, what is missing.
_ORDER = (("column:", "values:"), ("day-first:", "value:", "person:"), ("which:",), ("default:",))
#: Answers without an option.
_LATER, _ALL_DIFFER = "", "--not-same all"


class Conversation:
    """Asks what an import has to know. Each answer is an option, and the plan is made again with it."""

    def __init__(self, sources: Sequence[str], more: Sequence[str]) -> None:
        self._sources, self._more = sources, more
        self._options: Options | None = None
        #: Lines about the files of rejected rows that were written.
        self.aside: Sequence[str] = ()
        #: Whether the user has seen the plan and wants it.
        self.is_confirmed = False
        #: Whether an answer says something that a saved mapping keeps.
        self._learned = False
        #: Whether the user was asked for the mapping's name.
        self._offered = False
        self._put_off: set[str] = set()
        #: Whether the user knows how to add a colleague.
        self._hinted = False

    @property
    def way_on(self) -> str:
        """The command line that goes on with the answers so far; empty if there are none."""
        return command(self._options, self._sources, self._more) if self._options else ""

    def is_open(self, plan: Plan) -> bool:
        """Whether a plan needs an answer."""
        return not plan.is_ready

    def answers(self, plan: Plan, lines: Sequence[str]) -> Options:
        """Return the options with the answers to the first open kind of questions. Raises Stopped without one."""
        options, self.aside = plan.options, lines or self.aside
        if questions := _first_questions(plan):
            for at, question in enumerate(questions, start=1):
                say("\n".join(fitted(f"[{at}/{len(questions)}] {question_line(plan, question)}")))
                if asks_for_colleague(question) and not self._hinted:
                    say("\n".join(fitted(f"  {new_colleague()}")))
                    self._hinted = True
                choices = {in_words(plan, option): option for option in question.options}
                options = self._take(options, _filled(plan, choose(choices)))
                self._learned |= not question.key.startswith("which:")
        elif plan.likely:
            options = self._duplicates(plan, options)
        elif plan.conflicts:
            say("\n".join(conflict_lines(plan)))
            ours, theirs = _("keep the store's values"), _("take the files' values")
            options = self._take(options, choose({ours: "--on-conflict ours", theirs: "--on-conflict theirs"}))
        else:
            _show(plan)
            say("\n".join(lines))
            options = self._take(options, choose({_("import the other rows"): "--partial"}))
        return options

    def confirm(self, plan: Plan) -> None:
        """Show the plan, and ask whether to carry it out. Raises Stopped for no."""
        _show(plan)
        if not click.confirm(_("Import this?"), default=True, err=True):
            raise Stopped
        self.is_confirmed = True

    def name_to_save(self, plan: Plan) -> str:
        """Ask for a name under which to save the mapping, if the next import would ask again; empty for none."""
        if plan.options.save or self._offered or not (self._learned or plan.understanding.profile is None):
            return ""
        self._offered = True
        while True:
            question = _("Save the columns and answers for the next import? Name (Enter: no)")
            typed: str = click.prompt(question, default="", show_default=False, err=True)
            try:
                return check_name(typed.strip()) if typed.strip() else ""
            except CrmError as error:
                _report(error)

    def _duplicates(self, plan: Plan, options: Options) -> Options:
        """Ask about each likely duplicate that wasn't put off."""
        tables = plan.understanding.tables
        open_ = [one for one in plan.likely if row_name(one.at, tables) not in self._put_off]
        if not open_:
            raise Stopped
        for at, one in enumerate(open_, start=1):
            say(f"[{at}/{len(open_)}] {duplicate_line(plan, one)}")
            row = row_name(one.at, tables)
            choices = {
                _("the same customer"): f"--same {quoted(f'{row}={one.id}')}",
                _("a different customer"): f"--not-same {quoted(row)}",
                _("later"): _LATER,
            }
            if at < len(open_):
                choices[_("all of these are different customers")] = _ALL_DIFFER
            answer = choose(choices)
            if answer == _LATER:
                self._put_off.add(row)
                continue
            options = self._take(options, answer)
            if answer == _ALL_DIFFER:
                break
        return options

    def _take(self, options: Options, answer: str) -> Options:
        self._options = with_answer(options, answer)
        return self._options


def _first_questions(plan: Plan) -> list[Question]:
    """The questions to ask now: those of the first kind that is open."""
    questions = [*plan.findings.questions.values()]
    for kinds in _ORDER:
        if mine := [question for question in questions if question.key.startswith(kinds)]:
            return mine
    return questions


def _filled(plan: Plan, option: str) -> str:
    """Return an option with the value that is typed for its placeholder."""
    words = shlex.split(option)
    at, place = next(
        ((at, place) for at, word in enumerate(words) for place in PLACES if place in word.split("=")), (0, "")
    )
    prompts = {"DATE": _("Day"), "HANDLE": _("Colleague"), "COLUMN": _("Column")}
    while place:
        typed: str = click.prompt(prompts[place], default="", show_default=False, err=True)
        if not typed.strip():
            raise Stopped
        try:
            value = _checked(plan, words[at], place, typed.strip())
        except CrmError as error:
            _report(error)
            continue
        words[at] = words[at].replace(place, value)
        return shlex.join(words)
    return option


def _checked(plan: Plan, word: str, place: str, typed: str) -> str:
    """The typed value of a placeholder in its canonical form. Raises CrmError for one that the option doesn't take."""
    field, _equals, what = word.partition("=")
    if place == "DATE" and what == place:
        context = Context.of(plan.store, plan.understanding, plan.options)
        return str(convert_default(context, Default(field, typed)))
    if place == "HANDLE":
        settings = plan.store.settings
        return handle(typed, settings) if settings.team else "-".join(typed.split())
    headers = {norm(column.name): column.name for table in plan.understanding.tables for column in table.columns}
    if norm(typed) not in headers:
        raise unknown_column(typed, headers.values())
    return headers[norm(typed)]


def _show(plan: Plan) -> None:
    click.echo(printable(text(plan), keep="\n"), err=True, nl=False)


def _report(error: CrmError) -> None:
    click.echo(code_frame.render(error.problem), err=True, nl=False)
