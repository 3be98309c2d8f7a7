"""Drawings of the demo's goods, made by code: flat shapes on paper, one colour each, four times oversampled."""

import io
import math
from collections.abc import Callable

from PIL import Image, ImageDraw

SIZE = 800
OVER = 2
PALETTE = {
    "honey": "#D9932B", "apricot": "#E58A4E", "coffee": "#6B4630", "sand": "#C9AD7F", "olive": "#7C8440",
    "amber": "#B8722C", "sky": "#5E93B3", "brick": "#A9513B", "apple": "#9BAA3B", "lemon": "#DDB82F",
    "indigo": "#3F5680", "mint": "#6FAE93", "raspberry": "#B23A5B", "leaf": "#3F7F52", "tomato": "#CC4B37",
    "carrot": "#DD6F2C", "ink": "#2F3A45",
}  # fmt: skip
PAPER = "#F3EBDD"
LIGHT = "#FFFDF8"
SHADE = "#E4D8C4"


class Pen:
    """A pencil in a square of 100 × 100 units."""

    def __init__(self, colour: str):
        self.scale = SIZE * OVER / 100
        self.colour = PALETTE[colour]
        self.image = Image.new("RGB", (SIZE * OVER, SIZE * OVER), PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.draw.ellipse(self._box(18, 80, 82, 90), fill=SHADE)

    def _box(self, *values: float) -> list[float]:
        return [v * self.scale for v in values]

    def rect(self, x0: float, y0: float, x1: float, y1: float, radius: float = 2, fill: str | None = None) -> None:
        self.draw.rounded_rectangle(self._box(x0, y0, x1, y1), radius * self.scale, fill=fill or self.colour)

    def oval(self, x0: float, y0: float, x1: float, y1: float, fill: str | None = None) -> None:
        self.draw.ellipse(self._box(x0, y0, x1, y1), fill=fill or self.colour)

    def shape(self, *points: tuple[float, float], fill: str | None = None) -> None:
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=fill or self.colour)

    def line(self, *points: tuple[float, float], width: float = 2, fill: str | None = None) -> None:
        path = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.line(path, fill=fill or self.colour, width=int(width * self.scale), joint="curve")

    def ring(self, x: float, y: float, r: float, width: float, fill: str | None = None) -> None:
        box = self._box(x - r, y - r, x + r, y + r)
        self.draw.ellipse(box, outline=fill or self.colour, width=int(width * self.scale))

    def label(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A paper label with three lines of writing."""
        self.rect(x0, y0, x1, y1, 1.5, LIGHT)
        middle, step = (x0 + x1) / 2, (y1 - y0) / 4
        for i, half in enumerate((0.32, 0.22, 0.27)):
            width = (x1 - x0) * half
            y = y0 + step * (i + 1)
            self.line((middle - width, y), (middle + width, y), width=1.1)

    def png(self) -> bytes:
        out = io.BytesIO()
        self.image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
        return out.getvalue()


def jar(p: Pen) -> None:
    p.rect(28, 30, 72, 85, 7)
    p.rect(30, 20, 70, 31, 2, PALETTE["ink"])
    p.label(34, 46, 66, 70)


def bag(p: Pen) -> None:
    p.shape((26, 30), (74, 30), (78, 85), (22, 85))
    p.shape((26, 30), (74, 30), (71, 18), (29, 18), fill=PALETTE["sand"] if p.colour != PALETTE["sand"] else LIGHT)
    p.label(33, 46, 67, 72)


def bottle(p: Pen) -> None:
    p.rect(43, 12, 57, 36, 2)
    p.rect(42, 10, 58, 16, 1.5, PALETTE["ink"])
    p.rect(34, 34, 66, 86, 8)
    p.label(36, 52, 64, 74)


def box(p: Pen) -> None:
    p.shape((24, 34), (62, 34), (62, 85), (24, 85))
    p.shape((62, 34), (76, 26), (76, 76), (62, 85), fill=SHADE)
    p.shape((24, 34), (38, 26), (76, 26), (62, 34), fill=LIGHT)
    p.label(30, 46, 56, 72)


def tin(p: Pen) -> None:
    p.rect(26, 34, 74, 86, 4)
    p.rect(24, 26, 76, 38, 3, PALETTE["ink"])
    p.oval(36, 46, 64, 74, LIGHT)
    p.oval(43, 53, 57, 67)


def crate(p: Pen) -> None:
    for i, x in enumerate((26, 41, 56)):
        p.oval(x, 30 + (i % 2) * 4, x + 19, 52 + (i % 2) * 4)
    for y in (50, 62, 74):
        p.rect(18, y, 82, y + 9, 1, PALETTE["sand"])
    p.rect(18, 48, 24, 85, 1, PALETTE["amber"])
    p.rect(76, 48, 82, 85, 1, PALETTE["amber"])


def fruit(p: Pen) -> None:
    p.oval(16, 44, 52, 84)
    p.oval(46, 44, 84, 84)
    p.oval(32, 26, 68, 64)
    p.line((50, 28), (54, 16), width=2, fill=PALETTE["coffee"])
    p.shape((54, 18), (70, 12), (64, 24), fill=PALETTE["leaf"])


def gourd(p: Pen) -> None:
    p.oval(28, 46, 72, 88)
    p.rect(38, 20, 62, 62, 11)
    p.rect(47, 13, 53, 22, 1, PALETTE["leaf"])


def carrot(p: Pen) -> None:
    for dx in (-18, 0, 18):
        p.shape((42 + dx, 36), (58 + dx, 36), (50 + dx, 86))
        for lean in (-7, 0, 7):
            p.line((50 + dx, 37), (50 + dx + lean, 16), width=2, fill=PALETTE["leaf"])


def mushroom(p: Pen) -> None:
    for x, y, s in ((34, 44, 1.0), (62, 50, 0.8)):
        p.rect(x - 7 * s, y, x + 7 * s, y + 38 * s, 5, LIGHT)
        p.draw.pieslice(p._box(x - 20 * s, y - 22 * s, x + 20 * s, y + 20 * s), 180, 360, fill=p.colour)


def leafy(p: Pen) -> None:
    for angle in range(-60, 61, 20):
        x, y = 50 + 34 * math.sin(math.radians(angle)), 62 - 40 * math.cos(math.radians(angle))
        p.line((50, 82), (x, y), width=1.6)
        p.oval(x - 8, y - 10, x + 8, y + 10)
    p.rect(43, 66, 57, 72, 1, PALETTE["brick"])


def candle(p: Pen) -> None:
    p.rect(36, 38, 64, 86, 4)
    p.line((50, 38), (50, 30), width=1.4, fill=PALETTE["ink"])
    p.shape((50, 12), (57, 26), (50, 33), (43, 26), fill=PALETTE["carrot"])


def soap(p: Pen) -> None:
    p.shape((24, 46), (60, 40), (80, 52), (44, 60), fill=LIGHT)
    p.shape((24, 46), (44, 60), (44, 86), (24, 72))
    p.shape((44, 60), (80, 52), (80, 78), (44, 86), fill=PALETTE["apple"])
    p.label(50, 62, 74, 76)


def cloth(p: Pen) -> None:
    p.rect(22, 26, 78, 84, 2, LIGHT)
    for x in (30, 38, 62, 70):
        p.line((x, 26), (x, 84), width=2)
    for y in (36, 46, 66, 76):
        p.line((22, y), (78, y), width=1)


def bowl(p: Pen) -> None:
    p.draw.pieslice(p._box(18, 14, 82, 84), 0, 180, fill=p.colour)
    p.oval(18, 42, 82, 56, LIGHT)
    p.rect(40, 80, 60, 86, 1)


def plant(p: Pen) -> None:
    for x, y, r in ((34, 34, 11), (66, 34, 11), (50, 22, 12), (42, 46, 9), (60, 48, 9)):
        p.line((50, 64), (x, y), width=1.2)
        p.oval(x - r, y - r, x + r, y + r)
    p.shape((32, 62), (68, 62), (63, 87), (37, 87), fill=PALETTE["brick"])


def basket(p: Pen) -> None:
    p.ring(50, 44, 22, 3, PALETTE["coffee"])
    p.shape((18, 46), (82, 46), (72, 86), (28, 86))
    for y in (54, 63, 72, 80):
        p.line((22, y), (78, y), width=0.9, fill=PALETTE["coffee"])


def book(p: Pen) -> None:
    p.rect(28, 18, 74, 86, 2)
    p.rect(28, 18, 35, 86, 1, PALETTE["ink"])
    p.label(42, 32, 68, 52)


def lamp(p: Pen) -> None:
    p.line((50, 84), (36, 54), (58, 32), width=3, fill=PALETTE["ink"])
    p.shape((52, 24), (66, 20), (82, 46), (54, 50))
    p.oval(32, 80, 68, 88, PALETTE["ink"])


def can(p: Pen) -> None:
    p.rect(28, 32, 74, 86, 5)
    p.rect(58, 18, 70, 34, 2, PALETTE["ink"])
    p.rect(32, 22, 52, 36, 5)
    p.rect(37, 27, 47, 36, 3, PAPER)
    p.label(34, 50, 68, 76)


def lock(p: Pen) -> None:
    p.ring(50, 42, 24, 6)
    p.rect(22, 42, 78, 62, 0, PAPER)
    p.line((29, 42), (29, 70), width=6)
    p.line((71, 42), (71, 70), width=6)
    p.rect(20, 66, 80, 82, 5, PALETTE["tomato"])


def light(p: Pen) -> None:
    p.rect(34, 28, 66, 76, 9, PALETTE["ink"])
    p.oval(36, 30, 64, 58)
    p.oval(43, 37, 57, 51, LIGHT)
    p.rect(44, 74, 56, 84, 2, PALETTE["sand"])


def helmet(p: Pen) -> None:
    p.draw.pieslice(p._box(18, 22, 82, 96), 180, 360, fill=p.colour)
    for x in (36, 50, 64):
        p.line((x, 32), (x, 54), width=3, fill=PAPER)
    p.line((22, 60), (46, 84), (78, 60), width=1.6, fill=PALETTE["ink"])


def bell(p: Pen) -> None:
    p.draw.pieslice(p._box(22, 28, 78, 92), 180, 360, fill=p.colour)
    p.rect(20, 60, 80, 66, 2, PALETTE["amber"])
    p.oval(45, 22, 55, 32, PALETTE["ink"])
    p.rect(44, 66, 56, 82, 2, PALETTE["ink"])


def wheel(p: Pen) -> None:
    p.ring(50, 50, 36, 6)
    p.ring(50, 50, 28, 1.4, PALETTE["sand"])
    for angle in range(0, 180, 30):
        dx, dy = 28 * math.cos(math.radians(angle)), 28 * math.sin(math.radians(angle))
        p.line((50 - dx, 50 - dy), (50 + dx, 50 + dy), width=0.5, fill=PALETTE["ink"])
    p.oval(46, 46, 54, 54, PALETTE["ink"])


def pump(p: Pen) -> None:
    p.rect(45, 28, 55, 84, 3)
    p.rect(32, 14, 68, 20, 3, PALETTE["ink"])
    p.rect(48.5, 18, 51.5, 30, 1, PALETTE["ink"])
    p.rect(30, 82, 70, 88, 2, PALETTE["ink"])
    p.line((55, 78), (72, 66), (70, 44), width=1.8, fill=PALETTE["ink"])
    p.oval(58, 62, 72, 76, LIGHT)


def pannier(p: Pen) -> None:
    p.shape((24, 34), (76, 34), (70, 86), (30, 86))
    p.rect(22, 22, 78, 42, 5, PALETTE["ink"])
    p.rect(44, 36, 56, 50, 2, LIGHT)


def vest(p: Pen) -> None:
    p.shape((30, 20), (42, 20), (50, 44), (50, 86), (26, 86), (26, 42))
    p.shape((70, 20), (58, 20), (50, 44), (50, 86), (74, 86), (74, 42))
    p.rect(26, 58, 74, 64, 0, LIGHT)
    p.rect(26, 70, 74, 76, 0, LIGHT)
    p.line((50, 44), (50, 86), width=0.8, fill=PALETTE["ink"])


def pads(p: Pen) -> None:
    for y in (26, 56):
        p.rect(24, y, 76, y + 24, 7, PALETTE["brick"])
        p.rect(30, y + 5, 70, y + 19, 4)


def oil_filter(p: Pen) -> None:
    p.rect(30, 26, 70, 84, 5)
    for x in range(34, 70, 6):
        p.line((x, 30), (x, 46), width=1, fill=LIGHT)
    p.rect(34, 18, 66, 28, 2, PALETTE["ink"])


def wiper(p: Pen) -> None:
    p.line((16, 74), (84, 30), width=3)
    p.line((16, 80), (84, 36), width=1, fill=PALETTE["sky"])
    p.line((50, 52), (62, 84), width=3)
    p.line((18, 50), (60, 22), width=2.4)
    p.line((18, 55), (60, 27), width=1, fill=PALETTE["sky"])


def battery(p: Pen) -> None:
    p.rect(20, 36, 80, 84, 3)
    p.rect(28, 28, 40, 38, 1, PALETTE["tomato"])
    p.rect(60, 28, 72, 38, 1, PALETTE["ink"])
    p.rect(20, 46, 80, 52, 0, LIGHT)
    p.line((54, 56), (44, 68), (54, 68), (46, 80), width=2, fill=PALETTE["lemon"])


def plug(p: Pen) -> None:
    for dx in (-22, 0, 22):
        p.rect(46 + dx, 18, 54 + dx, 28, 1, PALETTE["sand"])
        p.rect(43 + dx, 27, 57 + dx, 50, 2, LIGHT)
        p.rect(40 + dx, 48, 60 + dx, 58, 1, PALETTE["ink"])
        p.rect(44 + dx, 57, 56 + dx, 78, 1)
        p.line((50 + dx, 78), (50 + dx, 84), (57 + dx, 84), width=1.4, fill=PALETTE["ink"])


def spray(p: Pen) -> None:
    p.rect(36, 32, 64, 86, 4)
    p.draw.pieslice(p._box(36, 22, 64, 44), 180, 360, fill=PALETTE["sand"])
    p.rect(45, 14, 55, 24, 1, PALETTE["tomato"])
    p.line((45, 18), (22, 18), width=1, fill=PALETTE["tomato"])
    p.label(39, 48, 61, 72)


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    f.__name__: f
    for f in (
        jar, bag, bottle, box, tin, crate, fruit, gourd, carrot, mushroom, leafy, candle, soap, cloth, bowl, plant,
        basket, book, lamp, can, lock, light, helmet, bell, wheel, pump, pannier, vest, pads, wiper, battery, plug,
        spray,
    )
} | {"filter": oil_filter}  # fmt: skip


def picture(drawing: str, colour: str) -> bytes:
    """The PNG of one good, 800 × 800."""
    pen = Pen(colour)
    DRAWINGS[drawing](pen)
    return pen.png()

