"""The read models: rows of each and what reports select from them."""
