"""Somebody who has no mouse: keys alone, each of them counted."""

from __future__ import annotations

from tests.support.chromium import Page

TABS_MAX = 150
_FOCUSED = "document.activeElement.matches({css!r})"


class Keyboard:
    """Keys that are pressed on a page; `keys` and `pages` count what it took."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.keys = 0
        self.pages = 0

    def presses(self, *keys: str) -> None:
        """Press keys one after the other."""
        self._page.presses(*keys)
        self.keys += len(keys)

    def reaches(self, css: str) -> None:
        """Press Tab until what is meant has the focus."""
        for _ in range(TABS_MAX):
            if self._page.asks(_FOCUSED.format(css=css)):
                return
            self.presses("Tab")
        raise AssertionError(f"no Tab leads to {css}")

    def jumps(self) -> None:
        """Go to what the page has as its next step: one key."""
        self.presses(".")

    def opens(self, action: str) -> None:
        """Open a folded form; one that stands open stays so."""
        self.reaches(f"#{action} > summary")
        if not self._page.asks(f"document.getElementById({action!r}).open"):
            self.presses("Enter")
        self._page.wait(f"document.getElementById({action!r}).open")

    def types(self, field: str, text: str) -> None:
        """Go on to a field and type over what stands in it."""
        self.reaches(f"#{field}")  # a field that Tab reaches has its text marked
        self._page.types(text)
        self.keys += len(text)

    def chooses(self, field: str, word: str, value: str) -> None:
        """Go on to a choice and type the first letters of a word."""
        self.reaches(f"#{field}")
        self.presses(*word)
        assert self._page.asks(f"document.getElementById({field!r}).value") == value, word

    def sends(self) -> None:
        """Press Enter, and wait for the page that follows."""
        self.presses("Enter")
        self._page.settles()
        self.pages += 1

    def goes(self, key: str, path: str) -> None:
        """Go to a place by its key."""
        self._page.asks("window.isLeft = true")
        self.presses("g", key)
        self._page.wait(f"!window.isLeft && location.pathname.startsWith({path!r})")
        self._page.settles()
        self.pages += 1

    def follows(self, css: str) -> None:
        """Go on to a link and follow it."""
        self.reaches(css)
        self.sends()
