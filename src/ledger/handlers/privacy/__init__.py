"""Handlers for personal data: access, erasure, retention."""
