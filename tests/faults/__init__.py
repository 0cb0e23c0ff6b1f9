"""Faults: what is left after them."""
