"""What the charts share: the frame, a text, a hatching."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from cli.presentation.text import harmless

FONT = 'font: 11px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'


def drawing(
    name: str,
    size: tuple[int, int],
    body: Iterable[str],
    *,
    title: str,
    description: str,
    style: str,
    look: str | None = None,
) -> str:
    """Build a whole SVG of `size` (width, height); `style` is its CSS, each rule under the class `look`.

    Drawings of one look that share a page have each a `name`, for their ids; alone, the name is the look.
    """
    width, height = size
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{look or name}" viewBox="0 0 {width} {height}"',
        f' width="{width}" height="{height}" role="img" aria-labelledby="{name}-title {name}-desc">',
        f'<title id="{name}-title">{shown(title)}</title>',
        f'<desc id="{name}-desc">{shown(description)}</desc>',
        f"<style>\n{style}</style>",
    )
    return "\n".join((*head, *body, "</svg>\n"))


def shown(text: str) -> str:
    """Escape a text for the drawing."""
    return escape(harmless(text))


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that is longer than a drawing has room for."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def label(x: float, y: float, text: str, anchor: str = "middle", kind: str = "label") -> str:
    """Draw a text at a point, its class `kind`."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{shown(text)}</text>'


def line(from_point: tuple[float, float], to_point: tuple[float, float], kind: str) -> str:
    """Draw a straight line of a class."""
    (x1, y1), (x2, y2) = from_point, to_point
    return f'<line class="{kind}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def hatching(name: str) -> str:
    """Define a pattern of slanted lines: the CSS classes `ground` and `hatch` colour it."""
    return (
        f'<pattern id="{name}" width="7" height="7" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="ground" width="7" height="7"/>'
        '<line class="hatch" x1="0" y1="0" x2="0" y2="7"/></pattern>'
    )
