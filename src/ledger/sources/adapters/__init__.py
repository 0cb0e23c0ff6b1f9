"""Readers of the formats of remote tools: one file a format."""
