"""A ledger's folder: its layout, files written whole, documents, the ledgers of an organisation."""
