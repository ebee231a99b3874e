"""The citizens' pages, the one door into the store, and the store itself."""
