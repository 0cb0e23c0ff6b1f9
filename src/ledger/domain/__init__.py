"""The rules: plain data and functions without file, store, clock or chance."""
