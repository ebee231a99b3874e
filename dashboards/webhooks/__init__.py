"""Tells other programs, signed, that there is a new release."""
