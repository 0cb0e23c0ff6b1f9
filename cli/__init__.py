"""The command line: a skin that parses, makes one call, and prints."""
