"""Links made of what stands in a record, and only those that cannot do harm."""

from __future__ import annotations

import re
from urllib.parse import quote

from crmtext.values import lazy, phones

_WEB = lazy.pattern(r"https?://[A-Za-z0-9\-._~%!$&*+,;=:@/?#\[\]]+", re.ASCII)
_MAIL = lazy.pattern(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


def web(text: str) -> str:
    """The address to link to when the text is a web address as a whole; else nothing."""
    return text if _WEB.fullmatch(text) else ""


def mail(text: str) -> str:
    """The `mailto:` link of an e-mail address; else nothing."""
    return f"mailto:{quote(text, safe='@')}" if _MAIL.fullmatch(text) else ""


def stem(customer_id: str) -> str:
    """The file name of a customer's page without its suffix; whatever a team's ids look like, it has no `/`."""
    return quote(customer_id, safe="")


def phone(text: str) -> str:
    """The `tel:` link of a phone number of a known form, its extension included; else nothing."""
    if not phones.kind(text):
        return ""
    number, extension = phones.split(text)
    return f"tel:{number};ext={extension}" if extension else f"tel:{number}"


def is_mobile(text: str) -> bool:
    """Whether a phone number is a mobile of mainland China, which is for use inside the team."""
    return phones.kind(text) == "mobile"


def to(key: str, text: str) -> str:
    """The link of a value under a key, by what the value is; empty when it had better stay text."""
    if key in {"phone", "phones"}:
        return phone(text)
    return web(text) or mail(text)
