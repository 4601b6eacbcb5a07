"""The page: one file for each view."""
