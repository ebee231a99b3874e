"""What goes into one release, as a value, and as bytes that are the same on every machine and in every year.

Ratings can be read again from their rows. Catalogue and dossiers may be corrected later, so a release keeps its own.
"""

import hashlib
import io
import zlib
from collections.abc import Mapping

import msgspec
import polars as pl

from dashboards.indicators.roles import Lookups
from dashboards.releases.corrections import Corrected
from dashboards.releases.quarters import Quarter
from feedback.tables.release_inputs import DOSSIERS, PROCEDURES, SURVEYS, TITLES, UNITS

KEPT: Mapping[str, Mapping[str, pl.DataType]] = {
    "units": UNITS,
    "titles": TITLES,
    "procedures": PROCEDURES,
    "surveys": SURVEYS,
    "regions": {"province": pl.String(), "region": pl.String()},
    "open_flags": {"entity_id": pl.Int32()},
    "dossiers": DOSSIERS,
}


class ReleaseInput(msgspec.Struct, frozen=True):
    """`corrected` counts and `dossiers` are those of `quarter`; `data_cut` is the last sequence number that is in."""

    quarter: Quarter
    data_cut: int
    corrected: Corrected
    lookups: Lookups
    dossiers: pl.DataFrame


def list_kept(lookups: Lookups, dossiers: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The frames that a release keeps a copy of, each in the order of all its columns."""
    frames = {**msgspec.structs.asdict(lookups), "dossiers": dossiers}
    return {name: frame.sort(frame.columns) for name, frame in frames.items()}


def pack_frame(frame: pl.DataFrame) -> bytes:
    return zlib.compress(write_text(frame), level=9)


def unpack_frame(name: str, content: bytes) -> pl.DataFrame:
    """`name` is one of KEPT."""
    text = io.BytesIO(zlib.decompress(content))
    return pl.read_csv(text, schema=KEPT[name], empty_string_is_null=False)


def write_text(frame: pl.DataFrame) -> bytes:
    """Comma-separated text with a header: for rows in a fixed order, always the same bytes."""
    return frame.write_csv(quote_style="non_numeric").encode()


def digest_input(entry: ReleaseInput) -> bytes:
    """SHA-256 over everything that went in, part by part, each under its name."""
    frames = {
        "counts": entry.corrected.counts,
        "carried": entry.corrected.carried,
        "waiting": entry.corrected.waiting,
        **list_kept(entry.lookups, entry.dossiers),
    }
    digest = hashlib.sha256(f"{entry.quarter.code} {entry.data_cut}\n".encode())
    for name, frame in sorted(frames.items()):
        digest.update(f"{name} {frame.height}\n".encode())
        digest.update(write_text(frame))
    return digest.digest()
