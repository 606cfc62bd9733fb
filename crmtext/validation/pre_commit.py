"""The pre-commit hook: its output, and whether the commit is rejected. Without Click, which is slow to load."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext import i18n
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Exit
from crmtext.terminal import code_frame
from crmtext.terminal.color import colours
from crmtext.terminal.output import write_error
from crmtext.terminal.width import printable
from crmtext.validation import staged
from crmtext.wording.values import few

if TYPE_CHECKING:
    from crmtext.problem import Problem
    from crmtext.store import Store
    from crmtext.terminal.color import Colour
    from crmtext.validation.staged import Result


def run(folder: Path, language: str | None, color: Colour = "auto") -> Exit:
    """Check a commit in a folder, and return the exit code. The language is that of the store unless one is given."""
    codes = []
    stores = staged.stores(folder)
    for store in stores:
        # The settings on the disk may be invalid while the staged ones are valid.
        with suppress(CrmError):
            if language is None and store.settings.language:
                i18n.use(store.settings.language)
        result = staged.check(store)
        if result is not None:
            write_error(_text(result, store, folder, color=colours(color, sys.stderr)))
            codes.append(Exit.FOUND if result.rejected else Exit.FINE)
    if stores and (beside := _beside(stores, folder)):
        write_error(code_frame.render_all(beside, color=colours(color, sys.stderr)))
        codes.append(Exit.FOUND)
    if Exit.FOUND in codes:
        write_error(_("Commit rejected. Fix the lines above, `git add` the files and commit again.") + "\n")
    return max(codes, default=Exit.FINE)


def _beside(stores: tuple[Store, ...], folder: Path) -> tuple[Problem, ...]:
    """Resident IDs and bank cards in other staged files; the server rejects them, too."""
    from crmtext.validation import pushed_objects

    repo = stores[0].git()
    top = repo.top or repo.git_dir
    problems = pushed_objects.staged(repo, [store.git().prefix for store in stores])
    return tuple(
        problem._replace(place=problem.place._replace(path=_seen_from(folder, top / problem.place.path)))
        for problem in problems
    )


def _text(result: Result, store: Store, folder: Path, *, color: bool) -> str:
    """The output for one store: the problems that block the commit, then the files with other errors."""
    shown = [_with_paths(store, folder, problem) for problem in result.blocking.problems]
    lines = [code_frame.render_all(shown, color=color)]
    if result.elsewhere:
        paths = sorted({_seen_from(folder, store.root / problem.place.path) for problem in result.elsewhere})
        heading = plural(
            "{n} error in other files does not block this commit: ",
            "{n} errors in other files do not block this commit: ",
            len(result.elsewhere),
        )
        lines.append(heading + printable(", ".join(few(paths, 3)), keep="") + "\n")
    return "".join(lines)


def _with_paths(store: Store, folder: Path, problem: Problem) -> Problem:
    """The problem with paths relative to the folder where git was called."""
    place, *also = (
        at._replace(path=_seen_from(folder, store.root / at.path)) if at.path else at
        for at in (problem.place, *problem.also)
    )
    return problem._replace(place=place, also=tuple(also))


def _seen_from(folder: Path, path: Path) -> str:
    # git runs its hooks at the top of the work tree and says in GIT_PREFIX where it was called.
    here = folder.absolute() / os.environ.get("GIT_PREFIX", "")
    return Path(os.path.relpath(path, here.resolve())).as_posix()
