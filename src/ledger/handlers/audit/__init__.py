"""Handlers for the log: signing, time stamps, bundles, reviews."""
