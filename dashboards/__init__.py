"""Indicators from daily counts, and the pages that show them."""
