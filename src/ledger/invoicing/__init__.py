"""Billing documents as files: the XML of FA(3), its checks, and what is read back from it.

Everything here is given a finished `ledger.document.Document` or the bytes of a file; nothing here decides
an amount.
"""
