"""The places of the desk, one module each: what is read, and what the page shows."""
