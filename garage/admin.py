"""Index of the features' admin pages."""
