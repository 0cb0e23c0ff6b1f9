"""What each kind of seat may ask for: the table that the gate looks into before a page is made."""

from __future__ import annotations

import re

from cli.desk.seats import Kind

_EVERYBODY = r"/locked|/enter|/static/[^/]+|/head|/|/job/[0-9a-f]+"
_REVIEWED = (
    r"/deletions(/[^/]+(/[a-z]+\.[a-z]+)?)?|/session/\d+/(audit|proof|certificate\.[a-z]+)|/verify(/[a-z.]+)?"
)
_LOOKS = re.compile(rf"{_EVERYBODY}|{_REVIEWED}")
"""What a reviewer sees: pages that hold codes and no names, for which the vault is not opened."""
_POSTS = {
    "review": re.compile(r"/lock|/session|/verify|/deletions/[^/]+/sample|/session/\d+/review"),
    "read-only": re.compile(r"/lock|/session|/verify|/customers"),
}
"""Forms beside those of the desk: leaving, finding a session, verifying, and what a reviewer found."""


def may_ask(kind: Kind, method: str, path: str) -> bool:
    """Return True if a seat of this kind may send this request."""
    if kind == "desk":
        return True
    if method == "POST":
        return _POSTS[kind].fullmatch(path) is not None
    return kind == "read-only" or _LOOKS.fullmatch(path) is not None
