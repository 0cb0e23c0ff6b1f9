"""Money that arrives: what a transfer says, which documents it names, and what is certain about it."""
