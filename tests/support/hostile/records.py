"""Records: bytes, YAML and characters that a parser, a terminal or a reader could be led astray by."""

from __future__ import annotations

from itertools import pairwise

from hostile.case import BAD, HEAD, MIB, Case, adding, holding, instead


def at(line: int, rule: str) -> tuple[str, ...]:
    """One error of the bad record."""
    return (f"{rule} {BAD}:{line}",)


def _laughs(levels: int) -> str:
    lines = ["custom:", "  a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    names = "abcdefghijklmnopqrstuvwxyz"
    for old, new in pairwise(names[: levels + 1]):
        lines.append(f"  {new}: &{new} [{', '.join([f'*{old}'] * 9)}]")
    return "\n".join(lines) + "\n"


def _added(name: str, text: str | bytes, rule: str, line: int = 9) -> Case:
    return Case(name, adding(text), at(line, rule))


BYTES = (
    Case("utf-16", holding(BAD, HEAD.encode("utf-16")), at(1, "not-utf8")),
    Case("utf-16 without a mark", holding(BAD, HEAD.encode("utf-16-le")), at(3, "not-utf8")),
    Case("utf-32", holding(BAD, HEAD.encode("utf-32")), at(1, "not-utf8")),
    Case("gbk", holding(BAD, HEAD.encode("gbk")), at(2, "not-utf8")),
    _added("a byte that begins nothing", b"notes: a\xffb\n", "not-utf8"),
    _added("a sign cut short", b"notes: a\xe4\xb8\n", "not-utf8"),
    _added("an overlong slash", b"notes: a\xc0\xafb\n", "not-utf8"),
    _added("a sign beyond unicode", b"notes: a\xf4\x90\x80\x80\n", "not-utf8"),
    _added("half of a pair as bytes", b"notes: a\xed\xa0\x80b\n", "not-utf8"),
    _added("a nul byte", b"notes: a\0b\n", "invisible-character"),
    _added("a nul byte at the end", b"notes: a\n\0", "invisible-character", 10),
    Case("nothing but nul bytes", holding(BAD, b"\0" * 9), at(1, "invisible-character") * 9),
    Case("nothing at all", holding(BAD, b""), at(1, "empty-file")),
    Case("blanks alone", holding(BAD, b" \n\n  \n"), at(1, "empty-file")),
    Case("a comment alone", holding(BAD, b"# nothing\n"), at(1, "empty-file")),
    Case("300 kib of one key", adding("notes: " + "x" * 300 * 1024 + "\n"), at(0, "file-too-large")),
    Case("40 mib of zeros", holding(BAD, b"\0" * 40 * MIB), at(0, "file-too-large")),
    Case("a picture", holding(BAD, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), at(1, "not-utf8")),
    Case("a zip", holding(BAD, b"PK\3\4\x14\0\0\0\x08\0" + bytes(range(256))), at(2, "not-utf8")),
)

YAML = (
    Case("a billion laughs", adding(_laughs(9)), at(10, "alias")),
    Case("a quadratic blow-up", adding(f"x: &a [{'x,' * 9000}]\ny: [{'*a,' * 9000}]\n"), at(9, "alias")),
    Case("an alias of itself", adding("custom: &a\n  b: *a\n"), at(9, "alias")),
    _added("an alias of nothing", "notes: *nobody\n", "alias"),
    _added("an anchor that nobody uses", "notes: &a text\n", "alias"),
    _added("a merge key", "custom:\n  <<: {status: active}\n", "merge-key", 10),
    _added("a python tag", "notes: !!python/object/apply:os.system [touch /tmp/x]\n", "yaml-tag"),
    _added("a python name", "notes: !!python/name:os.system\n", "yaml-tag"),
    _added("a tag of one's own", "notes: !secret text\n", "yaml-tag"),
    _added("a tag with an address", "notes: !<tag:example.com,2020:x> text\n", "yaml-tag"),
    _added("binary", "notes: !!binary aGVsbG8=\n", "yaml-tag"),
    _added("a set", "tags: !!set {a, b}\n", "yaml-tag"),
    _added("a tag on the root", "--- !!map\nid: X\n", "several-documents"),
    Case("a directive", holding(BAD, "%YAML 1.1\n---\n" + HEAD), at(1, "yaml-directive")),
    Case("a directive for tags", holding(BAD, "%TAG ! tag:x,2020:\n---\n" + HEAD), at(1, "yaml-directive")),
    _added("two documents", "---\nid: C20240501CCCC\n", "several-documents"),
    _added("a document's end and more", "...\nid: C20240501CCCC\n", "several-documents", 10),
    _added("a key twice", "status: lost\n", "duplicate-key"),
    _added("a key twice, once in quotes", '"status": lost\n', "duplicate-key"),
    _added("a key twice, once escaped", '"st\\u0061tus": lost\n', "duplicate-key"),
    _added("a key twice in brackets", "custom: {a: 1, a: 2}\n", "duplicate-key"),
    _added("a key that is a number", "custom: {1: x}\n", "key-not-text"),
    _added("a key that is nothing", "custom: {~: x}\n", "key-not-text"),
    _added("a key that is a list", "? [a, b]\n: x\n", "key-not-text"),
    _added("a key that is true", "custom: {true: x}\n", "key-not-text"),
    _added("100,000 brackets", "custom: {a: " + "[" * 100_000 + "\n", "nested-too-deep"),
    _added("100,000 braces", "custom: " + "{a: " * 50_000 + "\n", "nested-too-deep"),
    _added("100,000 dashes", "tags:\n  " + "- " * 100_000 + "x\n", "nested-too-deep", 10),
    _added("17 levels, closed", "custom: {a: " + "[" * 17 + "]" * 17 + "}\n", "nested-too-deep"),
    _added("a question of questions", "? " * 5000 + "x\n", "key-not-text"),
    _added("not a number", "custom: {a: .nan}\n", "not-a-number"),
    _added("infinity", "custom: {a: -.inf}\n", "not-a-number"),
    _added("5,000 digits", "custom: {a: " + "9" * 5000 + "}\n", "number-too-long"),
    _added("5,000 hex digits", "custom: {a: 0x" + "f" * 5000 + "}\n", "not-a-number"),
    _added("a number to the billionth", "custom: {a: 1e999999999}\n", "not-a-number"),
    _added("an indent by tab", "custom:\n\ta: b\n", "tab-indent", 10),
    _added("a conflict", "<<<<<<< HEAD\nnotes: a\n=======\nnotes: b\n>>>>>>> x\n", "conflict-marker"),
    _added("a quote without end", 'notes: "' + "x" * 100_000 + "\n", "unclosed-quote"),
    _added("an escape that is none", 'notes: "\\q"\n', "unknown-escape"),
    Case("a list at the root", holding(BAD, "- a\n- b\n"), at(1, "not-a-map")),
    Case("a word at the root", holding(BAD, "hello\n"), at(1, "not-a-map")),
    Case("12,000 unknown keys", adding("".join(f"k{n}: 1\n" for n in range(12_000))), (), says=("unknown-key",)),
    Case("12,000 own keys", adding("custom:\n" + "".join(f"  k{n}: 1\n" for n in range(12_000))), (), 0),
    Case(
        "80,000 maps of nothing",
        instead(HEAD[HEAD.index("contacts") :], "contacts: [" + "{}," * 80_000 + "]\n"),
        (),
        says=("missing-key",),
    ),
    Case("10,000 comments", adding("# crmtext: ignore nothing here\n" * 8000), (), says=("ignore-comment",)),
    Case(
        "an owner of 250,000 letters",
        instead("owner: lilei", "owner: " + "l" * 250_000),
        (),
        says=("team-member", "lll…"),
    ),
    Case("9,000 contacts", adding("".join("  - {name: 李四}\n" for _ in range(9000))), (), 0),
    Case("20,000 tags alike", adding("tags: [" + "a," * 20_000 + "]\n"), (), says=("item-twice",)),
    Case("60,000 keys twice", adding("a:\n" * 60_000), (), says=("duplicate-key",)),
)

_SIGNS = {
    "escape": ("\\e[2J", "\x1b[2J"),
    "bell": ("\\a", "\x07"),
    "backspace": ("\\b", "\x08"),
    "delete": ("\\x7f", "\x7f"),
    "c1 csi": ("\\x9b31m", "\x9b31m"),
    "next line": ("\\N", "\x85"),
    "line separator": ("\\L", "\u2028"),
    "right-to-left override": ("\\u202e", "\u202e"),
    "left-to-right isolate": ("\\u2066", "\u2066"),
    "zero-width blank": ("\\u200b", "\u200b"),
    "zero-width joiner": ("\\u200d", "\u200d"),
    "word joiner": ("\\u2060", "\u2060"),
    "a mark in the middle": ("\\ufeff", "\ufeff"),
    "hangul filler": ("\\u3164", "\u3164"),
    "tag letters": ("\\U000e0041", "\U000e0041"),
    "soft hyphen": ("\\u00ad", "\xad"),
}
CHARACTERS = (
    *(_added(f"{name}, raw", f"notes: a{raw}b\n", "invisible-character") for name, (_e, raw) in _SIGNS.items()),
    *(_added(f"{name}, escaped", f'notes: "a{e}b"\n', "invisible-character") for name, (e, _r) in _SIGNS.items()),
    _added("a nul, escaped", 'notes: "a\\0b"\n', "invisible-character"),
    _added("half of a pair, escaped", 'notes: "a\\ud800b"\n', "unknown-escape"),
    _added("a sign in a key", 'custom: {"a\\u202eb": 1}\n', "invisible-character"),
    _added("a carriage return alone", "notes: a\rstatus: lost\n", "invisible-character"),
)

VALUES = (
    Case("an id that climbs", instead("C20240501AAAA", "../../etc/passwd"), at(1, "wrong-form")),
    Case("an id with a line break at its end", instead("C20240501AAAA", '"C20240501AAAA\\n"'), at(1, "line-break")),
    Case("an id like an option", instead("C20240501AAAA", "--help"), at(1, "wrong-form")),
    Case("an id in full-width digits", instead("C20240501AAAA", "C２0240501AAAA"), at(1, "fullwidth-digits")),
    Case("an id that looks alike", instead("C20240501AAAA", "С20240501AAAA"), at(1, "wrong-form")),
    Case("an id of another's file", instead("C20240501AAAA", "C20240501BBBB"), (), says=("unique-id",)),
    Case("a name over two lines", instead("name: 上海", 'name: "上海\\n示例'), (), says=(BAD,)),
    Case("a name of 200,000 signs", instead("上海", "上" * 60_000), (), 0),
    _added("a resident id in a note", "notes: 身份证 11010119900307" + "1233\n", "resident-id"),
    _added("a link that runs", "website: javascript:alert(1)\n", "wrong-form"),
    _added("a date that is none", "retention:\n  until: 2024-02-30\n", "date-format", 10),
    _added("a date beyond all", "retention:\n  until: 99999-01-01\n", "date-format", 10),
    _added("a phone as a number", "custom: {}\nphone: 13800138000\n", "unknown-key", 10),
)

CASES = (*BYTES, *YAML, *CHARACTERS, *VALUES)
