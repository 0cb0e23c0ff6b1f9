"""One module a format; each has `write(report, page, out)` and writes bytes that depend on nothing else."""
