"""Charts: data in, one SVG text out. The same data give the same text.

Each stands alone and in a page: it brings its own colours (light, dark, paper), says in <title> and <desc>
what it shows, and tells its kinds apart by pattern as well as by colour. An id in it starts with the
chart's name, so that two charts can share a page.
"""

from cli.presentation.charts.bands import Span, StartedHour, bands_over_day
from cli.presentation.charts.delays import histogram
from cli.presentation.charts.trend import weekly_trend

__all__ = ["Span", "StartedHour", "bands_over_day", "histogram", "weekly_trend"]
