"""The command line: a skin. Each command parses, calls one function of the ledger or a projection, prints."""
