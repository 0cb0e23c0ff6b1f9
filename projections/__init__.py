"""Read models: derived from the events, disposable, and the same for the same events."""
