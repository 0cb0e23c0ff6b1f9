"""Upkeep of the read models: catch-up, replay, comparison, worker processes."""
