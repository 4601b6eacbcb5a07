"""Official sources to passages to a searchable index."""
