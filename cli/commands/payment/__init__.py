"""Commands on transfers of bank statements."""
