"""A demo rule for the area type of a commune, where the official lists of such communes would stand."""

from collections import defaultdict
from collections.abc import Sequence

from feedback.demo.recipe import read_recipe
from feedback.tables.places import Place

BORDER_PART = 5  # one xã in so many of a border province


def find_area_types(communes: Sequence[Place]) -> dict[str, str]:
    """Area type by commune code: phường urban, đặc khu island, xã rural, mountain or border."""
    recipe = read_recipe().national_areas
    of_province: defaultdict[str | None, list[Place]] = defaultdict(list)
    types: dict[str, str] = {}
    for place in communes:
        if place.kind == "xã":
            of_province[place.province_code].append(place)
            types[place.code] = "mountain" if place.province_code in recipe.mountain else "rural"
        else:
            types[place.code] = "urban" if place.kind == "phường" else "island"
    for province in recipe.border_north:
        northernmost = sorted(of_province[province], key=lambda place: -place.latitude)
        types |= dict.fromkeys(_take_border_codes(northernmost), "border")
    for province in recipe.border_west:
        westernmost = sorted(of_province[province], key=lambda place: place.longitude)
        types |= dict.fromkeys(_take_border_codes(westernmost), "border")
    return types


def _take_border_codes(nearest_first: Sequence[Place]) -> list[str]:
    return [place.code for place in nearest_first[: len(nearest_first) // BORDER_PART]]
