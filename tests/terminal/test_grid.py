"""Tables on a terminal: what folds, and what never does."""

from crmtext.answer import Column, Table
from crmtext.terminal.grid import draw

MONEY = tuple(Column(name, f"{name} received CNY", right=True) for name in ("Revenue", "Payments"))


def test_amounts_and_dates_are_never_split() -> None:
    table = Table(
        (Column("period", "Period", fixed=True), *MONEY, Column("note", "Note")),
        (("2026-11", "¥12,329,000", "−¥1,066,000.25", "paid on 2026-11-30 by 李雷"),),
    )
    assert draw(table, width=48) == (
        "Period       Revenue        Payments  Note\n"
        "            received    received CNY\n"
        "                 CNY\n"
        "2026-11  ¥12,329,000  −¥1,066,000.25  paid on\n"
        "                                      2026-11-30\n"
        "                                      by 李雷\n"
    )


def test_a_table_that_has_too_many_numbers_is_wider_than_the_terminal() -> None:
    table = Table(MONEY, (("¥12,329,000", "¥1,066,000"),))
    assert draw(table, width=10) == (
        "    Revenue    Payments\n   received    received\n        CNY         CNY\n¥12,329,000  ¥1,066,000\n"
    )
