"""Index of the features' background tasks."""
