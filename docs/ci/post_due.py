"""Post what is due to a group chat, one message for each colleague: WeCom, Feishu, DingTalk.

Needs only Python and crmtext. Run it every morning in a clone of the main branch; on days that the settings don't count
as working days it posts nothing:

    CRMTEXT_WECOM=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=… python post_due.py [ITEMS]

The addresses of the group robots are in the variables CRMTEXT_WECOM, CRMTEXT_FEISHU and CRMTEXT_DINGTALK; if a robot
signs its messages, its secret is in CRMTEXT_FEISHU_SECRET or CRMTEXT_DINGTALK_SECRET. All of them are removed from the
environment before crmtext starts. ITEMS is the most items in a message (20); fewer are sent if a message would be too
long for the chat.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds between two messages: robots of WeCom and DingTalk take 20 a minute.
PAUSE = float(os.environ.get("CRMTEXT_PAUSE", "3"))
#: The body to send and what is added to the address.
Message = tuple[dict[str, Any], str]


def signature(secret: str, moment: str, *, keyed: bool) -> str:
    """The signature of a moment; Feishu signs nothing with a key of both, DingTalk both with the secret as key."""
    both = f"{moment}\n{secret}".encode()
    digest = hmac.new(secret.encode() if keyed else both, both if keyed else b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def wecom(_title: str, text: str, _secret: str) -> Message:
    """A message of WeCom, which has no titles and no signatures."""
    return {"msgtype": "markdown", "markdown": {"content": text}}, ""


def feishu(title: str, text: str, secret: str) -> Message:
    """A card of Feishu."""
    moment = str(int(time.time()))
    signed = {"timestamp": moment, "sign": signature(secret, moment, keyed=False)} if secret else {}
    head = {"title": {"tag": "plain_text", "content": title}}
    card = {"header": head, "elements": [{"tag": "markdown", "content": text}]}
    return {"msg_type": "interactive", "card": card, **signed}, ""


def dingtalk(title: str, text: str, secret: str) -> Message:
    """A message of DingTalk."""
    moment = str(int(time.time() * 1000))
    signed = {"timestamp": moment, "sign": signature(secret, moment, keyed=True)} if secret else {}
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}, urllib.parse.urlencode(signed)


#: By chat: how a message is built from title, text and secret, and the most bytes of a text. Feishu and DingTalk take
#: 20,000 bytes for the whole body.
CHATS: dict[str, tuple[Callable[[str, str, str], Message], int]] = {
    "wecom": (wecom, 4096),
    "feishu": (feishu, 16_000),
    "dingtalk": (dingtalk, 16_000),
}


@cache
def crmtext(*arguments: str) -> str:
    """What a command prints."""
    done = subprocess.run(["crmtext", *arguments], check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def is_worked(today: date) -> bool:
    """Whether the settings count the day as a working day."""
    settings = {one["name"]: one["value"] for one in json.loads(crmtext("config", "--format", "json"))["settings"]}

    def among(name: str) -> bool:
        ranges = (str(text).split("/") for text in settings.get(f"followup.{name}") or ())
        return any(days[0] <= today.isoformat() <= days[-1] for days in ranges)

    return among("workdays") or (today.weekday() < 5 and not among("holidays"))


def message(owner: str, items: int, most: int) -> str:
    """What is due for a colleague, in at most so many bytes; empty for nothing."""
    text = crmtext("due", "--owner", owner, "--format", "markdown", "--limit", str(items))
    while len(text.encode()) > most and items > 1:
        items = items * 3 // 4
        text = crmtext("due", "--owner", owner, "--format", "markdown", "--limit", str(items))
    # One item alone may have a long text.
    return text if len(text.encode()) <= most else text.encode()[: most - 3].decode(errors="ignore") + "…"


def send(chat: str, address: str, secret: str, title: str, text: str) -> str:
    """Send a message; the reason why the chat did not take it, empty if it did."""
    body, added = CHATS[chat][0](title, text, secret)
    url = address + ("&" if "?" in address else "?") + added if added else address
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - the address is the user's own
            answer = json.load(response)
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        # The address is a secret, and no part of these reasons.
        return str(getattr(error, "reason", "") or error)
    return "" if not answer.get("errcode", answer.get("code", 0)) else str(answer.get("errmsg") or answer.get("msg"))


def main(items: int) -> int:
    """Post to each chat that has an address."""
    given = {name: os.environ.pop(f"CRMTEXT_{name.upper()}", "") for name in CHATS}
    secrets = {name: os.environ.pop(f"CRMTEXT_{name.upper()}_SECRET", "") for name in CHATS}
    if not any(given.values()):
        sys.stderr.write("set CRMTEXT_WECOM, CRMTEXT_FEISHU or CRMTEXT_DINGTALK to the address of the group's robot\n")
        return 2
    due = json.loads(crmtext("due", "--owner", "all", "--format", "json"))
    if not is_worked(date.fromisoformat(due["today"])):
        sys.stdout.write(f"{due['today']}: no working day\n")
        return 0
    failed = 0
    for owner in dict.fromkeys(item["owner"] for item in due["items"]):
        for chat in filter(given.get, CHATS):
            # Of a colleague who has left there is no text.
            if text := message(owner, items, CHATS[chat][1]):
                reason = send(chat, given[chat], secrets[chat], f"crmtext {due['today']}", text)
                failed += bool(reason)
                sys.stdout.write(f"{owner}: {chat}: {reason or 'posted'}\n")
                time.sleep(PAUSE)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
