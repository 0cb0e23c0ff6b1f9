"""Sending to KSeF: the client, login, settings, status codes, and the QR codes of paper."""
