"""One module for each thing a citizen can do."""
