"""A signature drawn on a screen: strokes of points [x, y], each from 0 to 1000 of the field's width and height. Kept
as numbers, drawn as a line on paper and page. No ORM."""

from typing import Any

from django.utils.translation import gettext as _

from config.lib.errors import Invalid

SIZE = 1000
MAX_STROKES, MAX_POINTS = 100, 5000
HEIGHT = 400  # the field is two fifths as high as wide: what svg_path draws in


def clean(strokes: Any) -> list[list[list[int]]]:
    """The strokes as whole numbers; an empty list when nothing was drawn. Invalid on `signature`."""
    wrong = Invalid(errors={"signature": [_("This signature cannot be read. Draw it again.")]})
    if not strokes:
        return []
    if not isinstance(strokes, list | tuple) or len(strokes) > MAX_STROKES:
        raise wrong
    lines = [[_point(point, wrong) for point in _sequence(stroke, wrong)] for stroke in strokes]
    lines = [line for line in lines if line]
    if sum(len(line) for line in lines) > MAX_POINTS:
        raise wrong
    return lines


def _sequence(value: Any, wrong: Invalid) -> Any:
    if not isinstance(value, list | tuple) or len(value) > MAX_POINTS:
        raise wrong
    return value


def _point(value: Any, wrong: Invalid) -> list[int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise wrong
    for number in value:
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= SIZE:
            raise wrong
    return list(value)


def svg_path(strokes: list[list[list[int]]]) -> str:
    """The `d` of an SVG path in a box of 1000 × 400. A stroke of one point is a dot."""
    parts = []
    for line in strokes:
        points = [f"{x} {y * HEIGHT // SIZE}" for x, y in line]
        parts.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return "".join(parts)
