"""Queries without a table of their own: answered from the log and the read models when asked."""
