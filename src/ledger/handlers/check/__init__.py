"""Handlers for `check`: every invariant of a ledger, of its billing, and what can be repaired."""
