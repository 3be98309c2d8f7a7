"""Index of the features' models."""
