"""Activities: finished ones become interactions, open ones next steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.checks.next_step import vague
from crmtext.i18n import _
from crmtext.importers.findings import BadCell
from crmtext.importers.joining.draft import Step
from crmtext.importers.joining.shape import is_empty, line
from crmtext.values import lazy
from crmtext.values.folding import folded, is_chinese

if TYPE_CHECKING:
    from crmtext.importers.incoming import RowData
    from crmtext.importers.joining.draft import Draft
    from crmtext.importers.joining.shape import Shaped
    from crmtext.importers.joining.work import Work

#: The longest first line that is a summary.
_SUMMARY = 200
_DAY = lazy.pattern(r"\d{4}-\d\d-\d\d")
_DONE = frozenset({
    "true", "yes", "y", "1", "done", "completed", "complete", "closed", "finished", "held", "x",
    "是", "已完成", "完成", "已结束",
})  # fmt: skip
#: Words in names of columns and files, with the channel of the activities there.
_HINTS = (
    ("note", "note"), ("备注", "note"), ("call", "phone"), ("电话", "phone"), ("通话", "phone"),
    ("email", "email"), ("e-mail", "email"), ("邮件", "email"), ("meeting", "visit"), ("event", "other"),
    ("拜访", "visit"), ("visit", "visit"), ("微信", "wechat"),
)  # fmt: skip
#: Subjects that say only what kind of activity it was, besides the schema's names of channels.
_KINDS = frozenset({
    "note", "task", "todo", "activity", "event", "loggedcall", "任务", "活动", "跟进", "备注", "跟进记录",
})  # fmt: skip


def take_own(work: Work, row: RowData, shaped: Shaped, draft: Draft) -> None:
    """Add the interactions and next steps in a row of a customer."""
    for item in shaped.entries("interactions"):
        describe(work, row, shaped, draft, item)
        take(work, row, shaped, draft, item)


def is_done(value: Any) -> bool:
    """Whether the status of an activity says that it's done."""
    if isinstance(value, str):
        return value.strip().casefold() in _DONE or _DAY.match(value) is not None
    return bool(value)


def describe(work: Work, row: RowData, shaped: Shaped, draft: Draft, item: dict[str, Any]) -> None:
    """Fill summary, details and channel of an activity, and who it was, from what its row says."""
    text = str(shaped.special.get("@text", "")).strip() if row.object in ("interactions", "tasks") else ""
    details = str(item.pop("details", "")).strip()
    text = "\n".join(dict.fromkeys(part for part in (text, details) if part))
    subject = line(item.pop("summary", "") or "")
    kind = work.channels.get(folded(subject), "")
    if subject and text and (kind or folded(subject) in _KINDS or line(text).startswith(subject)):
        subject = ""
    if not subject and text:
        first, _newline, rest = text.partition("\n")
        subject, text = (line(first), rest.strip()) if len(first) <= _SUMMARY else (f"{line(first)[:_SUMMARY]}…", text)
    if subject:
        item["summary"] = subject
    if text:
        item["details"] = text
    by = str(item.get("by", ""))
    if by and work.settings.team and by not in work.settings.team:
        del item["by"]
        item["details"] = f"{item.get('details', '')}\n(by {by})".strip()
    if is_empty(item.get("channel")):
        item["channel"] = kind or _channel(work, row, draft)


def _channel(work: Work, row: RowData, draft: Draft) -> str:
    if default := work.default("interactions.channel", draft):
        return default
    places = [*row.columns.values(), work.file(row.at.file)] if row.object in ("interactions", "tasks") else []
    for place in places:
        for word, channel in _HINTS:
            if word in place.casefold():
                return channel
    return "other"


def take(work: Work, row: RowData, shaped: Shaped, draft: Draft, item: dict[str, Any]) -> None:
    """Add an activity to its customer, as an interaction or as a next step."""
    special = shaped.special if row.object in ("interactions", "tasks") else {}
    created = str(special.get("@created", ""))[:10]
    due, day = str(special.get("@due", ""))[:10], str(item.get("date", ""))[:10]
    done = special.get("@done")
    is_open = (row.object == "tasks" or (day or due) > work.today) if done is None else not is_done(done)
    next_, words = _next_step(row, item.pop("next", None))
    if is_open:
        _take_task(row, draft, item, next_, words, due or day, created)
        return
    is_text = "summary" in item or "details" in item
    if not day:
        finished = str(done)[:10] if isinstance(done, str) and _DAY.match(done) else ""
        day = finished or (due if due <= work.today else "") or created
        if is_text or not (next_ or words):
            # A default dates what was written; where only a plan is known, there was no contact.
            day = day or work.default("interactions.date", draft)
    if not day:
        _take_undated(row, draft, item, next_, words, created)
        return
    if "summary" not in item:
        # Only the day of a contact is known: the column says what it was.
        item["summary"] = line(row.columns.get("interactions.date", "") or item["channel"])
    item["date"] = day
    add_details(item, words)
    if next_ is not None and not _is_early(work, row, next_, day):
        item["next"] = next_
    draft.lists.setdefault("interactions", []).append(item)


def _take_undated(
    row: RowData, draft: Draft, item: dict[str, Any], next_: dict[str, Any] | None, words: str, created: str
) -> None:
    """Add what was written, and what is planned, without saying when."""
    if next_ is not None:
        draft.steps.append(Step(next_, created, str(item.get("by", "")), row.at, words=words))
    elif words:
        add_details(item, words)
        item.setdefault("summary", _follow_up(row))
    if "summary" in item or "details" in item:
        if item["channel"] == "other" and "interactions.channel" not in row.columns:
            item["channel"] = "note"
        draft.undated.append((item, row.at))


def add_details(item: dict[str, Any], words: str) -> None:
    """Add words to the details of an interaction."""
    if words:
        item["details"] = "\n".join(dict.fromkeys([*filter(None, [item.get("details")]), words]))


def _is_early(work: Work, row: RowData, step: dict[str, Any], day: str) -> bool:
    """Leave out a due day before the interaction that the step belongs to; whether that leaves nothing of it."""
    due = str(step.get("due", ""))
    if due and due < day <= work.today:
        del step["due"]
        why = _("the next step is due on {due}, before the interaction of {date}").format(due=due, date=day)
        column = row.columns.get("interactions.next.due", "")
        work.findings.cells.append(BadCell(row.at, column, due, why, _("fix one of the two dates")))
        return bool(step["action"] == _follow_up(row))
    return False


def _take_task(
    row: RowData,
    draft: Draft,
    item: dict[str, Any],
    next_: dict[str, Any] | None,
    words: str,
    due: str,
    created: str,
) -> None:
    step = {**({"due": due} if due else {}), **(next_ or {})}
    if action := item.get("summary") or step.get("action", ""):
        step["action"] = line(action)
    step, more = _sharpened(row, step)
    words = "\n".join(filter(None, (words, more)))
    if details := item.get("details"):
        draft.lines.append(f"{step['action']}: {details}")
    if by := item.get("by"):
        step.setdefault("by", by)
    draft.steps.append(Step(step, created, str(item.get("by", "")), row.at, str(item.get("contact", "")), words))


def _next_step(row: RowData, typed: dict[str, Any] | None) -> tuple[dict[str, Any] | None, str]:
    """A next step with an action, and what it says besides: a due day that isn't one.

    None if neither its day nor its action is known: it would always be open, and say nothing.
    """
    if not typed:
        return None, ""
    step, words = dict(typed), ""
    due = str(step.get("due", "")).strip()
    if due and not _DAY.fullmatch(due[:10]):
        del step["due"]
        column = row.columns.get("interactions.next.due", "due")
        words = f"{column}{'：' if any(map(is_chinese, column)) else ': '}{line(due)}"
    is_known = "due" in step or not is_empty(step.get("action"))
    step, more = _sharpened(row, step)
    is_known = is_known and ("due" in step or not more)
    return step if is_known else None, "\n".join(filter(None, (words, more)))


def _sharpened(row: RowData, step: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A next step that our rules accept: without a due day its action names none such as 下周, the words stay apart."""
    action = line(step.get("action", ""))
    if not action or ("due" not in step and vague(action)):
        return {**step, "action": _follow_up(row)}, action
    return {**step, "action": action}, ""


def _follow_up(row: RowData) -> str:
    """The name of a next step that only has a day: in the language of its column."""
    column = row.columns.get("interactions.next.due", "") or next(iter(row.columns.values()), "")
    return "跟进" if any(map(is_chinese, column)) else "Follow up"
