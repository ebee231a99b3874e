"""The citizens' pages and what every page of the house shares: frame, errors, limits, headers."""
