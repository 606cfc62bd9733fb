"""What is read from `[access]`, and what is wrong with it, before it is compared with the schema."""

from __future__ import annotations

import pytest

from crmtext.settings import read, read_around
from crmtext.settings.access import Access, Role

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/Xo91Jrf7VlaW5+hUAmNOxqTD0uEBWOJJVuHxSh3tv"
RIGHTS = """\
[access]
identity = "pusher"
branches = "all"
forge = ["noreply@forge.example"]
lead = { may = ["*"], records = ["add", "move"], settings = ["*"], files = ["*"], keys = ["members"] }
[access.sales]
may = ["*", "-classification.value", "interactions+", "interactions[].next"]
records = ["add"]
where = "owner == actor or actor in collaborators"
anywhere = ["interactions+"]
settings = ["views"]
files = ["import/", "-import/secret.toml"]
see = ["name", "contacts[].phones[]", "-contacts[].notes"]
see_where = "status == 'active'"
[access."区域.经理"]
"""
WRONG = """\
[access]
identity = "trsut"
branches = 1
forge = ["noreply@forge.example", "nobody"]
lead = { may = ["*"], records = ["add", "delete"], settings = ["team+"], files = ["/etc", "import/../schema"] }
colour = 1
identiti = "trust"
[access.sales]
may = ["*", "-notes", "a b", "notes", "-notes+", "+"]
records = ["add",
  "mov"]
where = ""
see_where = 1
wher = "x"
anywhere = "interactions+"
see = ["name+"]
keys = ["eraze"]
"""
FIELDS = 'for example: "*", "contacts[].phones", "interactions+" (only add), "-notes" (not)'
FILES = 'for example: "*", "import/", "README.md", "-schema/" (not)'
SHOWN = "for an example, see crmtext.toml of a new store: crmtext init"


def problems(text: str) -> list[tuple[str, str, str]]:
    """Place, message and hint of each problem."""
    return [(f"{p.place.line}:{p.place.column}", p.message, p.hint) for p in read_around(text.encode())[1]]


def test_access_is_read_with_the_defaults_of_what_is_left_out() -> None:
    assert read(RIGHTS.encode()).access == Access(
        "pusher",
        "all",
        ("noreply@forge.example",),
        {
            "lead": Role(
                may=("*",),
                records=("add", "move"),
                settings=("*",),
                files=("*",),
                keys=("members",),
            ),
            "sales": Role(
                may=("*", "-classification.value", "interactions+", "interactions[].next"),
                records=("add",),
                where="owner == actor or actor in collaborators",
                anywhere=("interactions+",),
                settings=("views",),
                files=("import/", "-import/secret.toml"),
                keys=("add",),
                see=("name", "contacts[].phones[]", "-contacts[].notes"),
                see_where="status == 'active'",
            ),
            "区域.经理": Role(),
        },
    )


def test_no_access_differs_from_an_empty_one() -> None:
    assert (read(b"").access, read(b"[access]\n").access) == (None, Access())


def test_each_mistake_is_reported_at_its_place() -> None:
    assert problems(WRONG) == [
        ("2:1", "unknown value 'trsut' for identity", "did you mean 'trust'?"),
        ("3:1", "unknown value '1' for branches", "one of: main, all"),
        (
            "4:36",
            "'nobody' is not an e-mail address",
            "write the committer's address of merges made on the web page, such as noreply@github.com",
        ),
        ("5:42", "unknown value 'delete' for records", "one of: add, move, rename, remove"),
        ("5:65", "'team+' is not a pattern for settings", 'for example: "*", "views", "-team" (not)'),
        ("5:84", "'/etc' is not a pattern for files", FILES),
        ("5:92", "'import/../schema' is not a pattern for files", FILES),
        ("6:1", "unknown setting 'access.colour'", "a role is a table: [access.colour]"),
        ("7:1", "unknown setting 'access.identiti'", "did you mean 'identity'?"),
        ("9:24", "'a b' is not a pattern for may", FIELDS),
        ("9:31", "may names 'notes' twice", "keep one of them"),
        ("9:40", "'-notes+' is not a pattern for may", FIELDS),
        ("9:51", "'+' is not a pattern for may", FIELDS),
        ("11:4", "unknown value 'mov' for records", "did you mean 'move'?"),
        ("12:1", "where is empty", "write a value, or delete it"),
        ("13:1", "see_where must be text, not 1", SHOWN),
        ("14:1", "unknown setting 'access.sales.wher'", "did you mean 'where'?"),
        ("15:1", "anywhere must be a list of texts, not 'interactions+'", SHOWN),
        ("16:9", "'name+' is not a pattern for see", 'for example: "*", "contacts[].name", "-notes" (not)'),
        ("17:10", "unknown value 'eraze' for keys", "did you mean 'erase'?"),
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f'signing = "{KEY} lilei@laptop"', []),
        (f'signing = ["{KEY}"]', []),
        ('key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"', []),
        (f'key = "{KEY}"', []),
        (
            f'signing = ["{KEY}", "cert-authority {KEY}"]',
            ["2:97 'cert-authority ssh-ed25519 AAAAC3NzaC1lZ' is not an SSH public key"],
        ),
        ('signing = "ssh-ed25519 AAAA"', ["2:12 'ssh-ed25519 AAAA' is not an SSH public key"]),
        ("signing = 1", ["2:1 signing must be text, not 1"]),
        ('key = "AGE-SECRET-KEY-1X"', ["2:1 'AGE-SECRET-KEY-1X' is not an age public key"]),
    ],
)
def test_keys_of_colleagues(given: str, expected: list[str]) -> None:
    assert [f"{place} {message}" for place, message, _hint in problems(f"[team.lilei]\n{given}\n")] == expected


def test_keys_are_read() -> None:
    member = read(f'[team.lilei]\nsigning = "{KEY}"\nkey = "{KEY}"\n'.encode()).team["lilei"]
    assert (member.signing, member.key) == ((KEY,), KEY)
