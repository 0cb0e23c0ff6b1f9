"""Billing documents as they leave the shop: FA(3), paper, KSeF."""
