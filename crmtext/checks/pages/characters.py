"""Rules of the characters: what keyboards, editors and copying leave in a file, and what must not enter git at all."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "not-utf8": """\
A record is a UTF-8 file.

Why: Chinese text saved as GBK cannot be told from other bytes, and git cannot compare it.

Instead: Save it again as UTF-8 in your editor.
""",
        "byte-order-mark": """\
A record begins with its first key, not with a byte order mark.

Why: Some programs take the invisible mark for a part of the first key.

Instead: Save it as UTF-8 without BOM.
""",
        "invisible-character": """\
A record holds no characters that nobody sees.

Why: They come along when text is copied from chats and web pages; a search then misses the word, and some turn the
order in which text is shown.

Wrong:
    short_name: 示例\u200b电子

Right:
    short_name: 示例电子

Instead: Delete the word and type it again.
""",
        "mixed-scripts": """\
A word is written in one alphabet.

Why: Cyrillic and Greek letters look like Latin ones: a search misses the word, and a link or address may be a trap.

Wrong:
    short_name: Sh\u0430nghai

Right:
    short_name: Shanghai

Instead: Type the word again on one keyboard.
""",
        "not-nfc": """\
Letters with accents are stored as one character.

Why: A letter and its accent stored apart look the same, and a search does not find them.

Wrong:
    short_name: Mu\u0308ller

Right:
    short_name: M\u00fcller

Instead: Type the word again.
""",
        "fullwidth-colon": """\
The colon after a key is that of the English keyboard.

Why: A full-width colon is a letter like others to YAML: key and value become one word.

Wrong:
    status：prospect

Right:
    status: prospect

Instead: Write `: ` with a space after it. Inside a value a full-width colon is fine.
""",
        "fullwidth-comma": """\
Items in brackets are parted by commas of the English keyboard.

Why: With a full-width comma two tags become one.

Wrong:
    tags: [重点，冷链]

Right:
    tags: [重点, 冷链]

Instead: Write `, ` between the items; quote an item that a full-width comma belongs to.
""",
        "fullwidth-space": """\
Lines are indented, and values begin, with spaces of the English keyboard.

Why: YAML takes a full-width space for a letter.

Wrong:
    contacts:
      - name:\u3000张三
        title: 采购经理

Right:
    contacts:
      - name: 张三
        title: 采购经理

Instead: Replace it by spaces of the English keyboard.
""",
        "fullwidth-digits": """\
Numbers, ids and codes are written with the digits of the English keyboard.

Wrong:
    addresses: [{kind: office, region_code: ３１０１１５}]

Right:
    addresses: [{kind: office, region_code: "310115"}]

Instead: Type it again in half width.
""",
        "curly-quotes": """\
The quotes round a value are straight ones.

Why: Curly quotes become a part of the value: the name then begins with a quotation mark.

Wrong:
    name: “上海示例电子有限公司”

Right:
    name: "上海示例电子有限公司"

Instead: Use the quotes of the English keyboard, or none.
""",
        "resident-id": """\
A record holds no resident ID number in plain text.

Why: git never forgets: whoever clones the store in years to come can read it.

Wrong:
    notes: 身份证 110105-19491231-002X

Right:
    notes: 身份证已核对, 原件存档

Instead: Delete it before you commit. A number counts as an ID if it begins with the code of a province, has a date of
birth and the right check digit, however it is parted or broken over lines. If it is another number, say which on its
line: `# crmtext: not-a-card REASON`. A number that was committed already stays in the history: talk to your admin.
""",
        "bank-card": """\
A record holds no bank card number in plain text.

Why: git never forgets: whoever clones the store in years to come can read it.

Wrong:
    notes: 卡号 6222 0202 0011 2233 446

Right:
    notes: 卡号尾号 3446

Instead: Delete it before you commit. What counts as a card: the first digits and the length of a known issuer, the
right check digit, and the words around it. A number that its line or its field calls an order, an invoice or a contract
is a card only if it is parted like one. If it is another number, say which on its line:
`# crmtext: not-a-card REASON`. A company's account number under `billing.bank` is not a card and may stay.
""",
        "not-a-card": """\
A comment that lets a number through says what the number is.

Why: The next reader of the line must know that it is no ID and no card. The comment is for `resident-id` and
`bank-card` only, and `crmtext doctor` lists all of them.

Wrong:
    notes: 订单 6222021234567890128 # crmtext: not-a-card

Right:
    notes: 订单 6222021234567890128 # crmtext: not-a-card 我们的订单号

Instead: Write the reason behind `not-a-card`. In a block scalar the comment stands in its first line, behind `|` or
`>`, and counts for all of its lines. In a file that is no record, any line that holds the comment is let through.
""",
        "conflict-marker": """\
A conflict of a merge is settled before the record is read.

Why: The lines with <<<<<<<, ======= and >>>>>>> are git's; between them stand both sides.

Instead: Keep what is right, delete those three lines, then `git add` the file.
""",
        "line-break": """\
A name, title or other short text is one line.

Wrong:
    name: "上海\\n示例"

Right:
    name: 上海示例

Instead: Write it in one line. Long texts belong under `notes` or `details`.
""",
        "file-too-large": """\
A record has at most 256 KiB.

Why: That is a hundred times what a busy customer takes in a year; more is mostly something pasted by mistake.

Instead: Keep documents elsewhere and write where they are.
""",
        "symlink": """\
Records, settings and schema are files, not links, and so is whatever lies in `records/`.

Why: A link may lead out of the store, to something that others do not have, or that is none of their business.

Instead: Put the file or folder itself in its place.
""",
        "not-a-file": """\
What is read as a record, or written over, is a plain file.

Why: A pipe or a device in a received store would have whoever reads it wait for ever, or never come to an end.

Instead: Put a file in the place of the link, folder, pipe or device.
""",
        "unreadable": """\
Every record can be read by who checks it.

Instead: Look at the file's permissions with `ls -l`, and at what else holds it open.
""",
    }
)
