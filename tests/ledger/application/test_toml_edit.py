"""ledger.toml changed by command: what was asked for changes, every other byte stays."""

from __future__ import annotations

import codecs
import os
import tomllib
from pathlib import Path

import pytest

from ledger.application.toml_edit import change_file, with_values
from ledger.errors import BadConfig
from ledger.folder.layout import CONFIG_TEXT, Folder
from ledger.purge.settings import parse_settings
from tests.support.systems import absolute

TEXT = f"""\
# kept
name = "shop"

[purge]   # where
grace = "5s"
roots = [
    "{absolute("/a")}",  # one
    "{absolute("/b")}",
]

[seller]
name = "Firma"
"""

# Kinds of valid TOML, after those of the language's own test suite: (before, after) of `purge.grace = "9s"`.
FORMS = {
    "plain": ('[purge]\ngrace = "5s"\n', '[purge]\ngrace = "9s"\n'),
    "comment on the line": ('[purge]\ngrace = "5s" # five\n', '[purge]\ngrace = "9s" # five\n'),
    "indented": ('[purge]\n  grace   =   "5s"\n', '[purge]\n  grace   =   "9s"\n'),
    "tabs": ('[purge]\n\tgrace\t=\t"5s"\n', '[purge]\n\tgrace\t=\t"9s"\n'),
    "literal string": ("[purge]\ngrace = '5s'\n", '[purge]\ngrace = "9s"\n'),
    "multi-line string": ('[purge]\ngrace = """\n5s"""\n', '[purge]\ngrace = "9s"\n'),
    "dotted key": ('purge.grace = "5s"\n', 'purge.grace = "9s"\n'),
    "dotted key with blanks": ('purge . grace = "5s"\n', 'purge . grace = "9s"\n'),
    "inline table": ('purge = { grace = "5s", roots = [] }\n', 'purge = { grace = "9s", roots = [] }\n'),
    "quoted table": ('["purge"]\ngrace = "5s"\n', '["purge"]\ngrace = "9s"\n'),
    "literal quoted table": ("['purge']\ngrace = \"5s\"\n", "['purge']\ngrace = \"9s\"\n"),
    "blanks in the head": ('[ purge ]\ngrace = "5s"\n', '[ purge ]\ngrace = "9s"\n'),
    "comment on the head": ('[purge] # where\ngrace = "5s"\n', '[purge] # where\ngrace = "9s"\n'),
    "quoted key": ('[purge]\n"grace" = "5s"\n', '[purge]\n"grace" = "9s"\n'),
    "no line end": ('[purge]\ngrace = "5s"', '[purge]\ngrace = "9s"'),
    "CRLF": ('[purge]\r\ngrace = "5s"\r\n# end\r\n', '[purge]\r\ngrace = "9s"\r\n# end\r\n'),
    "the head inside a text": (
        'about = """\n[purge]\ngrace = "1s"\n"""\n\n[purge]\ngrace = "5s"\n',
        'about = """\n[purge]\ngrace = "1s"\n"""\n\n[purge]\ngrace = "9s"\n',
    ),
    "a list whose line begins with a bracket": (
        '[purge]\nroots = [\n[\n"/a"][0]\n] # never TOML\n',
        None,
    ),
    "array of tables below": (
        '[purge]\ngrace = "5s"\n\n[[purge.vendor]]\nname = "a"\nnote = ""\n',
        '[purge]\ngrace = "9s"\n\n[[purge.vendor]]\nname = "a"\nnote = ""\n',
    ),
    "tables out of order": (
        '[other]\nname = "x"\n[purge]\ngrace = "5s"\n[ksef]\n[other.more]\n',
        '[other]\nname = "x"\n[purge]\ngrace = "9s"\n[ksef]\n[other.more]\n',
    ),
    "Polish letters": (
        '# zażółć\n[purge]\ngrace = "5s" # gęślą\n[seller]\nname = "Jaźń"\n',
        '# zażółć\n[purge]\ngrace = "9s" # gęślą\n[seller]\nname = "Jaźń"\n',
    ),
    "blank lines and comments between": (
        '\n\n# a\n[purge]\n\n# b\ngrace = "5s"\n\n\n# c\n',
        '\n\n# a\n[purge]\n\n# b\ngrace = "9s"\n\n\n# c\n',
    ),
    "floats that equal nothing": (
        'x = [inf, -nan, nan, 1_000.50e-3]\n[purge]\ngrace = "5s"\n',
        'x = [inf, -nan, nan, 1_000.50e-3]\n[purge]\ngrace = "9s"\n',
    ),
    "letters written as numbers": (
        '[purge]\n"gr\\u0061ce" = "5s"\n',
        '[purge]\n"gr\\u0061ce" = "9s"\n',
    ),
    "mixed line ends": ('[purge]\r\ngrace = "5s"\n# end\r\n', '[purge]\r\ngrace = "9s"\n# end\r\n'),
    "the table after its own tables": (
        '[[purge.vendor]]\nname = "a"\nnote = ""\n[purge]\ngrace = "5s"\n',
        '[[purge.vendor]]\nname = "a"\nnote = ""\n[purge]\ngrace = "9s"\n',
    ),
    "another kind of value": ("[purge]\ngrace = 5 # s\n", '[purge]\ngrace = "9s" # s\n'),
    "no blanks": ('[purge]\ngrace="5s"#five\n', '[purge]\ngrace="9s"#five\n'),
    "quotation marks at the end of a text": (
        'x = """a"""""\n[purge]\ngrace = "5s"\n',
        'x = """a"""""\n[purge]\ngrace = "9s"\n',
    ),
    "keys that are no words": (
        '"" = 1\n1234 = 1\n3.14 = "pi"\n[purge]\ngrace = "5s"\n',
        '"" = 1\n1234 = 1\n3.14 = "pi"\n[purge]\ngrace = "9s"\n',
    ),
    "blanks at the ends of lines": (
        '[purge]   \ngrace = "5s"   \n\n   \n',
        '[purge]   \ngrace = "9s"   \n\n   \n',
    ),
    "numbers of every kind": (
        'x = [1, 0x1F, 1e3, 1979-05-27T07:32:00Z]\n[purge]\ngrace = "5s"\n',
        'x = [1, 0x1F, 1e3, 1979-05-27T07:32:00Z]\n[purge]\ngrace = "9s"\n',
    ),
    "letters of a head written as numbers": (
        '["pur\\u0067e"]\ngrace = "5s"\n',
        '["pur\\u0067e"]\ngrace = "9s"\n',
    ),
    "tables and lists within each other": (
        'x = { a = { b = [1, {c = 2}] } }\n[purge]\ngrace = "5s"\n',
        'x = { a = { b = [1, {c = 2}] } }\n[purge]\ngrace = "9s"\n',
    ),
    "comments within a list": (
        'x = [ # one\n  1, # two\n] # three\n[purge]\ngrace = "5s"\n',
        'x = [ # one\n  1, # two\n] # three\n[purge]\ngrace = "9s"\n',
    ),
    "empty tables around": (
        '[a]\n[b]\n[purge]\ngrace = "5s"\n[c]\n',
        '[a]\n[b]\n[purge]\ngrace = "9s"\n[c]\n',
    ),
    "days and hours": (
        'a = 1979-05-27\nb = 07:32:00\nc = 1979-05-27 07:32:00.5-07:00\n[purge]\ngrace = "5s"\n',
        'a = 1979-05-27\nb = 07:32:00\nc = 1979-05-27 07:32:00.5-07:00\n[purge]\ngrace = "9s"\n',
    ),
    "whole numbers": (
        'a = +99\nb = 0b1101\nc = 0o755\nd = 1_000\ne = -0\n[purge]\ngrace = "5s"\n',
        'a = +99\nb = 0b1101\nc = 0o755\nd = 1_000\ne = -0\n[purge]\ngrace = "9s"\n',
    ),
    "a key that looks like the head": (
        '"[purge]" = "x"\n[purge]\ngrace = "5s"\n',
        '"[purge]" = "x"\n[purge]\ngrace = "9s"\n',
    ),
    "the head in a comment": (
        '# [purge]\n# grace = "1s"\n[purge]\ngrace = "5s"\n',
        '# [purge]\n# grace = "1s"\n[purge]\ngrace = "9s"\n',
    ),
    "tables in an array of tables": (
        '[[v]]\nn = "a"\n[v.more]\nx = 1\n[[v]]\nn = "b"\n[purge]\ngrace = "5s"\n',
        '[[v]]\nn = "a"\n[v.more]\nx = 1\n[[v]]\nn = "b"\n[purge]\ngrace = "9s"\n',
    ),
    "the setting inside another text": (
        'x = "a \\"[purge] grace\\" b"\ny = \'"\'\n[purge]\ngrace = "5s"\n',
        'x = "a \\"[purge] grace\\" b"\ny = \'"\'\n[purge]\ngrace = "9s"\n',
    ),
    "a comment at the end without a line end": (
        '[purge]\ngrace = "5s"\n# end',
        '[purge]\ngrace = "9s"\n# end',
    ),
    "signs beyond sixteen bits": (
        '"🙂" = "\\U0001F600"\n[purge]\ngrace = "5s"\n',
        '"🙂" = "\\U0001F600"\n[purge]\ngrace = "9s"\n',
    ),
    "an inline table between lists": (
        'purge.pattern = [\n]\npurge.grace = "5s"\n',
        'purge.pattern = [\n]\npurge.grace = "9s"\n',
    ),
    "a literal text over lines": ("[purge]\ngrace = '''\n5s'''\n", '[purge]\ngrace = "9s"\n'),
    "a text whose line goes on": ('[purge]\ngrace = """\\\n   5s"""\n', '[purge]\ngrace = "9s"\n'),
    "both words quoted and dotted": ('"purge" . \'grace\' = "5s"\n', '"purge" . \'grace\' = "9s"\n'),
    "dotted keys out of order": (
        'purge.roots = []\nother.x = 1\npurge.grace = "5s"\nother.y = 2\n',
        'purge.roots = []\nother.x = 1\npurge.grace = "9s"\nother.y = 2\n',
    ),
    "a literal text that holds the head": (
        "x = '''\n'That,' she said, 'is\n[purge]\ngrace = 1'\n'''\n[purge]\ngrace = \"5s\"\n",
        "x = '''\n'That,' she said, 'is\n[purge]\ngrace = 1'\n'''\n[purge]\ngrace = \"9s\"\n",
    ),
    "heads with dots, signs and line ends in quotes": (
        '[a."b.c"."key#group"]\n"\\n" = 1 # [purge]\n[purge]\ngrace = "5s"\n',
        '[a."b.c"."key#group"]\n"\\n" = 1 # [purge]\n[purge]\ngrace = "9s"\n',
    ),
    "lists in lists that end with commas": (
        'x = [[1, 2,], ["a", "b",],]\n[purge]\nroots = [\n]\ngrace = "5s"\n',
        'x = [[1, 2,], ["a", "b",],]\n[purge]\nroots = [\n]\ngrace = "9s"\n',
    ),
    "tabs before comments and empty comments": (
        '#\n#\ta\n[purge]#\tx\ngrace = "5s"\t#\ty\n#',
        '#\n#\ta\n[purge]#\tx\ngrace = "9s"\t#\ty\n#',
    ),
    "the same words below another table": (
        '[a]\npurge.grace = "1s"\n[purge]\ngrace = "5s"\n',
        '[a]\npurge.grace = "1s"\n[purge]\ngrace = "9s"\n',
    ),
    "the same words in another inline table": (
        'x = { purge.grace = "1s" }\npurge = { "gr\\u0061ce" = \'5s\' } # c\n',
        'x = { purge.grace = "1s" }\npurge = { "gr\\u0061ce" = "9s" } # c\n',
    ),
    "a table of the name below another": (
        '[a.purge]\ngrace = "1s"\n',
        '[a.purge]\ngrace = "1s"\n\n[purge]\ngrace = "9s"\n',
    ),
    "nothing at all": ("", '[purge]\ngrace = "9s"\n'),
    "a comment and no line end": ("# a", '# a\n[purge]\ngrace = "9s"\n'),
    "an empty table before blank lines": (
        "[purge]\n\n\n# tail\n\n[seller]\n\n",
        '[purge]\ngrace = "9s"\n\n\n# tail\n\n[seller]\n\n',
    ),
    "a comment of the next table": (
        '[purge]\nroots = [] # none\n\n# who\n[seller]\nname = "a"\n',
        '[purge]\nroots = [] # none\ngrace = "9s"\n\n# who\n[seller]\nname = "a"\n',
    ),
    "comments of this table and of the next": (
        "[purge]\nroots = []\n# of purge\n\n# who\n# issues\n[seller]\n",
        '[purge]\nroots = []\n# of purge\ngrace = "9s"\n\n# who\n# issues\n[seller]\n',
    ),
    "a text whose last line looks like a comment": (
        '[imports.a]\nx = """\n\n# """\n[seller]\n',
        '[imports.a]\nx = """\n\n# """\n[seller]\n\n[purge]\ngrace = "9s"\n',
    ),
    "line ends of other alphabets in comments": (
        '[purge] # a\u0085b\ngrace = "5s" # \u2028 x\n',
        '[purge] # a\u0085b\ngrace = "9s" # \u2028 x\n',
    ),
    "keys that look like values": (
        'true = 1\ninf = 2\n1979-05-27 = 3\n[purge]\ngrace = "5s"\n',
        'true = 1\ninf = 2\n1979-05-27 = 3\n[purge]\ngrace = "9s"\n',
    ),
    "lists sixty deep": (
        f'x = {"[" * 60}{"]" * 60}\n[purge]\ngrace = "5s"\n',
        f'x = {"[" * 60}{"]" * 60}\n[purge]\ngrace = "9s"\n',
    ),
    "five hundred tables": (
        "".join(f"[t{number}]\na = {number}\n" for number in range(500)) + '[purge]\ngrace = "5s"\n',
        "".join(f"[t{number}]\na = {number}\n" for number in range(500)) + '[purge]\ngrace = "9s"\n',
    ),
    "texts of three marks with marks within": (
        "x = '''it's'''\n[purge]\ngrace = '''5s'''# c\n",
        "x = '''it's'''\n[purge]\ngrace = \"9s\"# c\n",
    ),
    "an inline table that is empty": ("purge = {} # none\n", 'purge = {grace = "9s"} # none\n'),
}


NO_FORMS = {
    "no table": ('purge = "x"\n', "purge is not a table"),
    "tables in a list": ('[[purge]]\ngrace = "5s"\n', "purge is not a table"),
    "the setting twice": ('[purge]\ngrace = "5s"\ngrace = "6s"\n', "cannot be changed"),
    "the table twice": ("purge = {}\n[purge]\n", "cannot be changed"),
    "returns alone": ('[purge]\rgrace = "5s"\r', "cannot be changed"),
    "a mark of Notepad in the middle": ('[purge]\n\ufeffgrace = "5s"\n', "cannot be changed"),
    "a number without end": (f"x = {'9' * 5000}\n[purge]\n", "cannot be changed"),
    "lists within lists without end": (f"x = {'[' * 5000}{']' * 5000}\n", "cannot be changed"),
}


ROOTS = [absolute("/c"), absolute('/with "quotes"')]
VALUES: dict[str, str | list[str]] = {
    "purge.grace": "9s",
    "purge.workspaces": absolute("/ws"),
    "purge.roots": ROOTS,
    "seller.name": "Jaźń",
    "ksef.mode": "offline24",
}
TEXTS = [
    TEXT,
    CONFIG_TEXT.format(name="shop"),
    *(before for before, after in FORMS.values() if after and "= 5 " not in before),
]


@pytest.mark.parametrize("form", FORMS)
def test_setting_changes_in_every_form_of_the_file(form: str) -> None:
    before, after = FORMS[form]
    if after is None:
        with pytest.raises(BadConfig, match="cannot be changed by this command"):
            with_values(before, {"purge.grace": "9s"})
    else:
        assert with_values(before, {"purge.grace": "9s"}) == after


@pytest.mark.parametrize("form", NO_FORMS)
def test_what_is_no_settings_file_is_refused(form: str) -> None:
    text, why = NO_FORMS[form]
    with pytest.raises(BadConfig, match=why):
        with_values(text, {"purge.grace": "9s"})


@pytest.mark.parametrize("key", VALUES)
@pytest.mark.parametrize("text", TEXTS)
def test_nothing_but_the_setting_changes(text: str, key: str) -> None:
    changed = with_values(text, {key: VALUES[key]})
    expected = tomllib.loads(text, parse_float=str)  # nan equals nothing
    table, name = key.split(".")
    expected.setdefault(table, {})[name] = VALUES[key]
    assert tomllib.loads(changed, parse_float=str) == expected
    kept = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in changed.splitlines() if line in kept] == kept


@pytest.mark.parametrize("text", TEXTS)
def test_settings_change_together_and_in_any_order(text: str) -> None:
    changed = with_values(text, VALUES)
    expected = tomllib.loads(text, parse_float=str)  # nan equals nothing
    for key, value in VALUES.items():
        table, name = key.split(".")
        expected.setdefault(table, {})[name] = value
    assert tomllib.loads(changed, parse_float=str) == expected
    again = with_values(text, dict(reversed(VALUES.items())))
    assert tomllib.loads(again, parse_float=str) == expected


def test_language_stands_below_the_name_of_a_new_ledger() -> None:
    changed = with_values(CONFIG_TEXT.format(name="shop"), {"language": "pl"})
    below = 'time_zone = "Europe/Warsaw"\nlanguage = "pl"\n\n# Where the files'
    assert below in changed
    with_a_table = with_values(CONFIG_TEXT.format(name="shop"), {"seller.name": "a", "language": "pl"})
    assert below in with_a_table
    assert with_a_table.endswith('po 30 dniach"\n\n[seller]\nname = "a"\n')


def test_line_goes_into_no_text() -> None:
    """Given a text of several lines, of which the last looks like a comment, it is left as it is."""
    text = '[shop]\nhours = """\\\n\n# """\n\n[seller]\nname = "a"\n'
    changed = with_values(text, {"shop.module_url": "https://a.example"})
    assert tomllib.loads(changed)["shop"] == {"hours": "# ", "module_url": "https://a.example"}
    assert [line for line in changed.splitlines() if "module_url" not in line] == text.splitlines()


def test_list_over_several_lines_is_replaced_whole() -> None:
    changed = with_values(TEXT, {"purge.roots": [absolute("/c")]})
    assert tomllib.loads(changed)["purge"]["roots"] == [absolute("/c")]
    assert changed.startswith('# kept\nname = "shop"\n\n[purge]   # where\ngrace = "5s"\n')
    assert changed.endswith('\n[seller]\nname = "Firma"\n')


@pytest.mark.parametrize("text", ['name = "shop"', 'name = "shop"\n[[purge.vendor]]\nname="a"\nnote=""\n'])
def test_section_that_is_missing_is_added(text: str) -> None:
    changed = with_values(text, {"purge.grace": "9s"})
    assert parse_settings(tomllib.loads(changed)).grace_seconds == 9


def test_value_that_does_not_hold_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "ledger.toml"
    file.write_text(TEXT, encoding="utf-8")
    with pytest.raises(BadConfig, match="absolute"):
        change_file(file, {"purge.grace": "9s", "purge.workspaces": "here"})
    assert file.read_text(encoding="utf-8") == TEXT
    assert [entry.name for entry in tmp_path.iterdir()] == ["ledger.toml"]


def test_line_ends_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "ledger.toml"
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    change_file(file, {"purge.workspaces": absolute("/ws")})
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b"")


def test_roots_are_separated_as_in_path(tmp_path: Path) -> None:
    file = tmp_path / "ledger.toml"
    file.write_text(TEXT, encoding="utf-8")
    change_file(file, {"purge.roots": os.pathsep.join(ROOTS)})
    found = parse_settings(tomllib.loads(file.read_text(encoding="utf-8")))
    assert found.roots == tuple(map(Path, ROOTS))
    assert "# kept" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", [form for form, (_, after) in FORMS.items() if after])
def test_file_is_changed_in_every_form_and_with_the_mark_of_notepad(form: str, tmp_path: Path) -> None:
    before, after = FORMS[form]
    assert after is not None
    file = tmp_path / "ledger.toml"
    for mark in (b"", codecs.BOM_UTF8):
        file.write_bytes(mark + before.encode())
        change_file(file, {"purge.grace": "9s"})
        assert file.read_bytes() == mark + after.encode()


def test_settings_with_the_mark_of_notepad_are_read(tmp_path: Path) -> None:
    (tmp_path / "ledger.toml").write_bytes(codecs.BOM_UTF8 + TEXT.encode())
    assert Folder(tmp_path).read_config()["name"] == "shop"
