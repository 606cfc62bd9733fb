"""Plain scalars to values by YAML 1.2's core schema: one resolver for reader and writer."""

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
#: The first characters of plain scalars that aren't text (empty for an empty one); most text is ruled out by them.
STARTS = frozenset({"", *"+-.0123456789", *(word[0] for word in _WORDS if word)})

_INTEGER = lazy.pattern(r"[-+]?[0-9]+\Z")
_FLOAT = lazy.pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_BASED = lazy.pattern(r"0(?:x[0-9a-fA-F]+|o[0-7]+)\Z")

#: The digits that every program keeps of a decimal number, and of a whole one.
EXACT = 15
_EXACT_WHOLE = 18
#: Longer than any real number, and below the least PYTHONINTMAXSTRDIGITS.
_LONG = 600


def too_long(number: str) -> int:
    """The number of digits if more than programs keep; else 0."""
    digits = sum(character.isdigit() for character in number)
    return digits if digits > (_EXACT_WHOLE if _INTEGER.match(number) else EXACT) else 0


def resolve(value: str) -> Scalar:
    """The value of a plain scalar: dates, `yes`, `no`, `12:30` are text, `010` is ten; `.inf` and `.nan` are floats."""
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
    """The type and text to compare a scalar by; numbers keep their letters, so that `1.10` isn't `1.1`."""
    resolved = resolve(value) if plain else value
    if resolved is None:
        return "null", ""
    return ("text" if isinstance(resolved, str) else "plain"), value


# Everything that some YAML 1.1 or 1.2 reader takes as a boolean, null, number, time or merge key: `y` and `n` as the
# 1.1 specification says, `1_000` and `0b1`, `12:30` in base sixty, dates of any width.
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
    """Whether every YAML 1.1 or 1.2 reader reads this plain scalar as text."""
    return bool(value) and (value[0] not in _TAKEN_STARTS or not _TAKEN.match(value))
