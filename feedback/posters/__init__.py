"""The printed side of a desk code: desk cards, exit posters and sheets of cards, as PDF."""
