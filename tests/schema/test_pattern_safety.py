"""Patterns of a schema: the usual ones are taken, those that can run for ever are not, and what is taken ends."""

from __future__ import annotations

import json
from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtext.schema import load, pattern_safety
from crmtext.schema.pattern_ambiguity import Work, cost

if TYPE_CHECKING:
    from collections.abc import Callable

USUAL = [
    r"^C[0-9]{8}[0-9A-Z]{3,6}$",
    r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
    r"^[\w.+-]+@([\w-]+\.)+[\w-]+(,[\w.+-]+@([\w-]+\.)+[\w-]+)*$",
    r"^1[3-9][0-9]{9}$",
    r"^(\+86[- ]?)?1[3-9]\d{9}$",
    r"^0\d{2,3}-?\d{7,8}(-\d{1,6})?$",
    r"^\+?[0-9]{1,3}[ -]?(\([0-9]{1,4}\))?[0-9 -]{5,15}$",
    r"^\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}$",
    r"^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$",
    r"^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$",
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
    r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$",
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
    r"^[1-9][0-9]{5}$",
    r"^\d{5}(-\d{4})?$",
    r"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$",
    r"^[\u4e00-\u9fa5]{2,10}(·[\u4e00-\u9fa5]{1,10})*$",
    r"^[\u4e00-\u9fa5A-Za-z0-9()（）·]{2,60}$",
    r"^https?://[^\s/$.?#][^\s]*$",
    r"^(https?://)?([\w-]+\.)+[\w-]+(/[\w./?%&=-]*)?$",
    r"^#?([a-f0-9]{6}|[a-f0-9]{3})$",
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$",
    r"^-?\d+(\.\d{1,2})?$",
    r"^\d{1,3}(,\d{3})*(\.\d+)?$",
    r"^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$",
    r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    r"^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$",
    r"^[A-Z]{3}-[0-9]{3,8}$",
    r"^(PO|SO|INV)-\d{4}-\d{4,6}$",
    r"^[^\n\r]{1,200}$",
    r"^\S+( \S+)*$",
    r"^\s*\S.*$",
    r"^.{2,50}(公司|集团|厂|店|中心)$",
    r"^v?\d+\.\d+\.\d+(-[\w.]+)?(\+[\w.]+)?$",
    r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:,(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))*$",
    r"^(?:ab|cd)*$",
    r"^(a|b)?c+$",
    r"^([0-9]{1,3}[.]){3}[0-9]{1,3}$",
    r"^(https?://)?[^ /]+[.][^ ]+$",
    r"^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]$",
    r"^(0|[1-9]\d*)$",
    r"^[^,]+(,[^,]+)*$",
    r"^([A-Z][a-z]+ )*[A-Z][a-z]+$",
    r'^"[^"]*"$',
    r"^[A-Za-z]+(?: [A-Za-z]+)*$",
    r"\d{3,4}",
    r"合同",
    r"^.*x.*y.*z$",
    r"^a*$",
    r"a+b",
    r"^(?P<n>a)(?(n)b|c)$",
    r"^([^;]*;)*[^;]*$",
    r"^[+]?[(]?[0-9]{3}[)]?[-\s.]?[0-9]{3}[-\s.]?[0-9]{4,6}$",
    r"^(?:[a-z]{2}(?:-[A-Z]{2})?)(?:;(?:[a-z]{2}(?:-[A-Z]{2})?))*$",
]
EVIL = [
    r"^(a+)+$",
    r"^((a+))+$",
    r"^(a*)*?$",
    r"^(?:a|a)+$",
    r"^(?:a|aa)+$",
    r"^(?:.|b)*$",
    r"^(a+){2,}$",
    r"^(a+){50}$",
    r"(a|a)*b",
    r"(a*)*",
    r"(a*)*b",
    r"([a-z]+)*[0-9]",
    r"(a?){100}a{100}",
    r".*.*.*.*=.*",
    r"a*a*a*a*a*b",
    r"a*a*a*b",
    r"(a{1,2}){60}b",
    r"^(?:a|aa){1,4}(?:a|aa){1,4}(?:a|aa){1,4}(?:a|aa){1,4}(?:a|aa){1,4}(?:a|aa){1,4}b$",
    r"\d{1,100}\d{1,100}\d{1,100}\d{1,100}\d{1,100}x",
    r"(a{0,90}){0,4}(a{0,90}){0,4}(a{0,90}){0,4}b",
    r"a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaa",
    r"^(\w+\s?)*$",
    r"^(\w*\s*)*$",
    r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(x+x+)+y",
    r"(.*a){20}",
    r"(.*a){12}b",
    r"^(\d+)*$",
    r"^(\d+|\d+)*x$",
    r"^([0-9]+,?)+$",
    r"(\s*,?\s*)*$",
    r"^(a|ab|b)*c$",
    r"(a|b|ab)*c",
    r"^(.+)+$",
    r"^(.*)*$",
    r"(?:a+|b+)*c|(?:a|[ab])*d",
    r"^((ab)*|(abab)*)*x$",
    r"([ab]?[bc]?)*d",
    r"^(a?b?)*$",
    r"((a{1,10}){1,10}){1,10}b",
    r"(\w{1,20}){1,20}\.",
    r"^(([^@]+)*)@",
    r"[a-z]{0,50}[a-z]{0,50}[a-z]{0,50}[a-z]{0,50}!",
    r"(0|1|01){1,20}2",
    r"\s*\s*\s*x",
    r".{0,60}.{0,60}.{0,60}.{0,60}z",
    r"(aa|aab?)*c|(a|aa)+$",
    r"([^\s]+\s*)+$",
    r"^(\w+\s?)+$|^x$",
    r"^(?=(a+)+)b$",
    r"(?=a+)+b",
    r"^(?!0)\d+$",
    r"(a*)\1b",
    r"(?<=a)b",
    r"^(",
    r"x{99999999999}",
    r"a{1,30000}b",
    r"((a{90}){90}){90}",
    r"[z-a]",
    r"(?P<n",
    "(" * 3000 + ")" * 3000,
    "[a-z]{0,100}" * 50,
    "(x?){1000}",
    "(?:" * 100 + "a" + "b)*" * 100,
    "(?:" + "a?" * 900 + "b)*",
]


@pytest.mark.parametrize("pattern", USUAL)
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert pattern_safety.fault(pattern, Work()) is None


@pytest.mark.parametrize("pattern", EVIL, ids=lambda pattern: pattern[:60])
def test_a_pattern_that_can_run_for_ever_is_rejected(pattern: str) -> None:
    assert pattern_safety.fault(pattern, Work()) is not None


def test_every_shipped_pattern_is_taken_and_grows_with_its_text_alone() -> None:
    patterns = [*_patterns(json.loads(load.shipped()))]
    assert len(patterns) > 10
    for pattern in patterns:
        assert pattern_safety.fault(pattern, Work()) is None
        assert pattern_safety.steps(pattern, 1000) <= 2 * 1000**2


def _patterns(node: Any) -> list[str]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    own = [node["pattern"]] if isinstance(node, dict) and isinstance(node.get("pattern"), str) else []
    return own + [pattern for child in below for pattern in _patterns(child)]


@pytest.mark.parametrize(
    ("pattern", "message", "hint"),
    [
        (
            "^(a+)+$",
            "the pattern '^(a+)+$' can be very slow: a repeated part can match the same text in two ways",
            "don't nest repetitions: a+ instead of (a+)+, [ab]* instead of (a|[ab])*",
        ),
        (
            "a{1,100}a{1,100}a{1,100}x",
            (
                "the pattern 'a{1,100}a{1,100}a{1,100}x' can be very slow: "
                "its repetitions can share the same text in too many ways"
            ),
            "put a character between them that neither matches, or combine them: a{2,200} instead of a{1,100}a{1,100}",
        ),
        (
            ".*.*.*x",
            "the pattern '.*.*.*x' can be very slow: too many unlimited repetitions match the same text",
            "exclude the separator: [^,]*,[^,]*,[^,]* instead of .*,.*,.*",
        ),
        (
            "^(?!0)",
            "the pattern '^(?!0)' uses lookaround or a backreference",
            r"don't use (?=…), (?!…), (?<…) or \1; for rules over several fields, use if and then",
        ),
        ("a{9999}", "a repetition count in the pattern 'a{9999}' is too large", "limit the length with maxLength"),
    ],
)
def test_a_pattern_is_rejected_with_the_reason_and_the_remedy(pattern: str, message: str, hint: str) -> None:
    assert pattern_safety.fault(pattern, Work()) == (message, hint)


def test_many_patterns_share_one_budget() -> None:
    work = Work()
    results = [pattern_safety.fault(f"[a-z]{{0,{number}}}" * 20, work) for number in range(40, 90)]
    assert results[-1] == (
        f"a repetition count in the pattern '{'[a-z]{0,89}' * 7}[a…' is too large",
        "limit the length with maxLength",
    )


# Accepted patterns finish: a matcher like re's that counts its steps.


class EndlessError(Exception):
    """More steps than were foretold."""


class Matcher:
    """Whether a text has what a pattern looks for, found as re finds it: by trying one way after the other."""

    def __init__(self, text: str, most: int) -> None:
        self.text, self.left = text, most

    def search(self, parsed: Any) -> bool:
        return any(self.run([*parsed], at, lambda _at: True) for at in range(len(self.text) + 1))

    def run(self, nodes: list[Any], at: int, then: Callable[[int], bool]) -> bool:
        self.left -= 1
        if self.left < 0:
            raise EndlessError
        if not nodes:
            return then(at)
        (operation, argument), rest = nodes[0], nodes[1:]
        name = str(operation)
        if name == "SUBPATTERN":
            return self.run([*argument[-1]], at, lambda end: self.run(rest, end, then))
        if name == "BRANCH":
            return any(self.run([*branch], at, lambda end: self.run(rest, end, then)) for branch in argument[1])
        if name == "MAX_REPEAT":
            return self.repeat(argument, 0, at, lambda end: self.run(rest, end, then))
        if name == "AT":
            there = at == (0 if "BEGINNING" in str(argument) else len(self.text))
            return there and self.run(rest, at, then)
        return at < len(self.text) and self.fits(name, argument, self.text[at]) and self.run(rest, at + 1, then)

    def repeat(self, argument: Any, done: int, at: int, then: Callable[[int], bool]) -> bool:
        least, most, inner = int(argument[0]), int(argument[1]), argument[2]

        def again(end: int) -> bool:
            return (end > at or done < least) and self.repeat(argument, done + 1, end, then)

        return (done < most and self.run([*inner], at, again)) or (done >= least and then(at))

    @staticmethod
    def fits(name: str, argument: Any, sign: str) -> bool:
        if name == "LITERAL":
            return ord(sign) == argument
        if name == "ANY":
            return sign != "\n"
        return any(str(kind) == "LITERAL" and ord(sign) == value for kind, value in argument)


ATOMS = st.sampled_from(["a", "b", "[ab]", ".", "ab", "ba"])
MARKS = st.sampled_from(["", "", "*", "+", "?", "{0,2}", "{1,3}", "{2}"])
PATTERNS = st.recursive(
    st.builds("{}{}".format, ATOMS, MARKS),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map("".join)
        | st.builds("(?:{}|{}){}".format, inner, inner, MARKS)
        | st.builds("(?:{}){}".format, inner, MARKS)
    ),
    max_leaves=6,
)
PUMPED = st.builds(lambda part, times, end: part * times + end, st.text("ab", min_size=1, max_size=3),
                   st.integers(1, 12), st.sampled_from(["", "c", "ac", "bac"]))  # fmt: skip


def foretold(pattern: str, text: str) -> None:
    if pattern_safety.fault(pattern, Work()) is not None:
        return
    parsed = _parser.parse(pattern)
    most = 20 * (len(pattern) + 5) * cost(parsed, Work()).steps(len(text) + 1)
    Matcher(text, most).search(parsed)


@settings(max_examples=300)
@given(PATTERNS, PUMPED, st.sampled_from(["", "$", "d"]))
def test_an_accepted_pattern_takes_no_more_steps_than_predicted(pattern: str, text: str, end: str) -> None:
    foretold(pattern + end, text)


@pytest.mark.long
@settings(max_examples=30_000)
@given(PATTERNS, PUMPED, st.sampled_from(["", "$", "d"]))
def test_thousands_of_patterns_take_no_more_steps_than_predicted(pattern: str, text: str, end: str) -> None:
    foretold(pattern + end, text)


def test_the_matcher_would_find_a_pattern_that_runs_on() -> None:
    with pytest.raises(EndlessError):
        Matcher("a" * 30 + "c", 100_000).search(_parser.parse("^(a+)+$"))
