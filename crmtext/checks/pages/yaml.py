"""Rules of the text: what YAML makes of a slip, and what a record may not use of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "tab-indent": """\
Lines are indented with spaces, never with tabs.

Why: A tab is as wide as each editor likes, so YAML cannot tell what belongs to what.

Wrong:
    contacts:
    \t- name: 张三

Right:
    contacts:
      - name: 张三

Instead: Have your editor insert two spaces for the Tab key; the settings that `crmtext init` writes do so.
""",
        "wrong-indent": """\
Lines that belong together begin in the same column.

Why: The indentation alone says which key a line belongs to.

Wrong:
    contacts:
      - name: 张三
       title: 采购经理

Right:
    contacts:
      - name: 张三
        title: 采购经理

Instead: Put the line under its neighbours, two spaces for each level.
""",
        "colon-in-value": """\
A value that holds a colon and a space stands in quotes.

Why: A colon and a space make a key of what stands before them.

Wrong:
    notes: 客户说: 价格太高

Right:
    notes: '客户说: 价格太高'

Instead: Put quotes round the whole value, or use a full-width colon in Chinese text.
""",
        "colon-without-space": """\
A space stands between a key's colon and its value.

Why: Without it key and value are read as one word.

Wrong:
    status:prospect

Right:
    status: prospect

Instead: Write a space after the colon.
""",
        "comma-too-many": """\
Between two commas of a list stands an item.

Wrong:
    tags: [vip,, 冷链]

Right:
    tags: [vip, 冷链]

Instead: Delete the comma, or write the item that is missing.
""",
        "comma-in-flow": """\
A comma inside braces parts two keys, so a value that holds one stands in quotes.

Why: Else the half behind the comma becomes a key of its own, and is lost as text.

Wrong:
    billing: {title: 上海示例电子, 财务部}

Right:
    billing: {title: "上海示例电子, 财务部"}

Instead: Put quotes round the value, or write each key on a line of its own.
""",
        "dash-without-space": """\
A space stands between a dash and the item it begins.

Wrong:
    contacts:
      -name: 张三
        title: 采购经理

Right:
    contacts:
      - name: 张三
        title: 采购经理

Instead: Write a space after the dash.
""",
        "no-key": """\
Every line of a record begins with a key, or goes on with the value above it.

Wrong:
    status prospect

Right:
    status: prospect

Instead: Write `key: value`; text of several lines is indented below `key: |`.
""",
        "quotes-needed": """\
A value that begins with a sign of YAML's own stands in quotes.

Why: Signs such as @, &, *, !, % and ` mean something to YAML at the beginning of a value.

Wrong:
    notes: @采购 稍后回电

Right:
    notes: "@采购 稍后回电"

Instead: Put quotes round the whole value.
""",
        "text-after-quotes": """\
A value in quotes ends with its closing quote.

Wrong:
    notes: "重点" 客户

Right:
    notes: '"重点" 客户'

Instead: Put one pair of quotes round the whole value.
""",
        "unclosed-bracket": """\
A bracket is closed where its list ends.

Wrong:
    tags: [vip, 冷链

Right:
    tags: [vip, 冷链]

Instead: Close the bracket on the same line, with commas between the items.
""",
        "unclosed-quote": """\
A quotation mark is closed where its value ends.

Why: An open one takes in the lines below until it meets another.

Wrong:
    name: "上海示例电子有限公司

Right:
    name: "上海示例电子有限公司"

Instead: Close it at the end of the value. Inside '…' a ' is written twice.
""",
        "unknown-escape": """\
Inside double quotes a backslash stands before a letter that YAML knows.

Wrong:
    notes: "D:\\客户"

Right:
    notes: 'D:\\客户'

Instead: Use single quotes, which take a backslash as it is, or write two of them.
""",
        "yaml-syntax": """\
A record is YAML.

Why: What cannot be read can be neither shown nor counted; the record is left out everywhere.

Instead: Compare with the lines above, and quote the value where the caret stands. `git diff` shows what was changed
last.
""",
        "yaml-directive": """\
A record has no line that begins with a percent sign.

Why: Such lines tell YAML how to read the file; records are all read in one way.

Wrong:
    %YAML 1.1
    ---
    notes: 价格

Right:
    notes: 价格

Instead: Delete the line.
""",
        "yaml-tag": """\
A record uses no YAML tags.

Why: A tag can ask a program to run something; records hold data only.

Wrong:
    notes: !!str 2024

Right:
    notes: "2024"

Instead: Delete the tag; quote the value if it begins with an exclamation mark.
""",
        "alias": """\
A record uses no YAML anchors or aliases.

Why: Copies that change with each other surprise whoever edits one of them, and a few lines can unfold to gigabytes.

Wrong:
    aliases: [&a 示例, *a]

Right:
    aliases: [示例, 示例电子]

Instead: Write the value out in each place; quote a value that begins with & or *.
""",
        "merge-key": """\
A record uses no YAML merge keys.

Wrong:
    custom:
      <<: {等级: A}

Right:
    custom:
      等级: A

Instead: Write the keys and values out.
""",
        "key-not-text": """\
A key is a word.

Why: Numbers, dates and lists as keys are read in different ways by different programs.

Wrong:
    custom: {2024: 续约}

Right:
    custom: {"2024": 续约}

Instead: Put quotes round the key.
""",
        "key-too-long": """\
The name of a field has at most 200 characters.

Why: YAML looks for a colon within 1,024 characters only, and what is longer than a line is text.

Instead: Shorten the name, or write the text as a value: notes: …
""",
        "duplicate-key": """\
A key stands once in its block.

Why: Most programs keep the last one and drop the others without a word.

Wrong:
    status: lead
    status: prospect

Right:
    status: prospect

Instead: Keep one of the two. Several values of one kind belong in a list.
""",
        "several-documents": """\
A file holds one customer.

Why: A line of three dashes begins another document, which would never be read.

Wrong:
    status: lead
    ---
    notes: 另一个客户

Right:
    status: lead

Instead: Move what stands behind the dashes to a file of its own, or delete the line.
""",
        "hash-cuts-value": """\
A value that holds a space and a # stands in quotes.

Why: A space and a # begin a comment: the rest of the value would be lost.

Wrong:
    notes: 订单 #20240501 已发货

Right:
    notes: "订单 #20240501 已发货"

Instead: Put quotes round the whole value; where a comment is meant, put a space behind the #.
""",
        "nested-too-deep": """\
A record is nested at most 16 levels deep.

Why: No record of a customer needs more, and a file of brackets alone could stop a program.

Instead: Quote the text that the brackets belong to.
""",
        "not-a-map": """\
A record consists of keys with values.

Wrong:
    - id: C20240501K7QM
      name: 上海示例电子有限公司

Right:
    id: C20240501K7QM
    name: 上海示例电子有限公司

Instead: Begin with `id:` in the first column, without a dash.
""",
        "empty-file": """\
A record's file holds a record.

Why: An empty file is mostly one whose content was lost while saving.

Instead: Get it back with `git restore FILE`, or delete the file.
""",
        "not-a-number": """\
Infinity and "not a number" are no values.

Wrong:
    custom: {折扣: .nan}

Right:
    custom: {折扣: 0.9}

Instead: Leave the key out while the number is not known.
""",
        "number-too-long": """\
A number of more than 15 digits stands in quotes.

Why: Programs that count with it would lose its last digits.

Wrong:
    custom: {合同号: 12345678901234567890123}

Right:
    custom: {合同号: "12345678901234567890123"}

Instead: Put quotes round a code. An amount of so many digits is a slip: correct it.
""",
    }
)
