"""Known answers to scores and a report."""
