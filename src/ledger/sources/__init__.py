"""What the remote tools wrote themselves: adapters that read it, and the import that makes facts of it."""
