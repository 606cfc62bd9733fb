"""The kinds of concurrent change: what one colleague does, what another does, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from invented import PEOPLE, Layout, contact, interaction
from notation import Bit, bit

if TYPE_CHECKING:
    from random import Random

Act = Callable[[Bit], None]


@dataclass(frozen=True)
class Change:
    """What each side does. Together it is the one after the other, unless said here, or a conflict about a field."""

    ours: Act
    theirs: Act
    both: Act | None = None
    conflict: str = ""


@dataclass(frozen=True)
class Given:
    """What a kind may look at to make up a change."""

    random: Random
    layout: Layout
    record: Bit

    def entry(self, day: str, number: int) -> Bit:
        """A new interaction."""
        return bit(interaction(self.random, day, number, numbered=self.layout.numbered))

    def pick(self, key: str) -> int:
        """The number of an item."""
        return self.random.randrange(len(self.record.value[key].value))

    def new_name(self) -> str:
        """Somebody who is not there yet."""
        known = {item.value["name"].value for item in self.record.value["contacts"].value}
        return self.random.choice([name for name in PEOPLE if name not in known])


def put(key: str, value: Any) -> Act:
    """Set a key at the top; comments stay."""

    def act(record: Bit) -> None:
        record.value.setdefault(key, Bit(None)).value = bit(value).value

    return act


def drop(key: str) -> Act:
    return lambda record: record.value.pop(key)


def item(key: str, index: int, name: str, value: Any) -> Act:
    """Set a key of an item."""

    def act(record: Bit) -> None:
        record.value[key].value[index].value.setdefault(name, Bit(None)).value = bit(value).value

    return act


def take(key: str, index: int) -> Act:
    """Remove an item."""

    def act(record: Bit) -> None:
        del record.value[key].value[index]

    return act


def add(key: str, new: Bit) -> Act:
    """Append an item."""

    def act(record: Bit) -> None:
        record.value[key].value.append(bit_copy(new))

    return act


def log(given: Given, new: Bit) -> Act:
    """Add an interaction where its date puts it."""

    def act(record: Bit) -> None:
        row = record.value["interactions"].value
        row.append(bit_copy(new))
        row.sort(key=lambda entry: entry.value["date"].value, reverse=given.layout.newest_first)

    return act


def bit_copy(one: Bit) -> Bit:
    from copy import deepcopy

    return deepcopy(one)


def every(*acts: Act) -> Act:
    """One act after the other."""

    def act(record: Bit) -> None:
        for act in acts:
            act(record)

    return act


def _same_day(given: Given) -> Change:
    return Change(*(log(given, given.entry("2026-11-21", number)) for number in (100, 200)))


def _same_day_three(given: Given) -> Change:
    mine = [log(given, given.entry("2026-11-21", number)) for number in (100, 101)]
    return Change(every(*mine), log(given, given.entry("2026-11-21", 200)))


def _same_colleague(given: Given) -> Change:
    entries = [given.entry("2026-11-21", number) for number in (100, 200)]
    for entry in entries:
        entry.value["by"].value, entry.value["channel"].value = "lilei", "phone"
    return Change(*(log(given, entry) for entry in entries))


def _other_days(given: Given) -> Change:
    return Change(log(given, given.entry("2026-11-22", 100)), log(given, given.entry("2026-11-20", 200)))


def _older(given: Given) -> Change:
    return Change(log(given, given.entry("2026-05-05", 100)), log(given, given.entry("2026-11-20", 200)))


def _same_entry(given: Given) -> Change:
    act = log(given, given.entry("2026-11-21", 100))
    return Change(act, act, act)


def _log_and_status(given: Given) -> Change:
    return Change(log(given, given.entry("2026-11-21", 100)), put("status", "active"))


def _log_and_comment(given: Given) -> Change:
    def act(record: Bit) -> None:
        record.value["interactions"].value[-1].above.append("# 待核实")

    return Change(log(given, given.entry("2026-11-21", 100)), act)


def _neighbours(_given: Given) -> Change:
    return Change(put("status", "active"), put("owner", "hanmei"))


def _agree(given: Given) -> Change:
    return Change(put("status", "active"), every(put("status", "active"), log(given, given.entry("2026-11-21", 1))))


def _two_contacts(given: Given) -> Change:
    first, second = given.random.sample(["吴敏", "郑凯", "冯雪"], 2)
    return Change(*(add("contacts", bit(contact(given.random, name))) for name in (first, second)))


def _same_contact(given: Given) -> Change:
    act = add("contacts", bit(contact(given.random, given.new_name())))
    return Change(act, act, act)


def _fuller_contact(given: Given) -> Change:
    """Two colleagues meet the same person and each notes other things."""
    name = given.new_name()
    sides = ({"name": name, "title": "厂长"}, {"name": name, "wechat": "wx_1"})
    return Change(*(add("contacts", bit(side)) for side in sides), add("contacts", bit(sides[0] | sides[1])))


def _contact_and_contact(given: Given) -> Change:
    return Change(
        add("contacts", bit(contact(given.random, given.new_name()))), item("contacts", 0, "title", "采购总监")
    )


def _one_contact(given: Given) -> Change:
    at = given.pick("contacts")
    return Change(item("contacts", at, "title", "采购总监"), item("contacts", at, "phones", ["010-1234567"]))


def _one_contact_new_keys(given: Given) -> Change:
    at = given.pick("contacts")
    return Change(item("contacts", at, "wechat", "wx_1"), item("contacts", at, "notes", "先问三家: 比价"))


def _phones_of_contact(given: Given) -> Change:
    at = given.pick("contacts")

    def phone(number: str) -> Act:
        return lambda record: record.value["contacts"].value[at].value["phones"].value.append(Bit(number))

    return Change(phone("010-1111111"), phone("010-2222222"))


def _contact_leaves(given: Given) -> Change:
    return Change(take("contacts", 0), item("contacts", 1, "title", "采购总监"), every(
        item("contacts", 1, "title", "采购总监"), take("contacts", 0)))  # fmt: skip


def _two_leave(given: Given) -> Change:
    return Change(take("contacts", 0), take("contacts", 1), every(take("contacts", 1), take("contacts", 0)))


def _renamed_contact(given: Given) -> Change:
    at = given.pick("contacts")
    return Change(item("contacts", at, "name", "张三丰"), item("contacts", at, "wechat", "wx_1"))


def _moved_contact(given: Given) -> Change:
    def act(record: Bit) -> None:
        row = record.value["contacts"].value
        row.insert(0, row.pop())

    return Change(act, item("contacts", 0, "title", "采购总监"), every(item("contacts", 0, "title", "采购总监"), act))


def _tags(given: Given) -> Change:
    return Change(add("tags", Bit("新一")), add("tags", Bit("新二")))


def _tag_out(given: Given) -> Change:
    return Change(add("tags", Bit("新一")), take("tags", 0))


def _tags_rewritten(given: Given) -> Change:
    def act(record: Bit) -> None:
        record.value["tags"].flow = not record.value["tags"].flow

    return Change(act, add("tags", Bit("新一")))


def _new_keys(_given: Given) -> Change:
    return Change(put("industry", "C39"), put("short_name", "示例"))


def _same_new_key(_given: Given) -> Change:
    return Change(put("industry", "C39"), put("industry", "C39"))


def _new_list(_given: Given) -> Change:
    first, second = (bit({"kind": "purchase", "description": text}) for text in ("温湿度监测", "年度校准"))
    return Change(put("needs", [{"kind": "purchase", "description": "温湿度监测"}]),
                  put("needs", [{"kind": "purchase", "description": "年度校准"}]),
                  every(put("needs", []), add("needs", first), add("needs", second)))  # fmt: skip


def _key_out(_given: Given) -> Change:
    return Change(drop("website"), put("priority", "low"))


def _keys_moved(_given: Given) -> Change:
    def act(record: Bit) -> None:
        record.value["owner"] = record.value.pop("owner")

    return Change(act, put("status", "active"))


def _done(given: Given) -> Change:
    at = given.pick("interactions")
    step = {"action": "回访", "due": "2026-12-01", "done": "2026-11-20"}
    return Change(item("interactions", at, "next", step), log(given, given.entry("2026-11-21", 100)))


def _done_and_outcome(given: Given) -> Change:
    at = given.pick("interactions")
    step = {"action": "回访", "due": "2026-12-01", "done": "2026-11-20"}
    return Change(item("interactions", at, "next", step), item("interactions", at, "outcome", "positive"))


def _details(given: Given) -> Change:
    at = given.pick("interactions")
    return Change(
        item("interactions", at, "details", "新的细节\n第二行\n"), item("interactions", at, "contact", "张三")
    )


def _mended_words(given: Given) -> Change:
    at = given.pick("interactions")
    return Change(item("interactions", at, "summary", "改过的一句"), item("interactions", at, "outcome", "positive"))


def _renumbered(given: Given) -> Change:
    """An order gets another number and other items; a colleague adds the payment: its external id says it is one."""
    at = given.pick("transactions")
    new = [{"product": "备件", "quantity": 1}]
    return Change(
        every(item("transactions", at, "order_no", "SO-900"), item("transactions", at, "items", new)),
        item("transactions", at, "paid", "2026-11-30"),
    )


def _nested(given: Given) -> Change:
    at = given.pick("transactions")

    def sold(product: str) -> Act:
        new = bit({"product": product, "quantity": 1})
        return lambda record: record.value["transactions"].value[at].value["items"].value.append(bit_copy(new))

    return Change(sold("网关"), sold("支架"))


def _deep(_given: Given) -> Change:
    def deep(key: str, value: object) -> Act:
        return lambda record: setattr(record.value["company"].value[key], "value", value)

    return Change(deep("size", "large"), deep("stage", "mature"))


def _comment_above(_given: Given) -> Change:
    def act(record: Bit) -> None:
        record.value["owner"].above.append("# 十一月起换人")

    return Change(act, put("owner", "hanmei"))


def _comment_beside(_given: Given) -> Change:
    def act(record: Bit) -> None:
        record.value["owner"].beside = "# 十一月起换人"

    return Change(act, put("owner", "hanmei"))


def _two_comments(_given: Given) -> Change:
    def act(comment: str) -> Act:
        return lambda record: record.value["priority"].above.append(comment)

    return Change(act("# 甲说的"), act("# 乙说的"))


def _number(_given: Given) -> Change:
    def amount(key: str, value: object) -> Act:
        return lambda record: setattr(record.value["billing"].value[key], "value", value)

    return Change(amount("amount", 12.75), amount("kind", "normal"))


def _both_last_keys(given: Given) -> Change:
    return Change(put("remark", "甲"), log(given, given.entry("2026-11-21", 100)))


def _notes_and_log(given: Given) -> Change:
    return Change(put("notes", "第一行\n第二行改了\n第三行\n"), log(given, given.entry("2026-11-21", 100)))


# What only a person can decide.


def _status_twice(_given: Given) -> Change:
    return Change(put("status", "active"), put("status", "lost"), conflict="status")


def _key_twice(_given: Given) -> Change:
    return Change(put("industry", "C39"), put("industry", "M73"), conflict="industry")


def _title_twice(given: Given) -> Change:
    at = given.pick("contacts")
    name = given.record.value["contacts"].value[at].value["name"].value
    acts = (item("contacts", at, "title", title) for title in ("厂长", "总经理"))
    return Change(*acts, conflict=f"contacts[{name}].title")


def _gone_and_changed(given: Given) -> Change:
    at = given.pick("contacts")
    name = given.record.value["contacts"].value[at].value["name"].value
    return Change(take("contacts", at), item("contacts", at, "wechat", "wx_1"), conflict=f"contacts[{name}]")


def _changed_and_gone(_given: Given) -> Change:
    return Change(put("website", "https://neu.example"), drop("website"), conflict="website")


def _words_twice(given: Given) -> Change:
    at = given.pick("interactions")
    acts = (item("interactions", at, "summary", text) for text in ("改成这样", "改成那样"))
    return Change(*acts, conflict=f"interactions[{at}].summary")


def _due_twice(given: Given) -> Change:
    at = given.pick("interactions")
    acts = (
        item("interactions", at, "next", {"action": "回访", "due": due, "by": "lilei"})
        for due in ("2026-12-05", "2026-12-09")
    )
    return Change(*acts, conflict=f"interactions[{at}].next")


def _notes_twice(_given: Given) -> Change:
    return Change(put("notes", "甲的\n两行\n"), put("notes", "乙的\n两行\n"), conflict="notes")


def _replaced_and_changed(given: Given) -> Change:
    """A successor takes a contact's place, title and department; a colleague notes a number of the one who left."""
    at = given.pick("contacts")
    old = given.record.value["contacts"].value[at].value
    new = {key: value.value for key, value in old.items() if key not in ("name", "phones")}
    return Change(
        every(
            take("contacts", at), lambda record: record.value["contacts"].value.insert(at, bit({"name": "卫东", **new}))
        ),
        item("contacts", at, "phones", ["010-7654321"]),
        conflict="contacts[",
    )


KINDS: dict[str, Callable[[Given], Change]] = {
    "two entries of one day": _same_day,
    "three entries of one day": _same_day_three,
    "two entries of one colleague on one day": _same_colleague,
    "entries of other days": _other_days,
    "an older entry and a new one": _older,
    "the same entry twice": _same_entry,
    "an entry and the status": _log_and_status,
    "an entry and a comment": _log_and_comment,
    "an entry and a key at the end": _both_last_keys,
    "an entry and a longer text": _notes_and_log,
    "two neighbouring keys": _neighbours,
    "the same change and an entry": _agree,
    "an order renumbered here, paid there": _renumbered,
    "two new contacts": _two_contacts,
    "the same new contact": _same_contact,
    "one new contact, noted differently": _fuller_contact,
    "a new contact and a changed one": _contact_and_contact,
    "two keys of one contact": _one_contact,
    "two new keys of one contact": _one_contact_new_keys,
    "two numbers of one contact": _phones_of_contact,
    "a contact leaves, another changes": _contact_leaves,
    "two contacts leave": _two_leave,
    "a contact renamed and changed": _renamed_contact,
    "a contact moved and one changed": _moved_contact,
    "two tags": _tags,
    "a tag in, a tag out": _tag_out,
    "tags written differently, and a tag": _tags_rewritten,
    "two new keys": _new_keys,
    "the same new key": _same_new_key,
    "a list begun twice": _new_list,
    "a key out, another changed": _key_out,
    "keys moved and one changed": _keys_moved,
    "a step done and an entry": _done,
    "a step done and its outcome": _done_and_outcome,
    "details and contact of one entry": _details,
    "an entry's words and its outcome": _mended_words,
    "two lines of one order": _nested,
    "two keys of one map": _deep,
    "a comment above what changes": _comment_above,
    "a comment beside what changes": _comment_beside,
    "two comments in one place": _two_comments,
    "a number and its neighbour": _number,
    "one status, two values": _status_twice,
    "one new key, two values": _key_twice,
    "one title, two values": _title_twice,
    "a contact gone here, changed there": _gone_and_changed,
    "a key changed here, gone there": _changed_and_gone,
    "one entry, two wordings": _words_twice,
    "one step, two days": _due_twice,
    "one longer text, two versions": _notes_twice,
    "a contact replaced here, changed there": _replaced_and_changed,
}
