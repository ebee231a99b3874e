"""Rows out of PostgreSQL into a Polars frame by binary COPY. Only for columns of fixed width that are never null."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from feedback.database import Connection

HEADER_BYTES = 19
TRAILER_BYTES = 2
POSTGRES_DAY_ZERO = np.datetime64("2000-01-01", "D").astype(np.int32)
WIRE_TYPES: Mapping[pl.DataType, str] = {
    pl.Int16(): ">i2",
    pl.Int32(): ">i4",
    pl.Int64(): ">i8",
    pl.Date(): ">i4",
    pl.UInt8(): "u1",
}


async def copy_frame(
    connection: Connection, query: str, *arguments: object, schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """The rows of `query`, whose columns must be, in order, those of `schema`.

    smallint is Int16, integer Int32, bigint Int64, date Date, "char" UInt8 (its ASCII number).
    Raises ValueError when a row is not as wide as the schema says (a null, or another type).
    """
    received = bytearray()

    async def keep(chunk: bytes) -> None:
        received.extend(chunk)

    await connection.copy_from_query(query, *arguments, output=keep, format="binary")
    return read_copy(received, schema)


def read_copy(received: bytes | bytearray, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The frame in a binary COPY stream: a signature, then per row a field count and (length, value) pairs."""
    row = np.dtype(
        [("fields", ">i2")]
        + [
            field
            for name, kind in schema.items()
            for field in ((f"length of {name}", ">i4"), (name, WIRE_TYPES[kind]))
        ]
    )
    body = memoryview(received)[HEADER_BYTES : len(received) - TRAILER_BYTES]
    if len(body) % row.itemsize:
        raise ValueError("a row is not as wide as its schema")
    rows = np.frombuffer(body, dtype=row)
    return pl.DataFrame({name: to_series(name, rows[name], kind) for name, kind in schema.items()})


def to_series(name: str, values: np.ndarray, kind: pl.DataType) -> pl.Series:
    native = values.astype(values.dtype.newbyteorder("="))
    if kind == pl.Date():
        return pl.Series(name, native + POSTGRES_DAY_ZERO, dtype=pl.Int32).cast(pl.Date)
    return pl.Series(name, native, dtype=kind)
