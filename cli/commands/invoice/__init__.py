"""Commands on billing documents."""
