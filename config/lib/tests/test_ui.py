"""What the reader sees: money, distances, times and states in both languages; contrast of the tokens."""

import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import Context, engines
from django.template.loader import render_to_string
from django.utils import timezone, translation

from config.lib.templatetags.ui import STATUS_LOOK, ago, distance, duration, in_words, money, status_look


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("fr", Decimal("42.50"), "42,50\u00a0€"),
        ("fr", Decimal("1234.5"), "1\u00a0234,50\u00a0€"),
        ("fr", Decimal("-3"), "\u22123,00\u00a0€"),
        ("en", Decimal("1234.5"), "€1,234.50"),
        ("en", 0, "€0.00"),
        ("fr", None, ""),
    ],
)
def test_money_follows_the_reader_and_every_font_can_draw_it(language, amount, said):
    with translation.override(language):
        assert money(amount) == said
        assert "\u202f" not in money(amount)


@pytest.mark.parametrize(
    ("language", "metres", "said"),
    [("fr", 42, "42 m"), ("fr", 848, "850 m"), ("fr", 999, "1,0 km"), ("fr", 3420, "3,4 km"), ("en", 3420, "3.4 km"),
     ("fr", 12400, "12 km"), ("fr", None, "")],
)
def test_distances_are_said_as_people_do(language, metres, said):
    with translation.override(language):
        assert distance(metres).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(20, "under a minute"), (60, "1 min"), (1500, "25 min"), (3600, "1 h"), (3900, "1 h 05"), (timedelta(hours=2), "2 h")],
)
def test_durations_are_said_in_minutes_and_hours(seconds, said):
    with translation.override("en"):
        assert duration(seconds).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(seconds=70), "1 minute ago"),
        (timedelta(minutes=40), "40 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(minutes=-12), "in 12 minutes"),
    ],
)
def test_times_are_in_words(gap, said):
    now = timezone.now()
    with translation.override("en"):
        assert in_words(now - gap, now) == said


def test_words_keep_the_exact_time_in_title_and_datetime():
    moment = timezone.now() - timedelta(hours=2)
    html = ago(moment)
    assert f'datetime="{moment.isoformat()}"' in html
    assert 'title="' in html


def test_a_state_has_a_word_and_a_shape_beside_its_colour():
    template = engines["django"].from_string("{% load ui %}{% status order %}{% status 'ODD' 'Odd' %}")
    html = template.render({"order": SimpleNamespace(status="LIVREE", get_status_display=lambda: "Delivered")})
    assert "Delivered" in html
    assert html.count("<svg") == 2
    assert "status--done" in html
    assert "status--rest" in html


def test_every_shape_of_a_state_is_drawn():
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    for code in STATUS_LOOK:
        assert f'id="{status_look(code)[1]}"' in sprite


class OneField(forms.Form):
    amount = forms.DecimalField(label="Amount", help_text="In euros", min_value=5)


def test_a_wrong_field_is_named_in_the_summary_and_tied_to_its_error():
    form = OneField({"amount": "3"})
    form.is_valid()
    html = render_to_string("components/_form.html", {"form": form, "submit": "Pay"})
    assert 'href="#id_amount"' in html
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    for name in described.group(1).split():
        assert f'id="{name}"' in html
    assert 'value="3"' in html


def test_a_block_notice_escapes_its_title():
    html = engines["django"].from_string("{% load ui %}{% notice 'danger' title %}<p>x</p>{% endnotice %}").render(
        {"title": "<b>"}
    )
    assert "&lt;b&gt;" in html
    assert 'role="alert"' in html


# --- tokens ---------------------------------------------------------------------------------------------------
def _tokens():
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9A-Fa-f]{6}), (#[0-9A-Fa-f]{6})\)", css)
    return {name: (light, dark) for name, light, dark in found}


def _luminance(colour):
    def channel(value):
        value /= 255
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other):
    a, b = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


TEXT = [(fore, back) for back in ("paper", "surface", "sunken") for fore in ("ink", "ink-soft", "green", "red", "blue", "orange-ink")]
TEXT += [("on-green", "green-fill"), ("on-red", "red-fill"), ("paper", "ink"), ("paper", "orange-ink")]
TEXT += [("green", "green-wash"), ("orange-ink", "orange-wash"), ("blue", "blue-wash"), ("red", "red-wash")]
TEXT += [("ink", f"{wash}-wash") for wash in ("green", "orange", "blue", "red")]
TEXT += [("green", f"{wash}-wash") for wash in ("orange", "blue", "red")]
CONTROLS = [(fore, back) for back in ("paper", "surface", "sunken") for fore in ("line-strong", "green-fill", "red-fill", "focus", "orange")]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_controls_can_be_read_in_both_themes(theme):
    tokens = _tokens()
    low = [
        f"{fore} on {back}: {ratio:.2f}"
        for pairs, least in ((TEXT, 4.5), (CONTROLS, 3.0))
        for fore, back in pairs
        if (ratio := _contrast(tokens[fore][theme], tokens[back][theme])) < least
    ]
    assert not low, low


def test_no_colour_is_written_outside_the_tokens():
    for path in sorted((settings.BASE_DIR / "static/css").glob("*.css")):
        if path.name in ("tokens.css", "print.css"):
            continue
        assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b(?![\w-]*\s*[{,.:>])", path.read_text()), path.name
        assert len(path.read_text().splitlines()) < 400


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["400", "403", "404", "405", "409", "403_csrf", "500"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_error_pages_draw_without_any_context(name, language):
    with translation.override(language):
        html = engines["django"].get_template(f"errors/{name}.html").template.render(Context({}))
    assert "<h1>" in html
