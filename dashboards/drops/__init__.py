"""Watches for drops of service quality, day by day."""
