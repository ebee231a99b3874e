"""Cross-check rounds: the higher level draws a sample, looks for itself, and sets what it found beside the ratings."""
