"""Commands on a help session."""
