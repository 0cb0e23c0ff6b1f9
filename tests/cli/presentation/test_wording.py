"""What both faces show is worded once."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PRESENTATION = Path(__file__).parents[3] / "cli" / "presentation"


def _texts(tree: ast.AST) -> list[tuple[str, ...]]:
    """Every message of a module: its words in English, with their context."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in {"msg", "msg_in"}]
    return [tuple(str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)) for node in named]


def test_text_stands_in_one_file_only() -> None:
    places = defaultdict[tuple[str, ...], set[str]](set)
    for file in PRESENTATION.rglob("*.py"):
        for text in _texts(ast.parse(file.read_text(encoding="utf-8"))):
            places[text].add(str(file.relative_to(PRESENTATION)))
    assert len(places) > 200
    assert {text: files for text, files in places.items() if len(files) > 1} == {}
