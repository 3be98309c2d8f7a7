"""The figures of docs/performance.md: each against a floor measured beside it, in the same run."""
