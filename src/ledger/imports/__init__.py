"""History in bulk: tables of customers, purchases and sessions, taken whole or not at all."""
