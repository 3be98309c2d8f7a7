"""Sizes of a picture. Runs in a helper process (config/lib/heavy.py): plain values in and out."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

WIDTHS = (320, 640, 1280)
MAX_PIXELS = 50_000_000


def resize(content: bytes) -> dict[int, bytes]:
    """WebP files by width, never wider than the original (the smallest always). ValueError: not a picture."""
    try:
        image = Image.open(BytesIO(content))
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("the picture has too many pixels")
        image = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise ValueError(f"not a readable picture: {error}") from error
    made = {}
    for width in WIDTHS:
        if width > image.width and width != WIDTHS[0]:
            break
        target = min(width, image.width)
        copy = image.resize((target, max(1, round(image.height * target / image.width))), Image.Resampling.LANCZOS)
        output = BytesIO()
        copy.save(output, "WEBP", quality=80, method=4)
        made[width] = output.getvalue()
    return made
