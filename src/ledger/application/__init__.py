"""An opened ledger: what it is read with, and the one way in which anything is recorded."""
