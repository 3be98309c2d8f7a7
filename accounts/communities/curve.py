"""The curve of a pot as an SVG path, drawn on the server. Pure arithmetic; the page adds the words and the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

WIDTH, HEIGHT, MARGIN = 600, 160, 6
SHORT = timedelta(days=2)  # a shorter history is drawn movement by movement: by time it would be one upright line


@dataclass(frozen=True)
class Curve:
    """`line` and `area` are path data in a box of WIDTH × HEIGHT; `grid` holds heights of the helper lines."""

    line: str
    area: str
    end_x: float
    end_y: float
    highest: Decimal
    grid: list[float]
    points: list[tuple[Any, Decimal]]
    width: int = WIDTH
    height: int = HEIGHT


def _moment(at: datetime | date) -> datetime:
    """A day counts from its end."""
    return at if isinstance(at, datetime) else timezone.make_aware(datetime.combine(at, time.max))


def draw(points: Sequence[tuple[datetime | date, Decimal]], now: datetime) -> Curve | None:
    """(when, balance) oldest first, as steps: a balance holds until the next movement. None without movement."""
    if not points:
        return None
    moments = [_moment(at) for at, _balance in points]
    first, last = moments[0], max(now, moments[-1])
    if last - first < SHORT:
        xs = [WIDTH * i / len(points) for i in range(len(points))]
    else:
        xs = [WIDTH * ((at - first) / (last - first)) for at in moments]
    highest = max(balance for _at, balance in points) or Decimal(1)
    room = HEIGHT - 2 * MARGIN
    ys = [HEIGHT - MARGIN - float(max(balance, Decimal(0)) / highest) * room for _at, balance in points]
    steps = [f"M{xs[0]:.1f} {HEIGHT - MARGIN:.1f}"]
    for x, y in zip(xs, ys, strict=True):
        steps += [f"H{x:.1f}", f"V{y:.1f}"]
    line = "".join([*steps, f"H{WIDTH}"])
    return Curve(
        line=line, area=f"{line}V{HEIGHT - MARGIN}H{xs[0]:.1f}Z", end_x=WIDTH, end_y=round(ys[-1], 1),
        highest=highest, grid=[MARGIN, HEIGHT / 2, HEIGHT - MARGIN], points=list(reversed(points)),
    )
