"""The commands, one folder a noun."""
