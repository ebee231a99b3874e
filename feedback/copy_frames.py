"""Rows out of PostgreSQL into a Polars frame by binary COPY. Only for columns of fixed width that are never null."""

import asyncio
from collections.abc import AsyncIterator, Mapping

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


# A few hundred thousand rows at a time keep memory level and let counting begin while rows still arrive.
PART_BYTES = 32 * 1024 * 1024


async def copy_frame(
    connection: Connection, query: str, *arguments: object, schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """The rows of `query`, whose columns must be, in order, those of `schema`.

    smallint is Int16, integer Int32, bigint Int64, date Date, "char" UInt8 (its ASCII number).
    Raises ValueError when a row is not as wide as the schema says (a null, or another type).
    """
    parts = [part async for part in copy_frames(connection, query, *arguments, schema=schema)]
    return pl.concat(parts)


async def copy_frames(
    connection: Connection, query: str, *arguments: object, schema: Mapping[str, pl.DataType]
) -> AsyncIterator[pl.DataFrame]:
    """`copy_frame` in parts, at least one; the next part arrives while the last one is worked on."""
    row = describe_row(schema)
    part_bytes = PART_BYTES // row.itemsize * row.itemsize
    parts: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=2)
    received = bytearray()
    skip_header = HEADER_BYTES

    async def keep(chunk: bytes) -> None:
        nonlocal skip_header
        received.extend(chunk[skip_header:])
        skip_header = max(0, skip_header - len(chunk))
        while len(received) >= part_bytes + TRAILER_BYTES:
            await parts.put(bytes(received[:part_bytes]))
            del received[:part_bytes]

    async def copy() -> None:
        try:
            await connection.copy_from_query(query, *arguments, output=keep, format="binary")
            await parts.put(bytes(received[:-TRAILER_BYTES]))
        finally:
            await parts.put(None)

    copying = asyncio.create_task(copy())
    while (part := await parts.get()) is not None:
        yield await asyncio.to_thread(read_rows, part, row, schema)
    await copying


def describe_row(schema: Mapping[str, pl.DataType]) -> np.dtype[np.void]:
    """A row on the wire: a field count, then a length and a value for each column."""
    pairs = (pair for name, kind in schema.items() for pair in ((f"length of {name}", ">i4"), (name, WIRE_TYPES[kind])))
    return np.dtype([("fields", ">i2"), *pairs])


def read_rows(part: bytes, row: np.dtype[np.void], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    if len(part) % row.itemsize:
        raise ValueError("a row is not as wide as its schema")
    rows = np.frombuffer(part, dtype=row)
    if any((rows[f"length of {name}"] != row[name].itemsize).any() for name in schema):
        raise ValueError("a value is not as wide as its schema")
    return pl.DataFrame({name: to_series(name, rows[name], kind) for name, kind in schema.items()})


def to_series(name: str, values: np.ndarray, kind: pl.DataType) -> pl.Series:
    native = values.astype(values.dtype.newbyteorder("="))
    if kind == pl.Date():
        return pl.Series(name, native + POSTGRES_DAY_ZERO, dtype=pl.Int32).cast(pl.Date)
    return pl.Series(name, native, dtype=kind)
