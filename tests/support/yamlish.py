"""Texts as people write them, made of a tree, so that every style meets every other."""

from __future__ import annotations

from hypothesis import strategies as st

words = st.sampled_from(["x", "张三", "it's", "a b", "no", "2024-05-01", "3", "", "a: b", "多行\n文本\n", "a\nb", "~"])
keys = st.sampled_from(["a", "b", "name", "备注", "no", "a b", "k/~"])


@st.composite
def scalar_texts(draw: st.DrawFn, *, flow: bool = False) -> str:
    quoted = ["'it''s'", '"x\\n"', "''", "x", "张三", "1", "null", "1.10", "a b", "2024-05-01"]
    return draw(st.sampled_from(quoted if flow else [*quoted, "x:y", "", "~"]))


@st.composite
def flow_texts(draw: st.DrawFn) -> str:
    items = draw(st.lists(scalar_texts(flow=True), max_size=3))
    if draw(st.booleans()):
        return "[" + ", ".join(items) + draw(st.sampled_from(["]", " ]", ", ]" if items else "]"]))
    names = draw(st.lists(keys, max_size=len(items), min_size=len(items), unique=True))
    return "{" + ", ".join(f"{name}: {item}" for name, item in zip(names, items, strict=True)) + "}"


comments = st.sampled_from(["", "", "", " # c", "  "])
between = st.sampled_from(["", "", "", "\n", "# c\n", "\n# c\n", "{indent}# c\n", "{indent}  # deep\n"])


@st.composite
def block_texts(draw: st.DrawFn, indent: str = "", depth: int = 0) -> str:
    """Lines of a map or a list at an indentation, each with its line break."""
    a_list = depth > 0 and draw(st.booleans())
    names = draw(st.lists(keys, min_size=1, max_size=3, unique=True))
    parts: list[str] = []
    for name in names:
        gap = draw(st.sampled_from([" ", " ", "   "]))
        head = f"{indent}-" if a_list else f"{indent}{name}:"
        parts += (head, draw(value_texts(indent, gap, depth, in_list=a_list)), draw(between).format(indent=indent))
    return "".join(parts)


@st.composite
def value_texts(draw: st.DrawFn, indent: str, gap: str, depth: int, *, in_list: bool) -> str:
    """What stands behind a colon or a dash, to the end of its last line."""
    kind = draw(st.sampled_from(["scalar", "scalar", "flow", "literal", "block"]))
    comment = draw(comments)
    if kind == "literal":
        header = draw(st.sampled_from(["|", "|-", "|+", ">", "|2"]))
        return f"{gap}{header}{comment}\n{indent}  x\n\n{indent}  y\n" + draw(st.sampled_from(["", "\n"]))
    if kind == "block" and depth < 3:
        below = draw(block_texts(indent + "  ", depth + 1))
        if in_list and draw(st.booleans()):
            return " " + below[len(indent) + 2 :]
        return f"{comment}\n{below}"
    text = draw(flow_texts() if kind == "flow" else scalar_texts())
    return (gap + text if text else "") + comment + "\n"


@st.composite
def texts(draw: st.DrawFn) -> str:
    text = draw(block_texts())
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.integers(0, 3)) == 0:
        text = text.replace("\n", "\r\n")
    return "\ufeff" * draw(st.integers(0, 1)) + text
