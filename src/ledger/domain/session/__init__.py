"""A help session: its state, how events change it, and what may happen next."""
