"""Commands on the price list."""
