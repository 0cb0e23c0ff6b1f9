"""Price lists an office changes."""
