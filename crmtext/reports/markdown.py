"""Text from records made harmless in Markdown."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_\[\]|~$#])")
# Most values are such, and a page has hundreds of them.
_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff ,，。、：()（）/·-]*")
_LINE_BREAK = re.compile(r"\r\n?|[\n\u2028\u2029]")
_LEADING = re.compile(r"^(\s*)([-+=])")
_LEADING_NUMBER = re.compile(r"^(\s*\d+)([.)])")
# Forges look for mentions and references in the rendered text, where a backslash is gone: only something between
# the sign and the word breaks them. The address of a mailbox stays whole.
_MENTION = re.compile(r"(?<![A-Za-z0-9._%+-])([@!]|\\#)(?=\w)")
_SCHEME = re.compile(r":(?=//)")
_WWW = re.compile(r"\b(www)\.", re.IGNORECASE)


def escape(text: str) -> str:
    """The text so that Markdown shows it as it is, on one line: no mark-up, no link, no mention comes of it."""
    if _PLAIN.fullmatch(text) and "www" not in text:
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKS.sub(r"\\\1", text)
    text = _LEADING.sub(r"\1\\\2", text)
    text = _LEADING_NUMBER.sub(r"\1\\\2", text)
    text = _MENTION.sub(r"\1&#8288;", text)
    text = _SCHEME.sub("&#58;", text)
    text = _WWW.sub(r"\1&#46;", text)
    return _LINE_BREAK.sub("<br>", text.rstrip("\r\n"))
