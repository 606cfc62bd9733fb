"""Which system wrote the sheets: by their headers, and by the names of files if several kinds fit."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.importers.columns import mapping_file
from crmtext.importers.columns.headers import norm, numbered
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from crmtext.importers.columns.header import Head
    from crmtext.importers.columns.mapping_file import SheetMapping, SystemMapping
    from crmtext.importers.sheet import Sheet

    Score = Callable[["Headed", SheetMapping], float]


class Headed(NamedTuple):
    """A sheet's file and name, and its columns in their normal form."""

    sheet: Sheet
    headers: frozenset[str]
    #: The number of columns with a name.
    size: int
    #: The columns of sub-forms.
    grouped: frozenset[str]

    @classmethod
    def of(cls, sheet: Sheet, head: Head) -> Headed:
        """The columns by name, and with `#` for their numbers."""
        forms = frozenset(form(name) for name in head.names for form in (norm, numbered)) - {""}
        grouped = frozenset(norm(name) for name, group in zip(head.names, head.groups, strict=True) if group)
        return cls(sheet, forms, sum(map(bool, head.names)), grouped)

    def has(self, column: str) -> bool:
        """Whether the sheet has a column."""
        return norm(column) in self.headers


class Detected(NamedTuple):
    """The mappings that apply, and for each sheet the kinds of sheet that they make of it, the nearest first."""

    saved: SystemMapping | None
    profile: SystemMapping | None
    kinds: tuple[tuple[SheetMapping | None, SheetMapping | None], ...]


def detect(
    sheets: Sequence[Headed], saved: Mapping[str, SystemMapping], typed: str = "", known: Collection[str] = ()
) -> Detected:
    """Return the mappings of the sheets; `known` are the schema's names of columns.

    Raises CrmError for an unknown name, and if two systems wrote the sheets.
    """
    shipped = mapping_file.profiles()
    if typed and typed not in saved and typed not in shipped:
        known = sorted({*saved, *shipped})
        message = _("unknown profile '{name}'").format(name=typed[:80])
        raise usage("unknown-profile", message, did_you_mean(nearest(typed, known), _("see: crmtext import --list")))
    own = saved[typed] if typed in saved else None if typed else _best_saved(sheets, saved)
    wanted = typed if typed in shipped and typed not in saved else (own.source if own and own.source in shipped else "")
    profile = shipped[wanted] if wanted else None if own else _system(sheets, shipped, known)
    # A typed profile reads sheets without its telling columns, too.
    scores = (score, _likeness) if typed else (score,)
    return Detected(
        own,
        profile,
        tuple(
            (_kind(sheet, own, _loose) if own else None, _kind(sheet, profile, *scores) if profile else None)
            for sheet in sheets
        ),
    )


def score(sheet: Headed, kind: SheetMapping, *, loose: bool = False) -> float:
    """Return how many columns of a sheet a kind of sheet knows; 0 if it isn't one."""
    fits = all(any(map(sheet.has, names)) for names in kind.headers)
    fits = fits and sheet.grouped.issuperset(map(norm, kind.groups))
    columns = sum(map(sheet.has, kind.columns))
    named = _is_named(sheet, kind)
    if not (fits and (kind.headers or named)) and not (loose and columns >= max(2, len(kind.columns) / 2)):
        return 0
    return columns + 0.5 + named * 2


def _kind(sheet: Headed, mapping: SystemMapping, *scores: Score) -> SheetMapping | None:
    """The kind of sheet with the best score; a later way to score counts if no kind has one before."""
    for way in scores:
        having = [(way(sheet, kind), -at, kind) for at, kind in enumerate(mapping.sheets)]
        best = max(having, default=(0, 0, None), key=lambda one: one[:2])
        if best[0]:
            return best[2]
    return None


def _likeness(sheet: Headed, kind: SheetMapping) -> float:
    """Return how many columns of a sheet a kind brings in; 0 unless it is half of either, or the file has its name."""
    if kind.groups:
        # Nothing but its sub-forms tells an export of ours from a form of the team's own.
        return 0
    # Columns that are dropped, such as `Id`, say nothing.
    wanted = [column for column, target in kind.columns.items() if target.to]
    columns = sum(map(sheet.has, wanted))
    if kind.file != "*" and columns and _is_named(sheet, kind):
        return columns + len(wanted) + sheet.size
    return columns if columns >= max(2, min(len(wanted), sheet.size) / 2) else 0


def _loose(sheet: Headed, kind: SheetMapping) -> float:
    return score(sheet, kind, loose=True)


def _is_named(sheet: Headed, kind: SheetMapping) -> bool:
    """Whether the sheet or its file has the name of this kind."""
    return bool(kind.file) and any(
        fnmatchcase(name.casefold(), kind.file.casefold())
        for name in (sheet.sheet.name, sheet.sheet.path.replace("\\", "/").rpartition("/")[2])
    )


def _best_saved(sheets: Sequence[Headed], saved: Mapping[str, SystemMapping]) -> SystemMapping | None:
    """The saved mapping that knows the most columns of the sheets."""
    scores = {
        name: sum(max((_loose(sheet, kind) for kind in mapping.sheets), default=0) for sheet in sheets)
        for name, mapping in saved.items()
    }
    name = max(sorted(scores), key=lambda one: scores[one], default="")
    return saved[name] if name and scores[name] else None


def _system(
    sheets: Sequence[Headed], shipped: Mapping[str, SystemMapping], known: Collection[str]
) -> SystemMapping | None:
    """The profile that fits the sheets. Raises CrmError if a sheet is another system's.

    A sheet of which the schema's names say more than a profile is a team's own: it only has a few of the same columns.
    """
    least = [sum(map(known.__contains__, sheet.headers)) for sheet in sheets]
    fits = {
        name: [
            best if (best := max((score(sheet, kind) for kind in mapping.sheets), default=0)) > least[at] else 0
            for at, sheet in enumerate(sheets)
        ]
        for name, mapping in shipped.items()
    }
    name = max(sorted(fits), key=lambda one: (sum(map(bool, fits[one])), sum(fits[one])), default="")
    if not name or not any(fits[name]):
        return None
    for at, sheet in enumerate(sheets):
        other = max(sorted(fits), key=lambda one: fits[one][at])
        if not fits[name][at] and fits[other][at]:
            mine = next(one.sheet.path for score_, one in zip(fits[name], sheets, strict=True) if score_)
            message = _("the files are from two systems: {file} from {system}, {other_file} from {other}").format(
                file=mine, system=shipped[name].title, other_file=sheet.sheet.path, other=shipped[other].title
            )
            hint = _("import the files of each system on their own, or name the one to use: --from {name}")
            raise usage("two-systems", message, hint.format(name=name))
    return shipped[name]
