"""The districts' outlines, out of the GeoJSON that a municipality brings (RFC 7946): made small once, kept encrypted.

No tiles, no addresses, nothing from outside (SEC-01): the outlines become a few paths of an SVG. The projection is the
simplest that looks right over one municipality: longitude shortened by the cosine of the middle latitude.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, delete, select

from backend.files import service as files
from backend.files.models import stored_file
from backend.files.service import File
from backend.tenants.service import By

PURPOSE = "district_map"
WIDE = 1000
"""The drawing's longer side, in whole units; every point lies on this grid."""
MOST_BYTES = 30 * 1024 * 1024
MOST_POINTS = 2_000_000
MOST_DRAWN = 200_000
"""Points that are left after thinning: more could not be told apart on the drawing, and would take minutes to straighten."""
_FINE = 1.2
"""How far, in units of the grid, a line may be straightened."""
_NEAR = 0.5
"""A point that is nearer than this to the one before, across and down, is not looked at."""

Ring: TypeAlias = list[tuple[float, float]]


class NoMap(ValueError):
    """The file cannot be used: `args[0]` is the key of a sentence."""


def outlines(content: bytes, districts: Sequence[str]) -> dict[str, Any]:
    """{"width", "height", "paths": {district: SVG path}, "labels": {district: (x, y)}} of the areas whose name is one of the districts.

    The property that holds the names is found by how many of them it fits. Raises `NoMap`.
    """
    try:
        read = orjson.loads(content)
        features = [one for one in read["features"] if isinstance(one.get("properties"), dict) and one.get("geometry")]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise NoMap("console.map.no_geojson") from None
    known = {_plain(name): name for name in districts}
    key = _name_of(features, known)
    rings: dict[str, list[Ring]] = {}
    try:
        for one in features:
            named = known.get(_plain(str(one["properties"].get(key, ""))))
            if named:
                rings.setdefault(named, []).extend(_rings(one["geometry"]))
        return _drawn({name: some for name, some in rings.items() if some})
    except NoMap:
        raise
    except (KeyError, TypeError, IndexError, ValueError, OverflowError):
        raise NoMap("console.map.no_geojson") from None


def keep(connection: Connection, tenant_id: str, by: By, drawing: Mapping[str, Any]) -> None:
    """Keep the drawing in place of the one before."""
    connection.execute(delete(stored_file).where(stored_file.c.tenant_id == tenant_id, stored_file.c.purpose == PURPOSE))
    made = File("districts.json", "application/json", orjson.dumps(drawing))
    files.keep(connection, tenant_id=tenant_id, purpose=PURPOSE, file=made, at=by.at, staff_id=by.staff_id)


def kept(connection: Connection, tenant_id: str, by: By) -> dict[str, Any] | None:
    """The municipality's drawing, or None."""
    mine = select(stored_file.c.id).where(stored_file.c.tenant_id == tenant_id, stored_file.c.purpose == PURPOSE)
    id_ = connection.execute(mine.limit(1)).scalar_one_or_none()
    found = files.read(connection, tenant_id, id_, PURPOSE, by.at) if id_ else None
    return orjson.loads(found.content) if found else None


def _name_of(features: Sequence[Mapping[str, Any]], known: Mapping[str, str]) -> str:
    fits: dict[str, set[str]] = {}
    for one in features:
        for key, value in one["properties"].items():
            if isinstance(value, str) and _plain(value) in known:
                fits.setdefault(str(key), set()).add(_plain(value))
    if not fits:
        raise NoMap("console.map.no_district")
    return max(fits, key=lambda key: len(fits[key]))


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    kind, points = geometry["type"], geometry.get("coordinates")
    if kind == "GeometryCollection":
        for part in geometry["geometries"]:
            if part["type"] != "GeometryCollection":
                yield from _rings(part)
        return
    areas: list[Any] = {"Polygon": [points], "MultiPolygon": points or []}.get(kind, [])
    for area in areas:
        for ring in area:
            made = [(float(point[0]), float(point[1])) for point in ring]
            if not all(math.isfinite(x) and abs(x) <= 360 and math.isfinite(y) and abs(y) <= 90 for x, y in made):
                raise ValueError("not degrees")
            yield made


def _drawn(rings: Mapping[str, list[Ring]]) -> dict[str, Any]:
    points = [point for some in rings.values() for ring in some for point in ring]
    if not points or len(points) > MOST_POINTS:
        raise NoMap("console.map.no_geojson")
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDE / max((east - west) * narrow, north - south, 1e-9)
    paths, labels, drawn = {}, {}, 0
    for name in sorted(rings):
        lines = [
            thinned([(round((x - west) * narrow * scale, 1), round((north - y) * scale, 1)) for x, y in ring]) for ring in rings[name]
        ]
        drawn += sum(map(len, lines))
        if drawn > MOST_DRAWN:
            raise NoMap("console.map.too_fine")
        if path := "".join(_path(straightened(line)) for line in lines):
            paths[name] = path
            labels[name] = _middle(max(lines, key=lambda line: abs(_area(line))))
    return {
        "width": round((east - west) * narrow * scale), "height": round((north - south) * scale), "paths": paths, "labels": labels,
    }  # fmt: skip


def _area(line: Ring) -> float:
    """Twice the area inside, positive or negative by the way round."""
    return sum(x * b - a * y for (x, y), (a, b) in pairwise(line))


def _middle(line: Ring) -> tuple[int, int]:
    """Where a name is written: the middle of the area."""
    area = _area(line)
    if not area:
        return round(line[0][0]), round(line[0][1])
    pairs = list(pairwise(line))
    across = sum((x + a) * (x * b - a * y) for (x, y), (a, b) in pairs) / (3 * area)
    down = sum((y + b) * (x * b - a * y) for (x, y), (a, b) in pairs) / (3 * area)
    return round(across), round(down)


def _path(line: Ring) -> str:
    """A closed line; one that has shrunk to nothing is left out."""
    spots = [(round(x), round(y)) for x, y in line]
    spots = [spot for place, spot in enumerate(spots) if place == 0 or spot != spots[place - 1]]
    if len(set(spots)) < 3:
        return ""
    return f"M{' '.join(f'{x},{y}' for x, y in spots)}Z"


def thinned(line: Ring) -> Ring:
    """The line without points that are as good as the one before; its ends stay."""
    kept_ = line[:1]
    for x, y in line[1:-1]:
        if abs(x - kept_[-1][0]) >= _NEAR or abs(y - kept_[-1][1]) >= _NEAR:
            kept_.append((x, y))
    return kept_ + line[1:][-1:]


def straightened(line: Ring) -> Ring:
    """The line with the points left out that lie within `_FINE` of it (Ramer 1972, Douglas and Peucker 1973).

    A line that is cut unevenly again and again, as a saw or a spiral can be, is cut in the middle from a depth on: n log n
    steps for any line, and no more than `_FINE` astray all the same.
    """
    if len(line) < 4:
        return line
    keep_ = {0, len(line) - 1}
    spans = [(0, len(line) - 1, len(line).bit_length() + 8)]
    while spans:
        start, end, depth = spans.pop()
        far, place = 0.0, 0
        for n in range(start + 1, end):
            off = _distance(line[n], line[start], line[end])
            if off > far:
                far, place = off, n
        if far > _FINE:
            place = place if depth > 0 else (start + end) // 2
            keep_.add(place)
            spans += [(start, place, depth - 1), (place, end, depth - 1)]
    return [line[place] for place in sorted(keep_)]


def _distance(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """From a point to the piece of line between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length)) if length else 0.0
    return math.hypot(point[0] - start[0] - along * dx, point[1] - start[1] - along * dy)


def _plain(name: str) -> str:
    """校区 names as people write them: 全角, spaces, with or without 校区 at the end."""
    folded = "".join(unicodedata.normalize("NFKC", name).split())
    return folded.removesuffix("小学校区").removesuffix("校区").removesuffix("地区") or folded
