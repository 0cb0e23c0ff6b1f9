"""Handlers for billing documents, from the charges to the payment."""
