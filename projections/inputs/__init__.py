"""What rows are made of at a position: customers, price lists, the state of each session."""
