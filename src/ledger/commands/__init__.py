"""What a person can do, one function each; one module a noun."""
