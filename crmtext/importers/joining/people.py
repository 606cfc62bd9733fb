"""People: contacts of companies, persons who are customers themselves, and leads."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, plural
from crmtext.importers.joining import activities, addresses, items
from crmtext.importers.joining.draft import reached
from crmtext.importers.joining.ids import written_id
from crmtext.importers.joining.shape import is_empty, line, texts
from crmtext.importers.joining.work import Ambiguous
from crmtext.importers.values import customer_type
from crmtext.values.folding import folded, is_chinese

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.importers.incoming import RowData
    from crmtext.importers.joining.draft import Draft
    from crmtext.importers.joining.shape import Shaped
    from crmtext.importers.joining.work import Work

#: Between the values of several people in one cell.
_BETWEEN = re.compile(r"[、/／;；\n]")
_LISTS = ("phones", "emails")


def take_contacts(work: Work, rows: Iterable[RowData]) -> None:
    """Give the rows of contacts and leads to their companies; people without one become customers."""
    joined: Counter[str] = Counter()
    for row in rows:
        shaped = work.shaper.shape(row.values, row.columns)
        company = line(shaped.data.pop("name", "") or "")
        of = row.of if not company or ("name", company) in row.of else (*row.of, ("name", company))
        people = [*contacts(work, row, shaped)]
        try:
            draft = work.find(of, strict=True)
        except Ambiguous as several:
            draft = work.meant(several, row.at)
            if draft is None:
                continue
        if draft is None:
            name = next((line(value) for by, value in of if by == "name" and value.strip()), "")
            if name:
                draft = _company(work, row, of, name)
            elif any(by == "id" and value.strip() for by, value in of):
                draft = work.refer(of, row.at)
        if draft is None:
            before = len(work.drafts)
            _take_person(work, row, shaped, people)
            # Two rows of one person are one customer.
            joined[""] += len(work.drafts) - before if row.object == "contacts" else 0
            continue
        draft.add_row(row.at)
        _take_into(work, row, shaped, draft, people)
        if row.object == "contacts" and people and not draft.of:
            joined[next((by for by, value in of if draft in work.fitting(by, value)), "name")] += 1
    _report_joined(work, joined)


def _report_joined(work: Work, joined: Mapping[str, int]) -> None:
    """Say by what contacts were joined to their companies, and how many have none."""
    ways = {"id": _("by id"), "phone": _("by phone"), "email": _("by e-mail address"), "domain": _("by domain")}
    for by in sorted(joined, key=lambda by: (-joined[by], by)):
        if by and joined[by]:
            text = plural(
                "{n} contact joined to its company {way}",
                "{n} contacts joined to their company {way}",
                joined[by],
                way=ways.get(by, _("by name")),
            )
            work.note(text)
    if joined.get(""):
        work.note(
            plural(
                "{n} contact without a company is a customer",
                "{n} contacts without a company are customers",
                joined[""],
            )
        )


def _company(work: Work, row: RowData, of: Iterable[tuple[str, str]], name: str) -> Draft:
    """A company that only the rows of its people name."""
    id_ = next((value for by, value in of if by == "id" and value.strip()), "")
    draft = work.new(name, row.at, grown=True, source_id=id_.partition(";")[0].strip())
    draft.data.update({"name": name, "type": customer_type.guess(name, persons=False) or "company"})
    draft.assume("type")
    draft.columns = {**draft.columns, **row.columns}
    if row.object == "leads":
        draft.data["status"] = "lead"
        draft.assume("status")
    work.know("name", name, draft)
    if id_:
        work.know("id", draft.source_id, draft)
    return draft


def _take_into(work: Work, row: RowData, shaped: Shaped, draft: Draft, people: list[dict[str, Any]]) -> None:
    """Add the people of a row to a customer, and what it says about the customer."""
    if len(people) == 1:
        if notes := shaped.data.pop("notes", ""):
            people[0]["notes"] = "\n".join(dict.fromkeys([*filter(None, [people[0].get("notes")]), notes]))
        for item in shaped.entries("interactions"):
            item.setdefault("contact", people[0]["name"])
    for person in people:
        add_contact(work, row, draft, person)
    if row.id:
        work.know("leads" if row.object == "leads" else "contacts", row.id, draft)
        if len(people) == 1:
            work.know_person(row.id, people[0]["name"])
    if draft.of:
        own = {"custom": shaped.data["custom"]} if "custom" in shaped.data else {}
        draft.fill(own, row.at, work.otherwise(row))
    else:
        fill_from_member(work, row, shaped, draft)
    if not people:
        addresses.add(draft, shaped)
    take_created(draft, shaped, own=draft.grown)
    take_belongings(work, row, shaped, draft)


def take_belongings(work: Work, row: RowData, shaped: Shaped, draft: Draft) -> None:
    """Add the deals, interactions and so on in a row to its customer."""
    if row.object in ("customers", "contacts", "leads"):
        draft.add_named(row.named)
    items.take_items(work, row, shaped, draft)
    if row.object not in ("interactions", "tasks"):
        activities.take_own(work, row, shaped, draft)
    for name in ("consents", "relations"):
        for item in shaped.entries(name):
            draft.add(name, item, work.differs(draft, row))
    if row.object not in ("interactions", "tasks", "cases", "feedback") and (text := shaped.special.get("@text")):
        draft.lines.append(str(text).strip())
    draft.lines.extend(shaped.rest)


def fill_from_member(work: Work, row: RowData, shaped: Shaped, draft: Draft) -> None:
    """Take what the row of a contact or deal says about its customer, if the customer has no value of its own."""
    data = shaped.data
    if not draft.grown:
        # The owner of a contact or the status of a deal isn't that of its company.
        for key in ("owner", "status", "type"):
            if (value := data.pop(key, None)) and draft.data.get(key) != value:
                work.otherwise(row)(key, draft.data.get(key), value)
    draft.fill(data, row.at, work.otherwise(row))
    work.reach(draft)
    if "addresses" in shaped.items:
        addresses.add(draft, shaped)
    for source in shaped.entries("sources"):
        sources = draft.lists.setdefault("sources", [])
        have = next((one["channel"] for one in sources if "channel" in one), "")
        if draft.grown or not have:
            sources.append(source)
        elif source.get("channel", have) != have:
            work.otherwise(row)("sources.channel", have, source["channel"])


def _take_person(work: Work, row: RowData, shaped: Shaped, people: list[dict[str, Any]]) -> None:
    """A person without a company is a customer."""
    if not people:
        numbers = [*shaped.data.get("phones", []), *shaped.data.get("emails", [])]
        why = _("the contact has no name")
        work.reject(row.at, row.columns.get("contacts.name", ""), ", ".join(map(str, numbers)), why, _("add the name"))
        return
    for place, person in enumerate(people):
        draft = _person(work, row, person, alone=len(people) == 1)
        draft.columns = {**draft.columns, **row.columns}
        if row.object == "leads":
            draft.data.setdefault("status", "lead")
            draft.assume("status")
        be(draft, person, work, row)
        if place == 0:
            if row.id and not draft.source_id:
                draft.source_id = written_id(row.id, row.object, "customers")
            draft.fill(shaped.data, row.at, work.differs(draft, row))
            addresses.add(draft, shaped)
            for source in shaped.entries("sources"):
                draft.lists.setdefault("sources", []).append(source)
            take_belongings(work, row, shaped, draft)
        take_created(draft, shaped, own=True)
        work.know("name", draft.name, draft)
        work.know_reached(draft.data, draft)
        work.reach(draft)
        if row.id:
            work.know("leads" if row.object == "leads" else "contacts", row.id, draft)


def _person(work: Work, row: RowData, person: dict[str, Any], *, alone: bool) -> Draft:
    """The customer that a person is: by the row's id, else by name and phone or e-mail address.

    The id of a row with several people says nothing about one of them.
    """
    kind = "leads" if row.object == "leads" else "contacts"
    if row.id:
        known = (draft for by in (kind, "id") for draft in work.fitting(by, row.id))
        own = written_id(row.id, row.object, "customers") if alone else ""
        have = [
            draft for draft in known if draft.source_id and (draft.name == person["name"] or draft.source_id == own)
        ]
    else:
        numbers = reached(person)
        have = [
            draft
            for draft in work.named(person["name"], numbers)
            if draft.data.get("type") == "person"
            and (reached(draft.data) & numbers or not (numbers or draft.source_id))
        ]
    if have:
        if have[0].name != person["name"]:
            work.differs(have[0], row)("contacts.name", have[0].name, person["name"])
        have[0].add_row(row.at)
        return have[0]
    draft = work.new(person["name"], row.at, grown=True)
    draft.data.update({"name": person["name"], "type": "person"})
    draft.assume("type")
    if row.id:
        work.know(kind, row.id, draft)
    return draft


def take_created(draft: Draft, shaped: Shaped, *, own: bool) -> None:
    """Take the creation date of a row: the earliest one of the rows that describe the customer."""
    created = str(shaped.special.get("@created", ""))[:10]
    if own and created and (not draft.created or created < draft.created):
        draft.created = created


def contacts(work: Work, row: RowData, shaped: Shaped) -> Iterable[dict[str, Any]]:
    """The people of a row, one entry each. Phones without a name are the customer's."""
    for item in shaped.entries("contacts"):
        _take_name(item, shaped)
        people, rest = split_people(item)
        if row.object in ("contacts", "leads"):
            if row.id and len(people) == 1:
                people[0]["external_ids"] = {work.source: written_id(row.id, row.object, "contacts")}
            if not people and (name := _named_by_address(rest)):
                people, rest = [{**rest, "name": name}], {}
        yield from people
        _leave(work, row, shaped, rest, len(people))
    if "contacts" not in shaped.items and row.object in ("contacts", "leads"):
        named: dict[str, Any] = {}
        _take_name(named, shaped)
        if named:
            ids = {"external_ids": {work.source: written_id(row.id, row.object, "contacts")}} if row.id else {}
            yield {**named, **ids}


def _take_name(item: dict[str, Any], shaped: Shaped) -> None:
    """Make a name of its parts: Chinese ones family name first, without a space."""
    if item.get("name"):
        return
    first, middle, last = (str(shaped.special.get(f"@{part}_name", "")).strip() for part in ("first", "middle", "last"))
    full = str(shaped.special.get("@full_name", "")).strip()
    if any(map(is_chinese, first + last)):
        name = f"{last}{middle}{first}"
    else:
        name = " ".join(part for part in (first, middle, last) if part)
    if name or full:
        item["name"] = line(name or full)


def _named_by_address(rest: dict[str, Any]) -> str:
    """The name of a contact that has none: its e-mail address or phone."""
    return next((str(value) for key in ("emails", "phones") for value in rest.get(key, [])), "")


def split_people(item: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Several people in one entry as one entry each, and the values that can't be told apart."""
    names = item.get("name", [])
    names = [line(name) for name in (names if isinstance(names, list) else [names]) if not is_empty(name)]
    if not names:
        return [], {key: value for key, value in item.items() if key != "name"}
    if len(names) == 1:
        return [{**item, "name": names[0]}], {}
    people: list[dict[str, Any]] = [{"name": name} for name in names]
    rest: dict[str, Any] = {}
    for key, value in item.items():
        if key == "name":
            continue
        if key == "opted_out":
            # It binds all of them: nobody can say whom it doesn't.
            people = [{**person, key: [*value]} for person in people]
            continue
        values = [part.strip() for part in _BETWEEN.split(value)] if isinstance(value, str) else value
        if isinstance(values, list) and len(values) == len(names):
            for person, one in zip(people, values, strict=True):
                person[key] = [one] if key in _LISTS else one
        else:
            rest[key] = value
    return people, rest


def _leave(work: Work, row: RowData, shaped: Shaped, rest: dict[str, Any], people: int) -> None:
    """Give the customer the phones and e-mail addresses that belong to none of its people; its notes take the rest."""
    for key, value in rest.items():
        column = row.columns.get(f"contacts.{key}", key)
        if key in _LISTS:
            own = shaped.data.setdefault(key, [])
            own.extend(one for one in value if one not in own)
            if people:
                work.tally(_("{rows}: '{column}' fits none of the people; it is the customer's"), row.at, column=column)
        else:
            shaped.rest.extend(f"{column}: {text}" for text in texts(value))


def add_contact(work: Work, row: RowData, draft: Draft, person: dict[str, Any]) -> None:
    """Add a person to a customer; the person that the customer is gives the customer its phones."""
    is_person = draft.data.get("type") == "person" and folded(person["name"]) == folded(draft.name)
    if is_person:
        be(draft, person, work, row)
    else:
        draft.add_contact(person, work.differs(draft, row))
    work.know("contact", person["name"], draft)
    work.know_reached(person, draft)


def be(draft: Draft, person: dict[str, Any], work: Work, row: RowData) -> None:
    """Take what is known about a person as the customer's own."""
    own: dict[str, Any] = {key: person[key] for key in (*_LISTS, "notes") if key in person}
    about = {key: person[key] for key in ("title", "gender") if key in person}
    if about:
        own["person"] = about
    if "opted_out" in person:
        own["preferences"] = {"do_not_contact": person["opted_out"]}
    custom = {key: person[key] for key in ("department", "wechat", "preferred_channel") if key in person}
    custom.update(person.get("social", {}))
    if custom:
        own["custom"] = custom
    for key in ("role", "consent", "left"):
        if key in person:
            draft.lines.append(f"{row.columns.get(f'contacts.{key}', key)}: {person[key]}")
    draft.fill(own, row.at, work.differs(draft, row))
