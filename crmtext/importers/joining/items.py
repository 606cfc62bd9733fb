"""Deals, orders, cases, needs and feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.columns.headers import norm
from crmtext.importers.columns.names import words
from crmtext.importers.joining.shape import is_empty, line, texts

if TYPE_CHECKING:
    from crmtext.importers.incoming import RowData
    from crmtext.importers.joining.draft import Draft
    from crmtext.importers.joining.shape import Shaped
    from crmtext.importers.joining.work import Work

#: The lists with a day on which an entry was decided, and the values that say so.
DECIDED = {"opportunities": ("stage", ("won", "lost")), "cases": ("status", ("closed",))}
LISTS = ("opportunities", "transactions", "cases", "needs", "feedback")


def take_items(work: Work, row: RowData, shaped: Shaped, draft: Draft) -> None:
    """Add a row's deals, orders and so on to its customer."""
    for name in LISTS:
        for item in shaped.entries(name):
            if name == "needs" and not item.get("description"):
                draft.assume("needs[].description")
            _complete(work, row, shaped, draft, name, item)
            if missing := _missing(work, name, item):
                _set_aside(work, row, draft, name, item, missing)
            else:
                draft.add(name, item, work.differs(draft, row))


def _complete(work: Work, row: RowData, shaped: Shaped, draft: Draft, name: str, item: dict[str, Any]) -> None:
    """Fill what a row says in other words, and the defaults."""
    special = shaped.special if row.object == name else {}
    if name == "opportunities":
        _complete_deal(work, item, special)
    elif name == "cases":
        if norm(row.columns.get("cases.summary", "")) in words("complaints"):
            item.setdefault("kind", "complaint")
        _complete_case(work, item, special, shaped.rest)
    elif name == "feedback":
        _complete_feedback(work, row, item, special)
    elif name == "needs" and (budget := item.get("budget")) and not item.get("description"):
        item["description"] = budget_words(budget)
    _settle_currency(work, row, name, item)
    for key, default, value in work.item_defaults(name):
        if may_have(name, key, item) and is_empty(item.get(key)):
            item[key] = value
            draft.use(default)
    if name in DECIDED and may_have(name, "closed", item) and is_empty(item.get("closed")):
        text = _("{what}: '{label}' is missing").format(**_labels(work, name, "closed"))
        options = (f"--default {name}.closed=DATE", f"--map COLUMN={name}.closed")
        work.findings.ask(f"default:{name}.closed", text, options, row.at)


def _settle_currency(work: Work, row: RowData, name: str, item: dict[str, Any]) -> None:
    """Name the currency of an amount that has none; a default is for those alone."""
    amount = f"{name}.amount"
    if "amount" not in item or "currency" in item or f"{name}[].currency" not in work.schema.by_path:
        return
    home, path = work.settings.currency, f"{name}.currency"
    if path in row.columns:
        if path in work.defaults:
            item["currency"] = home
        return
    code = str(work.defaults[path][0][1]) if path in work.defaults else home
    column = row.columns.get(amount, _labels(work, name, "amount")["label"])
    text = _("{rows}: '{column}' has no currency and is taken as {code}; to change it: {option}")
    work.tally(text, row.at, column=column, code=code, option=f"--default {path}=CODE")


def may_have(name: str, key: str, item: dict[str, Any]) -> bool:
    """Whether an entry of a list may have a field: only what is decided has a day for that, an amount a currency."""
    if key == "currency":
        return "amount" in item
    field, values = DECIDED.get(name, ("", ()))
    return key != "closed" or not values or item.get(field) in values


def _labels(work: Work, name: str, key: str) -> dict[str, str]:
    """The labels of a list and of a field of its entries."""
    field, holder = work.schema.by_path.get(f"{name}[].{key}"), work.schema.root.child(name)
    return {"what": holder.label if holder else name, "label": field.label if field else key}


def _complete_case(work: Work, item: dict[str, Any], special: dict[str, Any], rest: list[str]) -> None:
    created = str(special.get("@created", ""))[:10]
    if created and created <= work.today:
        item.setdefault("opened", created)
    if closed := str(special.get("@closed", ""))[:10]:
        item.setdefault("closed", closed)
    if text := str(special.get("@text", "")).strip():
        first, _newline, more = text.partition("\n")
        more = text if item.setdefault("summary", line(first)) != line(first) else more.strip()
        rest.extend([f"{item['summary']}: {more}"] if more else [])
    if "status" not in item and "closed" in item:
        item["status"] = "closed"


def _complete_feedback(work: Work, row: RowData, item: dict[str, Any], special: dict[str, Any]) -> None:
    if "score" in item or work.has_column(row.at.file, "feedback.score"):
        item.setdefault("kind", "survey")
    complains = norm(row.columns.get("feedback.text", "")) in words("complaints")
    item.setdefault("kind", "complaint" if complains else "opinion")
    if created := str(special.get("@created", ""))[:10]:
        item.setdefault("date", created)
    if text := special.get("@text"):
        item["text"] = "\n".join(dict.fromkeys([*filter(None, [item.get("text")]), str(text)]))


def _complete_deal(work: Work, item: dict[str, Any], special: dict[str, Any]) -> None:
    won = special.get("@won")
    if won in ("won", "lost"):
        item["stage"] = won
    day = str(special.get("@closed") or item.get("closed") or item.get("expected_close") or "")[:10]
    if item.get("stage") in ("won", "lost"):
        item.pop("expected_close", None)
        item.pop("closed", None)
        if day:
            item["closed" if day <= work.today else "expected_close"] = day
    elif day and "closed" not in item:
        item.setdefault("expected_close", day)
    elif "closed" in item:
        # A deal that isn't decided has no day on which it was.
        item.setdefault("expected_close", item.pop("closed"))


def budget_words(budget: Any) -> str:
    """The words of a budget, for a need without a description."""
    if not isinstance(budget, dict):
        return line(budget)
    if text := budget.get("text"):
        return line(text)
    numbers = [f"{budget[key]:.15g}" for key in ("min", "max") if key in budget]
    words = "-".join(dict.fromkeys(numbers))
    return f"{words} {budget.get('currency', '')}".strip() or line(budget.get("basis", ""))


def _missing(work: Work, name: str, item: dict[str, Any]) -> list[str]:
    field = work.schema.root.child(name)
    required = field.item.resolved.get("required", ()) if field and field.item else ()
    return [key for key in required if is_empty(item.get(key))]


def _set_aside(work: Work, row: RowData, draft: Draft, name: str, item: dict[str, Any], missing: list[str]) -> None:
    """An entry without a required field: a question if a default can answer it, else the row can't come in."""
    path = f"{name}.{missing[0]}"
    field = work.schema.by_path.get(f"{name}[].{missing[0]}")
    what, label = _labels(work, name, missing[0]).values()
    if row.object != name and path != "opportunities.stage":
        draft.lines.extend(
            f"{row.columns.get(f'{name}.{key}', key)}: {text}" for key, value in item.items() for text in texts(value)
        )
        text = _("{rows}: {what} without '{label}': the values are in the notes")
        work.tally(text, row.at, what=what, label=label)
    elif field is not None and field.choices:
        text = _("{what}: '{label}' is missing").format(what=what, label=label)
        options = tuple(f"--default {path}={choice.value}" for choice in field.choices)
        work.findings.ask(f"default:{path}", text, options, row.at)
    elif field is not None and field.kind == "date" and not work.has_column(row.at.file, path):
        text = _("{what}: '{label}' is missing").format(what=what, label=label)
        work.findings.ask(f"default:{path}", text, (f"--default {path}=DATE", f"--map COLUMN={path}"), row.at)
    else:
        column = row.columns.get(path, "")
        why = _("{what}: '{label}' is missing").format(what=what, label=label)
        work.reject(row.at, column, "", why, _("fill it in"))
