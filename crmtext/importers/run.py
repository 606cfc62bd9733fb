"""An import from the files to the commit: read, understand, convert, join, plan, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.i18n import _, plural
from crmtext.importers.apply import apply, next_steps
from crmtext.importers.columns import mapping_file, profiles
from crmtext.importers.columns.understand import understand
from crmtext.importers.editing import book as editing_book
from crmtext.importers.editing import plan as editing
from crmtext.importers.findings import Findings
from crmtext.importers.joining.join import join
from crmtext.importers.plan import between
from crmtext.importers.plan.plan import plan
from crmtext.importers.plan.unsaved import reject_unsaved
from crmtext.importers.reading.own_tables import with_records
from crmtext.importers.reading.read import read
from crmtext.importers.rejected import write as rejected
from crmtext.importers.values.context import Context
from crmtext.importers.values.own_export import read_records
from crmtext.importers.values.rows import read_rows
from crmtext.problem import CrmError, Exit, cannot, usage
from crmtext.record.change.commit import plan_commit
from crmtext.record.change.draft import Draft, refuse
from crmtext.record.change.write import commits, new_warnings, writing
from crmtext.storage import journal
from crmtext.text.document import Document
from crmtext.text.secret_numbers import in_prose
from crmtext.unite import decisions
from crmtext.unite.sheet import header
from crmtext.unite.sheet import read as read_decisions
from crmtext.values.uncollected import uncollected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.importers.incoming import RowData
    from crmtext.importers.mapping import Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.plan.result import Plan
    from crmtext.importers.sheet import Sheet
    from crmtext.record.change.write import WriteOptions
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.unite.sheet import Decision

#: Above this number of records, reading the whole store takes less than looking up what each may affect.
_MANY = 500


class Result(NamedTuple):
    """A plan, whether it was carried out, and what to do next."""

    plan: Plan
    exit: Exit
    lines: tuple[str, ...] = ()


class Asker(Protocol):
    """Asks the user, where there is one."""

    def is_open(self, plan: Plan) -> bool:
        """Whether a plan needs an answer."""

    def answers(self, plan: Plan, lines: Sequence[str]) -> Options:
        """Return the options with answers; the lines are about files that were written."""

    def confirm(self, plan: Plan) -> None:
        """Return if the user wants the plan."""

    def name_to_save(self, plan: Plan) -> str:
        """Return a name under which to save the mapping; empty for none."""


# Rows don't refer to each other.
@uncollected()
def run(
    store: Store, options: Options, how: WriteOptions, stdin: BinaryIO | None = None, asker: Asker | None = None
) -> Result | decisions.Done:
    """Import files. A dry run, open questions and rejected rows write nothing; an asker can settle them first.

    The workbook of `dedupe` comes back with decisions, which are carried out.
    """
    sheets = read(options.sources, options.read, stdin)
    if (decided := _decisions(sheets)) is not None:
        return decisions.carry_out(store, decided, how, partial=options.partial)
    digests = [sheet.digest for sheet in sheets]
    if not any(map(editing_book.mark, sheets)):
        sheets = with_records(sheets, store)
    if how.dry_run:
        planned = _planned(store, sheets, options, how)
        _check_commit(store, planned, how)
        return Result(planned, _code(planned))
    if asker:
        return _asked(store, sheets, digests, options, how, asker)
    with writing(store, how):
        planned = _planned(store, sheets, options, how)
        del sheets
        return _carried_out(planned, digests, how)


def _decisions(sheets: Sequence[Sheet]) -> tuple[Decision, ...] | None:
    """Return the decisions of workbooks of `dedupe`, which may have further sheets; None if there are none."""
    places = [header(row.cells for row in sheet.rows) for sheet in sheets]
    ours = {sheet.path for sheet, place in zip(sheets, places, strict=True) if place}
    if not ours:
        return None
    if other := next((sheet.path for sheet in sheets if sheet.path not in ours), None):
        message = _("{path} has decisions about duplicates, {other} has none").format(path=min(ours), other=other)
        raise usage("mixed-files", message, _("import them one after the other"))
    return tuple(
        decision
        for sheet, place in zip(sheets, places, strict=True)
        if place
        for decision in read_decisions(((row.number, row.cells) for row in sheet.rows), place)
    )


def _refuse_uncommitted(store: Store) -> None:
    """Raise CrmError if the files of an earlier import aren't committed yet: they would lose the trailers."""
    repo, last = store.repository, journal.last(store.home.own)
    if repo is None or last is None or last.commit or not last.transaction.message:
        return
    changed = {path.removeprefix(repo.prefix) for path in changed_on_disk(repo, repo.prefix)}
    names = (one.new or one.old or "" for one in changed_staged(repo, renames=False))
    changed |= {name.removeprefix(repo.prefix) for name in names}
    waiting = [part.path for part in last.transaction.parts if part.path in changed]
    if waiting:
        message = plural(
            "{n} file of the last import isn't committed, so an import can't compare with it",
            "{n} files of the last import aren't committed, so an import can't compare with them",
            len(waiting),
        )
        hint = _("commit them as they are, or take the import back: {command}").format(command="crmtext undo")
        raise cannot("uncommitted-changes", message, hint)


def _check_commit(store: Store, planned: Plan, how: WriteOptions) -> None:
    """Raise what would stop the commit, as the import does. Of many new records the first one stands for all."""
    if _code(planned) or not planned.drafts or not commits(store, how):
        return
    drafts = planned.drafts
    if len(drafts) > _MANY:
        new = [draft for draft in drafts if draft.before is None]
        drafts = (*new[:1], *(draft for draft in drafts if draft.before))
    plan_commit(store, drafts, how, how.message or "import", judged=True)


def _asked(
    store: Store, sheets: Sequence[Sheet], digests: Sequence[str], options: Options, how: WriteOptions, asker: Asker
) -> Result:
    """Import with answers to what is open; the user confirms the plan that is then carried out."""
    shown: Plan | None = None
    while True:
        # Without the lock: an answer takes its time.
        planned = _planned(store, sheets, options, how)
        if asker.is_open(planned):
            aside = _aside(planned) if planned.fates and planned.fates.rejected else ()
            options = asker.answers(planned, aside)
            continue
        if planned.writes and not (options.save or planned.edited) and (name := asker.name_to_save(planned)):
            # Before the plan is shown: it is the name of the source, too, which ids are made of.
            options = options._replace(save=name)
            continue
        if planned.writes and not (shown and _is_same(shown, planned)):
            asker.confirm(planned)
            shown = planned
        with writing(store, how):
            again = _planned(store, sheets, options, how)
            # Somebody may have changed the store meanwhile: then the plan is shown again.
            if not asker.is_open(again) and _is_same(planned, again):
                return _carried_out(again, digests, how)


def _is_same(one: Plan, other: Plan) -> bool:
    """Whether two plans write the same files and the same decisions."""
    files = [draft.part for draft in one.drafts] == [draft.part for draft in other.drafts]
    return files and (one.kept, one.accepted) == (other.kept, other.accepted)


def _carried_out(planned: Plan, digests: Sequence[str], how: WriteOptions) -> Result:
    aside = _aside(planned)
    code = _code(planned)
    if code or not planned.writes:
        return Result(planned, code, aside)
    change = apply(planned, digests, how)
    return Result(planned, code, (*aside, *next_steps(planned, change)))


def _aside(planned: Plan) -> tuple[str, ...]:
    """Write the rejected rows and return lines about them; a workbook for editing has them already."""
    if planned.edited is None:
        return tuple(rejected.write(planned))
    if planned.findings.rejected or planned.findings.cells:
        if _code(planned):
            return (_("fix them in the workbook, and import it again"),)
        return (_("fix them in the workbook, and import it again; all else is in already"),)
    return ()


def _planned(store: Store, sheets: Sequence[Sheet], options: Options, how: WriteOptions) -> Plan:
    snapshot = store.worktree()
    if book := editing_book.read(sheets, store.schema):
        planned = editing.planned(store, snapshot, book, options)
    else:
        findings = Findings(notes=[note for sheet in sheets for note in sheet.notes])
        understanding = understand(sheets, store, options, findings)
        context = Context.of(store, understanding, options)
        incoming = join(_rows(understanding, context, findings), understanding, context, findings, in_order=True)
        planned = plan(store, snapshot, understanding, incoming, options, findings)
    if planned.writes or planned.conflicts:
        _refuse_uncommitted(store)
    if options.save:
        _save(planned)
    if (planned.customers or planned.deleted) and _code(planned) is Exit.FINE:
        reject_unsaved(planned, how)
        _compare(store, snapshot, planned)
    return planned


def _compare(store: Store, snapshot: Snapshot, planned: Plan) -> None:
    """Raise the first error that the import brings into the store."""
    drafts = [*(customer.draft for customer in planned.customers), *planned.deleted]
    try:
        if len(drafts) > _MANY:
            problems = between.new_errors(store, snapshot, drafts)
            refuse(problem._replace(message=f"{problem.place.path}: {problem.message}") for problem in problems)
        else:
            new_warnings(store, drafts)
    except CrmError as error:
        raise CrmError(error.problem, Exit.FOUND) from None


def _rows(understanding: Understanding, context: Context, findings: Findings) -> Iterator[RowData]:
    for table in understanding.tables:
        yield from (read_records if table.sheet.records else read_rows)(table, context, findings)


def _save(planned: Plan) -> None:
    """Add the mapping to what is written. Raises CrmError if it would hold the number of an ID or a bank card."""
    mapping = profiles.to_save(planned.understanding, planned.options.save)
    before = planned.store.read_file(mapping.path)
    text = mapping_file.text(mapping)
    for rule, message in in_prose(text):
        raise usage(rule, f"{mapping.path}: {message}", _("import without --save, or change that column or value"))
    old = None if before is None else Document(mapping.path, before.decode("utf-8", "replace"))
    if old is None or old.text != text:
        planned.further.append(Draft(old, Document(mapping.path, text)))


def _code(planned: Plan) -> Exit:
    return Exit.FINE if planned.is_ready else Exit.FOUND
