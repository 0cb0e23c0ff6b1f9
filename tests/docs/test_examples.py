"""The runner of examples tells a page that is right from one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.examples import differences, fits, rewritten, steps, told

PAGE = """\
# A page

```console
$ echo "one
> two"
one
two
$ false  # exit status 1
```

```sh
$ never run
```

<!--
```console
$ export GREETING=hello
```
-->

```console
$ echo $GREETING; pwd > here
hello
```
"""


def test_page_that_is_right_has_no_differences(tmp_path: Path) -> None:
    """Commands may have several lines; a hidden block, and what a command sets, hold for the next ones."""
    assert [*differences(PAGE, tmp_path)] == []
    assert (tmp_path / "here").read_text(encoding="utf-8").strip() == str(tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [("\ntwo\n", "\nthree\n", 4), ("status 1", "status 2", 8), ("> here\nhello\n", "> here\n", 22)],
)
def test_page_that_is_wrong_is_found_out(right: str, wrong: str, line: int, tmp_path: Path) -> None:
    """Another output, another exit status, and output that is not shown."""
    (found,) = differences(PAGE.replace(right, wrong), tmp_path)
    assert found[0].line == line


def test_wrong_output_is_written_anew_and_the_rest_is_kept(tmp_path: Path) -> None:
    assert rewritten(PAGE.replace("\ntwo\n", "\nthree\nfour\n"), tmp_path) == PAGE


def test_commands_are_read_with_their_lines() -> None:
    assert [(step.line, step.printed, step.status) for step in steps(PAGE)] == [
        (4, ["one", "two"], 0),
        (8, [], 1),
        (17, [], 0),
        (22, ["hello"], 0),
    ]


@pytest.mark.parametrize(
    ("expected", "printed", "is_fit"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a"], False),
        (["a"], ["a", "b"], False),
        (["a … c"], ["a b c"], True),
        (["a … c"], ["a b d"], False),
        (["a", "…"], ["a"], True),
        (["a", "…", "d"], ["a", "b", "c", "d"], True),
        (["a", "…", "d"], ["b", "d"], False),
        (["1.5 (x)"], ["1x5 (x)"], False),
    ],
)
def test_ellipsis_stands_for_anything(expected: list[str], printed: list[str], *, is_fit: bool) -> None:
    """In a line for some characters, alone for some lines; everything else is taken literally."""
    assert fits(expected, printed) == is_fit


TERMINAL = """
<!-- terminal: 90 -->

```console
$ test -t 0 && test -t 1 && stty size
50 90
$ read -p "sure? [t/N]: " answer; echo "got $answer"  # wpisuje tak
sure? [t/N]: tak
got tak
$ read -p "sure? [y/N]: " answer; test "$answer" = y  # exit status 1  # wpisuje n
sure? [y/N]: n
```
"""


def test_page_of_a_terminal_is_played_on_one_and_its_questions_are_answered(tmp_path: Path) -> None:
    assert list(differences(TERMINAL, tmp_path)) == []


BAR = """
<!-- terminal: 90 -->

```console
$ printf 'before\\n\\033[?25lwork 1/2\\r\\033[2Kwork 2/2\\r\\n\\033[?25h\\r\\033[1A\\033[2Kafter\\n'
before
after
```
"""


def test_a_bar_that_was_drawn_and_erased_is_not_seen(tmp_path: Path) -> None:
    """A busy machine draws one where a quiet one is done sooner."""
    assert list(differences(BAR, tmp_path)) == []


def test_answer_that_is_another_is_told(tmp_path: Path) -> None:
    (found,) = differences(TERMINAL.replace("got tak", "got t"), tmp_path)
    assert "got tak" in told(*found)
