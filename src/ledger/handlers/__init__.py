"""Command handlers, one module a noun: load, decide, record."""
