"""Where the mass of an integrand lies: a global search for peaks that a quadrature rule would step over.

The integrand is tried over the whole range, on a logarithmic grid where that is infinite, and beside every constant of
the formula. Its logarithm rises towards a narrow peak from far away, also where float64 knows only zeros, so that each
local maximum is followed by zooming in. A rule that has no points there is cut in two at the peak: the points of a
double-exponential rule gather at the ends of a range, at every scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import numpy as np

from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError

LogSize: TypeAlias = Callable[[Numbers], Numbers]

SCAN_POINTS = 240
DENSE_SCAN_POINTS = 4_000
MANY_ZEROS = 0.2
FOOT_POINTS = 141
DECADES = (-3.0, 9.0)
MOST_PEAKS = 8
ZOOM_POINTS = 17
ZOOMS = 14
SEEN_POINTS = 8
NEGLIGIBLE = 40.0
NOTHING_THERE = (
    "what is integrated is 0 at every point tried: it may be too narrow to be found; write where it lies, by the bounds"
)


def breaks_at_peaks(
    log_size: LogSize, nodes: Numbers, ends: tuple[float, float], constants: Iterable[float]
) -> list[float]:
    """Where to cut a range: at each peak that fewer than `SEEN_POINTS` of the nodes lie on, and where it has fallen.

    Errors: EvaluationError where the integrand is zero at every point tried.
    """
    points = np.unique(np.concatenate([nodes, _scanned(nodes, ends, SCAN_POINTS), _inside(constants, ends)]))
    sizes = log_size(points)
    at_nodes = sizes[np.searchsorted(points, nodes)]
    if np.mean(np.isneginf(sizes)) > MANY_ZEROS and np.all(np.isfinite(ends)):
        points = np.unique(np.concatenate([points, _scanned(nodes, ends, DENSE_SCAN_POINTS)]))
        sizes = log_size(points)
    if np.all(np.isneginf(sizes)):
        raise EvaluationError(NOTHING_THERE)
    tops = [top for top in local_maxima(sizes) if not _is_seen(points[top], sizes[top], nodes, at_nodes)]
    found = [zoomed(log_size, points, sizes, top) for top in tops]
    greatest = max([float(at_nodes.max()), *(size for _, size in found)])
    breaks: set[float] = set()
    for place, size in found:
        if size > greatest - NEGLIGIBLE and not _is_seen(place, size, nodes, at_nodes):
            breaks |= {place, *_feet(log_size, place, size, ends)}
    return sorted(place for place in breaks if ends[0] < place < ends[1])


def _feet(log_size: LogSize, place: float, size: float, ends: tuple[float, float]) -> Iterator[float]:
    """Where a peak has fallen off to nothing on either side."""
    reach = np.diff(ends)[0] if np.all(np.isfinite(ends)) else max(1.0, abs(place)) * 1e6
    distances = reach * np.logspace(-14, 0, FOOT_POINTS)
    for side in (-1, 1):
        fallen = np.flatnonzero(log_size(place + side * distances) < size - NEGLIGIBLE)
        if fallen.size:
            yield place + side * float(distances[fallen[0]])


def _scanned(nodes: Numbers, ends: tuple[float, float], count: int) -> Numbers:
    if np.all(np.isfinite(ends)):
        return np.linspace(*ends, count + 2)[1:-1]
    away = np.logspace(*DECADES, count // 2)
    centre = float(np.median(nodes))
    return _inside(np.concatenate([centre - away, [centre], centre + away]), ends)


def _inside(points: Iterable[float], ends: tuple[float, float]) -> Numbers:
    values = np.asarray(list(points), dtype=float)
    return values[(values > ends[0]) & (values < ends[1])]


def local_maxima(sizes: Numbers) -> Numbers:
    """The greatest of the points whose neighbours are no greater."""
    padded = np.concatenate([[-np.inf], sizes, [-np.inf]])
    tops = np.flatnonzero(np.isfinite(sizes) & (sizes >= padded[:-2]) & (sizes >= padded[2:]))
    return tops[np.argsort(-sizes[tops], kind="stable")][:MOST_PEAKS]


def zoomed(log_size: LogSize, points: Numbers, sizes: Numbers, place: int) -> tuple[float, float]:
    """A local maximum and its size, by a grid that shrinks around its greatest point."""
    low, high = points[max(place - 1, 0)], points[min(place + 1, len(points) - 1)]
    best, size = float(points[place]), float(sizes[place])
    for _ in range(ZOOMS):
        grid = np.linspace(low, high, ZOOM_POINTS)
        values = log_size(grid)
        top = int(np.nanargmax(values))
        gained = float(values[top]) - size
        if gained > 0:
            best, size = float(grid[top]), float(values[top])
        if (gained <= 1e-6 and high - low < 1e-6 * max(abs(best), 1e-300)) or high <= low:
            break
        step = (high - low) / (ZOOM_POINTS - 1)
        low, high = max(low, best - step), min(high, best + step)
    return best, size


def _is_seen(place: float, size: float, nodes: Numbers, at_nodes: Numbers) -> bool:
    """Whether enough nodes around a peak reach a third of its height."""
    order = np.argsort(nodes)
    nearest = int(np.searchsorted(nodes[order], place))
    around = at_nodes[order][max(nearest - SEEN_POINTS, 0) : nearest + SEEN_POINTS]
    return int(np.sum(around > size - 1.1)) >= SEEN_POINTS
