"""Documents on paper: what stands on them in order (`blocks`), and how it is set (`page.typ`)."""
