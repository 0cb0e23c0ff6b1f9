"""The write side of Session Ledger: events, rules, store, vault; see docs/architecture.md."""
