"""The desk: the same ledger on a page in the browser, on this computer alone."""
