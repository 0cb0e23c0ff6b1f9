"""Commands on records of remote tools."""
