"""The event store: append-only events in one order, and what is found by key."""
