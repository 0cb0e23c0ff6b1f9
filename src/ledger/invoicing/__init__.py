"""Billing documents as the outside world takes them: FA(3), KSeF, registers."""
