"""What a plain scalar means: YAML 1.2's core schema, one resolver for reader and writer."""

from __future__ import annotations

from crmtext.values import lazy

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float(sign + "inf") for sign in ("", "-", "+") for word in (".inf", ".Inf", ".INF")},
}
#: What a plain scalar that is not text begins with (an empty one has the empty beginning): most text ends here.
STARTS = frozenset({"", *"+-.0123456789", *(word[0] for word in _WORDS if word)})

_INTEGER = lazy.pattern(r"[-+]?[0-9]+\Z")
_FLOAT = lazy.pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_BASED = lazy.pattern(r"0(?:x[0-9a-fA-F]+|o[0-7]+)\Z")

#: So many digits of a number with a decimal point, and of a whole one, are kept by every program that reads it.
EXACT = 15
_EXACT_WHOLE = 18
#: Longer than any real number, and below the least that Python can be told to read (PYTHONINTMAXSTRDIGITS).
_LONG = 600


def too_long(number: str) -> int:
    """How many digits a written number has if that is more than are kept; else 0."""
    digits = sum(character.isdigit() for character in number)
    return digits if digits > (_EXACT_WHOLE if _INTEGER.match(number) else EXACT) else 0


def resolve(value: str) -> Scalar:
    """What a plain scalar means: dates, `yes`, `no`, `12:30` are text, `010` is ten; `.inf` and `.nan` are floats."""
    if value[:1] not in STARTS:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INTEGER.match(value):
        return int(value) if len(value) < _LONG else float(value)
    if _FLOAT.match(value):
        return float(value)
    if _BASED.match(value):
        return int(value, 0) if len(value) < _LONG else float("inf")
    return value


def meaning(value: str, *, plain: bool) -> tuple[str, str]:
    """Text as text, null as null, and any other plain scalar by its letters, for `1.10` must not become `1.1`."""
    resolved = resolve(value) if plain else value
    if resolved is None:
        return "null", ""
    return ("text" if isinstance(resolved, str) else "plain"), value


# What a reader of YAML 1.1 or 1.2 somewhere takes for a boolean, a null, a number, a time or a merge key. Wider than
# any one of them: `y` and `n` by the letter of 1.1, `1_000` and `0b1`, `12:30` in base sixty, dates of any width.
_TAKEN = lazy.pattern(
    r"""(?xi) (?:
      | ~ | = | << | y | n | yes | no | on | off | true | false | null | nan
      | [-+]? \.? (?: inf | nan )
      | [-+]? [0-9.] [0-9_,.:]* (?: e [-+]? [0-9_.]* )?
      | [-+]? 0 (?: x [0-9a-f_]* | o [0-7_]* | b [01_]* )
      | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: [t\s] .* )?
    ) \Z"""
)
_TAKEN_STARTS = frozenset("~=<+-.0123456789yYnNoOtTfFiI")


def reads_as_text(value: str) -> bool:
    """Whether every reader, of YAML 1.1 or 1.2, takes this plain scalar for text."""
    return bool(value) and (value[0] not in _TAKEN_STARTS or not _TAKEN.match(value))
