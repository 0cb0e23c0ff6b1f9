"""The measured purge: what it looks for, its plan, how it deletes, and what it can say afterwards."""
