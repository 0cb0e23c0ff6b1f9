"""Answers that no table holds: read from the log and the read models when asked."""
