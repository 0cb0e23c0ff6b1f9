"""Documents on paper: their content in order (`blocks`), and its layout (`page.typ`)."""
