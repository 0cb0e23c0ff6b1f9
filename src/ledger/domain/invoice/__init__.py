"""A billing document: its state, its lines, what it says, and whether KSeF must have it."""
