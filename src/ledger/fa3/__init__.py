"""Billing documents as FA(3): written, validated, read again and counted anew."""
