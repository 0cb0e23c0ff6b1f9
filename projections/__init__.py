"""Read models: what the events add up to. Derived, disposable, and the same for the same events."""
