"""Reads, rights and locks of the workshop, one module per thing: import the module, not names from here."""
