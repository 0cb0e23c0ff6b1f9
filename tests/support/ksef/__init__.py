"""A KSeF of our own for the tests: it speaks HTTP, decrypts, checks and answers as the real one does."""
