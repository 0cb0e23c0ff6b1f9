"""Statements of bank accounts: MT940, camt.053, and the CSV files of banks."""
