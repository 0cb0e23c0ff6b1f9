"""Inputs of the rows at a position: customers, price lists, a snapshot of each session."""
