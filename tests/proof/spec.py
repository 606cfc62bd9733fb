"""Examples of the YAML 1.2 specification that are one document, typed in: the corners that no record has."""

from __future__ import annotations

EXAMPLES: dict[str, str] = {
    "2.1": "- Mark McGwire\n- Sammy Sosa\n- Ken Griffey\n",
    "2.2": "hr:  65    # Home runs\navg: 0.278 # Batting average\nrbi: 147   # Runs Batted In\n",
    "2.3": "american:\n- Boston Red Sox\n- Detroit Tigers\nnational:\n- New York Mets\n",
    "2.4": "-\n  name: Mark McGwire\n  hr:   65\n-\n  name: Sammy Sosa\n  hr:   63\n",
    "2.5": "- [name        , hr, avg  ]\n- [Mark McGwire, 65, 0.278]\n- [Sammy Sosa  , 63, 0.288]\n",
    "2.6": "Mark McGwire: {hr: 65, avg: 0.278}\nSammy Sosa: {\n    hr: 63,\n    avg: 0.288,\n }\n",
    "2.9": "---\nhr: # 1998 hr ranking\n- Mark McGwire\n- Sammy Sosa\n# 1998 rbi ranking\nrbi:\n- Sammy Sosa\n",
    "2.10": "---\nhr:\n- Mark McGwire\n# Following node labeled SS\n- &SS Sammy Sosa\nrbi:\n"
    "- *SS # Subsequent\n- Ken\n",
    "2.11": "? - Detroit Tigers\n  - Chicago cubs\n: - 2001-07-23\n\n? [ New York Yankees,\n"
    "    Braves ]\n: [ 2001-07-02 ]\n",
    "2.12": "---\n# Products purchased\n- item    : Super Hoop\n  quantity: 1\n- item    : Basketball\n  quantity: 4\n",
    "2.13": "# ASCII Art\n--- |\n  \\//||\\/||\n  // ||  ||__\n",
    "2.14": "--- >\n  Mark McGwire's\n  year was crippled\n  by a knee injury.\n",
    "2.15": "--- >\n Sammy Sosa completed another\n fine season.\n\n   63 Home Runs\n"
    "   0.288 Batting\n\n What a year!\n",
    "2.16": "name: Mark McGwire\naccomplishment: >\n  Mark set\n  a record.\nstats: |\n"
    "  65 Home Runs\n  0.278 Average\n",
    "2.17": 'unicode: "Sosa did fine.\\u263A"\nhex esc: "\\x0d\\x0a is \\r\\n"\n\nsingle: \'"Howdy!" he cried.\'\n'
    "quoted: ' # Not a ''comment''.'\ntie-fighter: '|\\-*-/|'\n",
    "2.18": 'plain:\n  This unquoted scalar\n  spans many lines.\n\nquoted: "So does this\n  quoted scalar.\\n"\n',
    "2.19": "canonical: 12345\ndecimal: +12,345\noctal: 0o14\nhexadecimal: 0xC\n",
    "2.23": "---\nnot-date: !!str 2002-04-28\n\npicture: !!binary |\n R0lGODlhDAAMAIQAAP//\n AAAAAA==\n",
    "2.24": "%TAG ! tag:clarkevans.com,2002:\n--- !shape\n- !circle\n  center: &ORIGIN {x: 73, y: 129}\n  radius: 7\n"
    "- !line\n  start: *ORIGIN\n  finish: { x: 89, y: 102 }\n",
    "2.25": "--- !!set\n? Mark McGwire\n? Sammy Sosa\n? Ken Griffey\n",
    "2.26": "--- !!omap\n- Mark McGwire: 65\n- Sammy Sosa: 63\n",
    "5.3": "sequence:\n- one\n- two\nmapping:\n  ? sky\n  : blue\n  sea : green\n",
    "5.7": "literal: |\n  some\n  text\nfolded: >\n  some\n  text\n",
    "6.1": "  # Leading comment line spaces are\n  # neither content nor indentation.\n    \nNot indented:\n"
    " By one space: |\n    By four\n      spaces\n Flow style: [    # Leading spaces\n   By two,        # in\n"
    "  Also by two,    # are\n  \tStill by two   # content.\n    ]\n",
    "6.2": "? a\n: -\tb\n  -  -\tc\n     - d\n",
    "6.4": 'plain: text\n  lines\nquoted: "text\n  \tlines"\nblock: |\n  text\n   \tlines\n',
    "6.9": "key:    # Comment\n  value\n",
    "6.12": "{ first: Sammy, last: Sosa }:\n# Statistics:\n  hr:  # Home runs\n     65\n  avg: # Average\n   0.278\n",
    "6.23": '!!str &a1 "foo":\n  !!str bar\n&a2 baz : *a1\n',
    "7.3": "{\n  ? foo :,\n  : bar,\n}\n",
    "7.12": "1st non-empty\n\n 2nd non-empty \n\t3rd non-empty\n",
    "7.14": "[\n\"double\n quoted\", 'single\n           quoted',\nplain\n text, [ nested ],\nsingle: pair,\n]\n",
    "7.15": "- { one : two , three: four , }\n- {five: six,seven : eight}\n",
    "7.20": "[\n? foo\n bar : baz\n]\n",
    "8.2": "- |\n detected\n- >\n \n  \n  # detected\n- |1\n  explicit\n- >\n \t\n detected\n",
    "8.5": " # Strip\n  # Comments:\nstrip: |-\n  # text\n  \n # Clip\n  # comments:\n\nclip: |\n  # text\n \n # Keep\n"
    "  # comments:\n\nkeep: |+\n  # text\n\n # Trail\n  # comments.\n",
    "8.15": "- # Empty\n- |\n block node\n- - one # Compact\n  - two # sequence\n- one: two # Compact mapping\n",
    "8.17": "? explicit key # Empty value\n? |\n  block key\n: - one # Explicit compact\n  - two # block value\n",
    "8.20": '-\n  "flow in block"\n- >\n Block scalar\n- !!map # Block collection\n  foo : bar\n',
    "8.22": "sequence: !!seq\n- entry\n- !!seq\n - nested\nmapping: !!map\n foo: bar\n",
    "9.2": "%YAML 1.1\n---\nDocument\n... # Suffix\n",
}
