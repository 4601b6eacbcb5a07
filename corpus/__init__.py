"""What is known: passages, sources, annotations and settings. Imports none of the other packages."""
