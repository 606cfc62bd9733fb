"""Links for values of a record, limited to forms that are safe."""

from __future__ import annotations

import re
from urllib.parse import quote

from crmtext.values import lazy, phones

_WEB = lazy.pattern(r"https?://[A-Za-z0-9\-._~%!$&*+,;=:@/?#\[\]]+", re.ASCII)
_MAIL = lazy.pattern(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


def web(text: str) -> str:
    """Return the text if it is a web address; else an empty text."""
    return text if _WEB.fullmatch(text) else ""


def mail(text: str) -> str:
    """Return the `mailto:` link of an e-mail address; else an empty text."""
    return f"mailto:{quote(text, safe='@')}" if _MAIL.fullmatch(text) else ""


def stem(customer_id: str) -> str:
    """Return the file name of a customer's page without suffix, quoted so that no id can add a `/`."""
    return quote(customer_id, safe="")


def phone(text: str) -> str:
    """Return the `tel:` link of a phone number of a known form, with its extension; else an empty text."""
    if not phones.kind(text):
        return ""
    number, extension = phones.split(text)
    return f"tel:{number};ext={extension}" if extension else f"tel:{number}"


def is_mobile(text: str) -> bool:
    """Whether a phone number is a Chinese mobile, which is for internal use only."""
    return phones.kind(text) == "mobile"


def to(key: str, text: str) -> str:
    """Return the link of a value under a key; empty if the value should stay text."""
    if key in {"phone", "phones"}:
        return phone(text)
    return web(text) or mail(text)
