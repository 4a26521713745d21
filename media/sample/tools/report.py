"""Summarise job times: one "name<TAB>milliseconds" per line in, one table out."""

import sys
from collections import defaultdict
from collections.abc import Iterable


def read(lines: Iterable[str]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        name, _, took = line.rstrip("\n").partition("\t")
        if took:
            times[name].append(float(took))
    return dict(times)


def pct(values: list[float], share: float) -> float:
    ordered = sorted(values)
    rank = share / 100 * (len(ordered) - 1)
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def table(times: dict[str, list[float]]) -> str:
    rows = [f"{'job':<20}{'runs':>6}{'median':>10}{'p95':>10}"]
    for name, values in sorted(times.items()):
        rows.append(f"{name:<20}{len(values):>6}{pct(values, 50):>10.1f}{pct(values, 95):>10.1f}")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(read(sys.stdin)))
