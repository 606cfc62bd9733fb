"""`crmtext check`."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext import checks, settings, sources
from crmtext.cli.framework import forge_formats, options, render
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import FORGES, emit, exit_code
from crmtext.cli.framework.types import Choice
from crmtext.i18n import _
from crmtext.index import answer_cache
from crmtext.layout import DISCLOSURES, SETTINGS, is_disclosure
from crmtext.store import When
from crmtext.validation import check as validation_check

if TYPE_CHECKING:
    from crmtext.answer import Problems
    from crmtext.problem import Exit
    from crmtext.store import Store


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--staged", is_flag=True, help="Check the staged files instead of those on disk.")
@click.option(
    "--range",
    "between",
    default="",
    metavar="A..B",
    help="Check each commit from A to B and name the one that introduced an error.",
)
@click.option(
    "--access",
    is_flag=True,
    help="With --range: check who changed what, by the access rights in A, instead of the records.",
)
@click.option(
    "--approved-by",
    "approvers",
    multiple=True,
    metavar="HANDLE",
    help="With --access: a colleague who has approved all of the commits; may be repeated.",
)
@click.option("--select", multiple=True, metavar="RULE", help="Check only this rule; may be repeated.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Ignore this rule; may be repeated.")
@click.option("--strict", is_flag=True, help="Exit with code 1 for warnings as well.")
@click.option(
    "--format",
    "form",
    type=Choice(("text", "json", *FORGES)),
    help="The output format. [default: text; in a GitHub or GitLab job: github or gitlab]",
)
@click.option("--fix", is_flag=True, help="Fix mistakes on disk that have exactly one right answer.")
@click.option("--dry-run", is_flag=True, help="With --fix: show the changes as a diff, write nothing.")
@options.reading
def check(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    form: str | None,
    between: str,
    approvers: tuple[str, ...],
    *,
    access: bool,
    staged: bool,
    strict: bool,
    fix: bool,
    dry_run: bool,
    when: When,
) -> Exit:
    r"""Find mistakes in the records, and show how to fix them.

    PATH limits the report to these records or folders; they are still compared with all other records. The rule is in
    brackets at the end of each problem; `crmtext explain RULE` has the details. Nothing is written without --fix.

    \b
    crmtext check
    crmtext check --fix --dry-run
    """
    if (fix and (staged or when.at or between)) or (dry_run and not fix):
        raise click.UsageError(
            _("--fix changes files on disk and can't be combined with --staged or --at; --dry-run requires --fix")
        )
    if between and (staged or when.at or when.as_of):
        raise click.UsageError(_("--range checks commits and can't be combined with --staged, --at or --as-of"))
    if access or approvers:
        if not (access and between):
            raise click.UsageError(_("--access requires --range, and --approved-by requires --access"))
        return _access(between, approvers, form, limits=(*paths, *select, *ignore), strict=strict)
    store = options.store(writes=fix)
    named = tuple(options.path_in_store(store, path) for path in paths)
    if between:
        from crmtext.validation import commit_range

        answer = commit_range.check(store, between, commit_range.Asked(named, select, ignore))
        return _emit(store, answer, form or forge_formats.default_format(), strict=strict)
    whole = partial(_with_disclosures, store, staged=staged, at=when.at, asked=(named, select, ignore))
    if when == When():
        answer = whole(validation_check.check_store(store, named, select=select, ignore=ignore, staged=staged))
        if not fix:
            return _emit(store, answer, form or forge_formats.default_format(), strict=strict, cached=not staged)
    else:
        answer = whole(validation_check.check(store.read(when, staged=staged), named, select=select, ignore=ignore))
    if fix:
        from crmtext.record.change.write import WriteOptions
        from crmtext.record.fix import fix as fix_records

        answer_cache.clear()
        change = fix_records(store, named, select=select, ignore=ignore, how=WriteOptions(dry_run, commit=False))
        if dry_run:
            return max(emit(change, form or "text"), exit_code(answer, strict=strict))
        click.echo(render.messages(change), err=True, nl=False)
        answer = whole(validation_check.check_store(store, named, select=select, ignore=ignore))
    return _emit(store, answer, form or forge_formats.default_format(), strict=strict)


def _with_disclosures(
    store: Store, answer: Problems, *, staged: bool, at: str, asked: tuple[tuple[str, ...], ...]
) -> Problems:
    """The answer with the problems of disclosures, unless it is limited to some records."""
    paths, select, ignore = asked
    on_disk = os.path.lexists(store.root / DISCLOSURES) or any(map(is_disclosure, store.absent.entries))
    access = store.settings.access
    has_views = access is not None and not all(role.sees_all for role in access.roles.values())
    if paths or not (staged or at or on_disk or has_views):
        return answer
    # They load the reader of YAML, which a check by the index doesn't need.
    from crmtext.protection import disclosures
    from crmtext.protection.view import disclosed

    side = sources.commit(store.git(), store.moment(at).commit) if at else None
    side = sources.index(store.git()) if staged else side
    raw = (side or store.disk).file(SETTINGS) or b""
    counts = checks.rule_filter(settings.read(raw), select, ignore)
    register = disclosures.register(store, side)
    every = (*register.problems, *disclosed.problems(raw, register.disclosures))
    more = (problem for problem in every if counts(problem.rule))
    return answer._replace(problems=checks.ordered((*answer.problems, *more)))


def _access(
    between: str, approvers: tuple[str, ...], form: str | None, *, limits: tuple[str, ...], strict: bool
) -> Exit:
    """Check the changes of a range by the access rights, and return the exit code."""
    if limits:
        raise click.UsageError(
            _("--access checks all of --range: it can't be combined with PATH, --select or --ignore")
        )
    store = options.store()
    from crmtext.protection.policy import access_check

    answer = access_check.check_access(store, between, approvers)
    for name in access_check.unknown_names(store, between, approvers) if approvers else ():
        render.note(_("'{name}' is not on the team list and approves nothing").format(name=name))
    return _emit(store, answer, form or forge_formats.default_format(), strict=strict)


def _emit(store: Store, answer: Problems, form: str, *, strict: bool, cached: bool = False) -> Exit:
    """Print the answer and return the exit code; `cached` saves it for the answer cache.

    GitHub shows few annotations, so that all problems are also written into the job's summary.
    """
    prefix = store.repository.prefix if form in FORGES and store.repository else ""
    if form == "github" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with suppress(OSError), Path(summary).open("a", encoding="utf-8") as page:
            page.write(forge_formats.markdown(answer, prefix))
    output, messages = render.shown(answer, form, prefix)
    render.say(output, messages)
    code = exit_code(answer, strict=strict)
    if cached and form not in FORGES and store.repository:
        answer_cache.save(store.root, store.repository.git_dir, store.settings.timezone, code, output, messages)
    return code
