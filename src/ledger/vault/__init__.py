"""The vault: personal data that can be erased, bound to events by commitments."""
