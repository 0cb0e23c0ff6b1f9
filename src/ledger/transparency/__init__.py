"""The transparency log: signed tree heads over all events, proofs, and what an outsider checks."""
