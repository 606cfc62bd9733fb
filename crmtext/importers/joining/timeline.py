"""The interactions of a customer: in order, each once, with next steps, and not larger than a record may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, plural
from crmtext.importers.joining import activities
from crmtext.importers.joining.shape import line

if TYPE_CHECKING:
    from crmtext.importers.joining.draft import Draft, Step
    from crmtext.importers.joining.work import Work

#: The most bytes of an interaction's summary and details, and of a record.
MOST_TEXT, MOST_RECORD = 4 * 1024, 192 * 1024
#: About the bytes of an interaction's keys and indentation.
_AROUND = 160
#: The option that dates what has no date.
_DATED = "--default interactions.date=DATE"


def arrange(work: Work, draft: Draft) -> None:
    """Sort a customer's interactions, hang its next steps on them, and shorten what is too long."""
    _date(work, draft)
    talks = _once(draft.lists.pop("interactions", []))
    owner = draft.data.get("owner", "")
    for step in sorted(
        draft.steps, key=lambda step: (step.created, str(step.next.get("due", "")), step.next["action"])
    ):
        _hang(work, draft, talks, step, owner)
    draft.steps = []
    for talk in talks:
        if not talk.get("by") and owner:
            talk["by"] = owner
            draft.assume("interactions[].by")
    shortened = sum(_shorten(talk) for talk in talks)
    if shortened:
        work.note(
            plural(
                "{name}: {n} interaction shortened to {size} KiB",
                "{name}: {n} interactions shortened to {size} KiB",
                shortened,
                name=draft.name,
                size=f"{MOST_TEXT // 1024}",
            )
        )
    if not talks:
        return
    talks.sort(key=lambda talk: str(talk["date"]))
    left = MOST_RECORD - size(draft.data) - size(draft.lists)
    kept = 0
    for talk in reversed(talks):
        left -= size(talk) + _AROUND
        if left < 0:
            break
        kept += 1
    if kept < len(talks):
        work.note(
            plural(
                "{name}: the oldest interaction is left out, because a record may have {size} KiB",
                "{name}: the {n} oldest interactions are left out, because a record may have {size} KiB",
                len(talks) - kept,
                name=draft.name,
                size=f"{MOST_RECORD // 1024}",
            )
        )
    if kept:
        draft.lists["interactions"] = talks[len(talks) - kept :]


def size(value: Any) -> int:
    """About the bytes that a value takes in a record."""
    return len(repr(value).encode())


def _date(work: Work, draft: Draft) -> None:
    """Date the interactions without a day by the customer's creation or the newest day of the files, else note them."""
    default = work.default("interactions.date", draft) if draft.undated else ""
    created = draft.created if draft.created <= work.today else ""
    day = default or created or work.newest.day
    for talk, at in draft.undated:
        if not day:
            draft.lines.append("\n".join(str(talk[key]) for key in ("summary", "details") if key in talk))
            text = _("{rows}: interactions without a date went to the notes; give them one with {option}")
            work.tally(text, at, option=_DATED)
            continue
        draft.lists.setdefault("interactions", []).append({"date": day, **talk})
        draft.assume("interactions[].date")
        if default:
            continue
        if created:
            text = _("{rows}: interactions without a date have the customer's creation date; or: {option}")
            work.tally(text, at, option=_DATED)
        else:
            text = _("{rows}: interactions without a date have the newest date in the files ({day}); or: {option}")
            work.tally(text, at, day=day, option=_DATED)
    draft.undated = []


def _once(talks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The interactions by date, each once: one in two files, or on two contacts, is the same."""
    known: dict[str, dict[str, Any]] = {}
    ids: set[str] = set()
    for talk in sorted(talks, key=lambda talk: str(talk["date"])):
        own = repr(talk["external_ids"]) if "external_ids" in talk else ""
        if own and own in ids:
            continue
        ids.add(own)
        whole = repr(
            sorted((key, repr(value)) for key, value in talk.items() if key not in ("external_ids", "contact"))
        )
        known.setdefault(whole, talk)
    return [*known.values()]


def _hang(work: Work, draft: Draft, talks: list[dict[str, Any]], step: Step, owner: str) -> None:
    """Hang a next step on the newest interaction that isn't later than it, else on a note."""
    due = str(step.next.get("due", ""))
    latest = min(filter(None, (step.created or work.today, due)))
    fitting = [talk for talk in talks if "next" not in talk and str(talk["date"]) <= latest]
    if fitting:
        newest = max(fitting, key=lambda talk: str(talk["date"]))
        newest["next"] = step.next
        activities.add_details(newest, step.words)
        return
    days = [str(talk["date"]) for talk in talks]
    days += [str(deal["closed"]) for deal in draft.lists.get("opportunities", []) if "closed" in deal]
    days += [draft.created] if draft.created else []
    day = step.created if step.created <= work.today else ""
    if not day:
        draft.assume("interactions[].date")
    default = "" if day else work.default("interactions.date", draft)
    day = day or default or max((day for day in days if day <= work.today), default="")
    of_files = "" if day else work.newest.day
    if (shared := default or of_files) and due and due < shared:
        text = _("{rows}: next steps that were due before {day} are on a note with their due date")
        work.tally(text, step.at, day=shared)
    elif of_files:
        text = _("{rows}: next steps are on a note with the newest date in the files ({day}); or: {option}")
        work.tally(text, step.at, day=of_files, option=_DATED)
    day = day or of_files
    if not day:
        draft.lines.append(line(f"{step.next['action']} {due} {step.words}"))
        text = _("{rows}: next steps without a date went to the notes; give them one with {option}")
        work.tally(text, step.at, option=_DATED)
        return
    day = min(day, due) if due else day
    note = {"date": day, "by": step.by or owner, "channel": "note", "summary": step.next["action"], "next": step.next}
    activities.add_details(note, step.words)
    if step.contact:
        note["contact"] = step.contact
    talks.append(note)


def _shorten(talk: dict[str, Any]) -> bool:
    """Shorten the details of an interaction; whether they were too long."""
    details = str(talk.get("details", "")).encode()
    room = MOST_TEXT - len(str(talk["summary"]).encode())
    if len(details) <= room:
        return False
    talk["details"] = details[: max(room - 3, 0)].decode(errors="ignore").rstrip() + "…"
    return True
