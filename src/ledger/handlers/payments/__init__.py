"""Transfers of bank statements: what they pay, proposed, confirmed, taken back."""
