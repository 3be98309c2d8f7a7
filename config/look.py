"""Colours of the admin: the green of static/css/tokens.css, as the red, green and blue that Unfold reads."""

ADMIN_GREEN = {
    "50": "236 247 242", "100": "209 236 224", "200": "163 217 193", "300": "110 191 157",
    "400": "56 155 118", "500": "20 126 92", "600": "11 110 79", "700": "9 89 65",
    "800": "8 71 53", "900": "6 58 44", "950": "3 33 25",
}  # fmt: skip
