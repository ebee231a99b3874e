"""Rows turned into columns, the form in which unnest takes many rows in one statement."""

from collections.abc import Sequence

import msgspec


def list_columns(rows: Sequence[msgspec.Struct], *names: str) -> list[list[object]]:
    return [[getattr(row, name) for row in rows] for name in names]
