"""The messages of the code: calls of `msg` and its like, hints made of parts, what Click shows."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cli.localized import help_texts
from cli.main import make_root
from cli.registry import COMMANDS, GROUPS

ROOT = Path(__file__).parents[2]
ROOTS = ("src/ledger", "projections", "cli")
CALLS = {"msg": 0, "msg_in": 1, "msg_n": 0, "later": 0}
"""The functions that make messages, and which of their arguments is the template.

`msg(name)` is of a template that `later` marked where it stands.
"""


class Found(NamedTuple):
    """A message and the file that says it."""

    template: str
    plural: str
    context: str
    file: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What two messages differ in."""
        return self.template, self.plural, self.context


class NotConstant(Exception):  # noqa: N818 - it says what was found
    """A template is computed: no catalogue can hold it."""


def messages_of_code() -> Iterator[Found]:
    """Yield every message of the ledger, the projections and the command line."""
    for top in ROOTS:
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from _of_call(node, node.func.id, name)


def _of_call(node: ast.Call, called: str, file: str) -> Iterator[Found]:
    if called in CALLS and not (called == "msg" and isinstance(node.args[0], ast.Name)):
        place = f"{file}:{node.lineno}"
        template = _constant(node.args[CALLS[called]], place)
        plural = _constant(node.args[1], place) if called == "msg_n" else ""
        context = _constant(node.args[0], place) if called == "msg_in" else ""
        yield Found(template, plural, context, file)
    elif called == "Hint" and (template := _of_hint(node)):
        yield Found(template, "", "", file)


def _constant(node: ast.expr, place: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotConstant(f"{place}: {ast.unparse(node)}")


def _of_hint(node: ast.Call) -> str:
    """Return the template of a hint as `Hint.message` makes it; empty for one without words of its own."""
    template, steps, has_words = "", 0, False
    for part in node.args:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            template, has_words = template + part.value, True
        elif isinstance(part, ast.Starred | ast.JoinedStr):
            return ""
        else:
            steps += 1
            template += "{step}" if steps == 1 else f"{{step_{steps}}}"
    return template if has_words else ""


def messages_of_help() -> Iterator[Found]:
    """Yield what Click shows of the commands: texts of help, names of values, the table of commands."""
    root = make_root(COMMANDS, GROUPS)
    for text in help_texts(root):
        yield Found(text, "", "", "cli/main.py")
    for summary in (*GROUPS.values(), *(entry.summary for entry in COMMANDS.values())):
        yield Found(summary, "", "", "cli/registry.py")
    for entry in COMMANDS.values():
        module, _, attribute = entry.target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        for text in help_texts(command):
            yield Found(text, "", "", f"{module.replace('.', '/')}.py")


def messages_of_click() -> Iterator[Found]:
    """Yield what the installed Click asks gettext for, and the one word that it computes."""
    spec = importlib.util.find_spec("click")
    assert spec is not None
    assert spec.origin is not None
    for path in sorted(Path(spec.origin).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            name = f"click/{path.name}"
            if node.func.id == "_" and len(texts) == 1 and isinstance(texts[0], str):
                yield Found(texts[0], "", "", name)
            elif node.func.id == "ngettext" and isinstance(texts[0], str) and isinstance(texts[1], str):
                yield Found(texts[0], texts[1], "", name)
    yield Found("required", "", "", "click/core.py")
