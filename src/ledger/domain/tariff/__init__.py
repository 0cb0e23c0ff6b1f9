"""The price list: sections, windows of the week, calendar."""
