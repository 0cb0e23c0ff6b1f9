"""Speed, measured beside baselines in one run: `make bench`."""
