"""Sums of fractions that come out the same, bit for bit, in any order and on any number of processors.

A float sum depends on the order of its terms; here each term becomes a whole number of tiny parts first.
"""

import polars as pl

PARTS = 2.0**80  # a power of two, so scaling rounds nothing; so small that no term loses a digit that matters


def sum_exactly(terms: pl.Expr) -> pl.Expr:
    """The sum within a group or window; terms must be finite, their sum below 1e14, null ones count as 0."""
    return (terms * PARTS).round().cast(pl.Int128).sum().cast(pl.Float64) / PARTS
