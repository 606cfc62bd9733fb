"""vCard 3.0 (RFC 2426), which phones and all address books read: a card for each contact, person and company."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from crmtext.i18n import _, plural
from crmtext.values import phones
from crmtext.values.content_lines import line, parts, text
from crmtext.values.surnames import family_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from crmtext.exporters.export import Export

#: The parts of an address in the order of the standard, after two that nobody fills.
_ADDRESS = ("city", "province", "postcode", "country")
#: The fields whose values cards show.
FIELDS = (
    "name", "short_name", "phones", "emails", "wechat", "website", "person.company", "person.title",
    "person.occupation", "person.birth_date", "addresses[].kind", "addresses[].district", "addresses[].street",
    *(f"addresses[].{part}" for part in _ADDRESS), "contacts[].name", "contacts[].department", "contacts[].title",
    "contacts[].phones", "contacts[].emails", "contacts[].wechat", "contacts[].birthday",
)  # fmt: skip


def write(export: Export, file: BinaryIO) -> None:
    """Write the cards, and note how many contacts have none because they left."""
    left = 0
    for record in export.records():
        contacts = [one for one in record.get("contacts", ()) if isinstance(one, dict)]
        # Without a name, which a schema may mark as sensitive, there is no card.
        staying = [one for one in contacts if not one.get("left") and one.get("name")]
        if (only := export.contacts.get(record["id"])) is not None:
            contacts = [one for one in contacts if one.get("name") in only]
            staying = [one for one in staying if one.get("name") in only]
        left += sum(bool(one.get("left")) for one in contacts)
        if record.get("name") and only is None:
            file.writelines(_own_card(record, masked=export.masked))
        taken: Counter[str] = Counter()
        for contact in sorted(staying, key=lambda one: not one.get("primary")):
            name = str(contact["name"])
            taken[name] += 1
            # Two contacts of one name are two cards.
            uid = f"{name}:{taken[name]}" if taken[name] > 1 else name
            file.writelines(_contact_card(record, contact, uid, masked=export.masked))
    if export.contacts:
        names = sorted({name for some in export.contacts.values() for name in some})
        export.notes.append(_("of these contacts only: {names}").format(names=_(", ").join(names)))
    if left:
        note = plural("{n} contact who has left has no card", "{n} contacts who have left have no card", left)
        export.notes.append(note)


def _own_card(record: Mapping[str, Any], *, masked: bool) -> Iterator[bytes]:
    """The card of a customer itself: of a person, or of a company's switchboard."""
    name = record["name"]
    is_person = record.get("type") == "person"
    yield from _begin(record["id"], "", masked=masked)
    yield line("N", _name(name) if is_person else parts(name, "", "", "", ""))
    yield line("FN", text(name))
    if is_person:
        person = record.get("person") or {}
        if company := person.get("company"):
            yield line("ORG", text(company))
        if title := person.get("title") or person.get("occupation"):
            yield line("TITLE", text(title))
    else:
        yield line("ORG", text(name))
        yield line("X-ABSHOWAS", "COMPANY")
    if short := record.get("short_name"):
        yield line("NICKNAME", text(short))
    yield from _reached(record)
    for address in record.get("addresses", ()):
        street = (address.get("district", ""), address.get("street", ""))
        rest = (address.get(part, "") for part in _ADDRESS)
        kind = "HOME" if address.get("kind") == "home" else "WORK"
        yield line(f"ADR;TYPE={kind}", parts("", "", " ".join(filter(None, street)), *rest))
    if website := record.get("website"):
        yield line("URL", text(website))
    yield line("END", "VCARD")


def _contact_card(record: Mapping[str, Any], contact: Mapping[str, Any], uid: str, *, masked: bool) -> Iterator[bytes]:
    name, company = str(contact["name"]), str(record.get("name", ""))
    yield from _begin(record["id"], uid, masked=masked)
    if name == company:
        yield line("X-ABSHOWAS", "INDIVIDUAL")
    yield line("N", _name(name))
    yield line("FN", text(name))
    department = contact.get("department")
    if company:
        yield line("ORG", parts(company, department) if department else text(company))
    if title := contact.get("title"):
        yield line("TITLE", text(title))
    yield from _reached(contact)
    yield line("END", "VCARD")


def _begin(id_: str, name: str, *, masked: bool) -> Iterator[bytes]:
    yield line("BEGIN", "VCARD")
    yield line("VERSION", "3.0")
    # The same for each export, so that an address book changes its card instead of adding one.
    yield line("UID", f"urn:uuid:{uuid5(NAMESPACE_URL, f'crmtext:{id_}:{name}')}")
    if masked:
        # A masked name isn't unique.
        yield line("NOTE", text(id_))


def _name(name: str) -> str:
    """The parts of a person's name: family and given name."""
    family = family_of(name)
    if family and len(name) > len(family):
        return parts(family, name[len(family) :], "", "", "")
    given, _blank, last = name.rpartition(" ")
    return parts(last, given, "", "", "")


def _reached(who: Mapping[str, Any]) -> Iterator[bytes]:
    """Phones, those at work first, e-mail addresses and WeChat."""
    numbers = [str(number) for number in who.get("phones", ())]
    mobile = {number: phones.kind(number) == "mobile" for number in numbers}
    for number in sorted(numbers, key=mobile.__getitem__):
        yield line("TEL;TYPE=CELL,VOICE" if mobile[number] else "TEL;TYPE=WORK,VOICE", text(number))
    for address in who.get("emails", ()):
        yield line("EMAIL;TYPE=INTERNET,WORK", text(address))
    if wechat := who.get("wechat"):
        yield line("X-WECHAT", text(wechat))
    birthday = str(who.get("birthday") or (who.get("person") or {}).get("birth_date") or "")
    if len(birthday) == len("2000-05-01"):
        yield line("BDAY", birthday)
