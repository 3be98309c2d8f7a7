"""Each rule of the house catches its bad snippet, and lets the good one through."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import house_rules


def rules(path: str, text: str) -> list[str]:
    return [rule for _line, rule, _what in house_rules.check_text(Path(path), text)]


BAD = [
    ("writes", "shop/orders/api.py", "def f(order):\n    order.save()\n"),
    ("writes", "shop/orders/tasks.py", "Order.objects.filter(pk=1).update(status='X')\n"),
    ("writes", "shop/orders/consumers.py", "order.lines.create(product=1)\n"),
    ("writes", "shop/orders/admin.py", "def f(queryset):\n    queryset.delete()\n"),
    ("writes", "shop/orders/views.py", "Cart.objects.get_or_create(user=1)\n"),
    ("locks", "shop/orders/services.py", "Order.objects.select_for_update().get(pk=1)\n"),
    ("locks", "shop/orders/queries.py", "Order.objects.select_for_update().select_related('user').get(pk=1)\n"),
    ("side_effects", "shop/orders/services.py", "def pay(*, a: int) -> None:\n    make_pdf.delay(a)\n"),
    ("side_effects", "shop/orders/services.py", "live.push('a', {})\n"),
    ("local_imports", "shop/orders/services.py", "def pay(*, a: int) -> None:\n    import json\n"),
    ("local_imports", "shop/apps.py", "class A:\n    def other(self):\n        import json\n"),
    ("model_signals", "shop/orders/listeners.py", "from django.db.models.signals import post_save\n"),
    ("model_signals", "shop/orders/listeners.py", "from django.db.models import signals\n"),
    ("side_effect_in_save", "shop/orders/models.py", "class A:\n    def save(self):\n        self.ring()\n"),
    ("keyword_only_services", "shop/orders/services.py", "def pay(order: int, amount: int) -> None: ...\n"),
    ("keyword_only_services", "shop/orders/services.py", "def pay(*, order) -> None: ...\n"),
    ("untranslated", "shop/orders/models.py", "a = CharField(verbose_name='name')\n"),
    ("untranslated", "shop/orders/models.py", "class S(models.TextChoices):\n    CREE = 'CREE', 'Created'\n"),
    ("untranslated", "shop/orders/models.py", "class S(models.TextChoices):\n    CREE = 'CREE'\n"),
    ("untranslated", "shop/orders/models.py", "class Meta:\n    verbose_name = 'order'\n"),
    ("untranslated", "shop/orders/rules.py", "class Late(Conflict):\n    message = 'Too late.'\n"),
    ("untranslated", "shop/orders/services.py", "raise Conflict('Too late.')\n"),
    ("untranslated", "shop/orders/views.py", "messages.success(request, f'Paid {a}')\n"),
    ("untranslated", "shop/orders/admin.py", "@admin.action(description='Ship')\ndef ship(a): ...\n"),
    ("clock_at_import", "shop/orders/rules.py", "TODAY = timezone.localdate()\n"),
    ("clock_at_import", "shop/orders/tests/test_pay.py", "def tell(day=date.today()): ...\n"),
    ("clock_at_import", "shop/orders/tests/test_pay.py", "@case(timezone.now() + DAY)\ndef test_it(): ...\n"),
    ("instant_without_zone", "shop/orders/models.py", "def f(a):\n    return f'{a.created_at:%Y%m%d}'\n"),
    ("instant_without_zone", "shop/orders/tests/test_pay.py", "def f(a):\n    return a.paid_at.date()\n"),
    ("too_long", "shop/orders/services.py", "a = 1\n" * 401),
    ("leftovers", "shop/orders/services.py", "a = 1  # TO" + "DO: later\n"),
    ("aliases", "shop/orders/forms.py", "from django.utils.translation import gettext_lazy as " + "_lazy\n"),
    ("outside_files", "templates/base.html", '<script src="https://cdn.example/x.js"></script>'),
    ("outside_files", "templates/base.html", '<link rel="stylesheet" href="//fonts.example/x.css">'),
    ("outside_files", "static/css/base.css", "@import url(https://fonts.example/x.css);"),
    ("outside_files", "static/js/map.js", 'import L from "https://esm.example/leaflet";'),
    ("colours", "static/css/base.css", "a { color: #0B6E4F; }"),
    ("colours", "templates/shop/cart.html", '<p style="color: #fff">'),
    ("colours", "static/js/map.js", 'const green = "#0B6E4F";'),
    ("template_texts", "templates/shop/cart.html", "<h1>Your cart</h1>"),
    ("template_texts", "templates/shop/cart.html", '<img src="a.png" alt="A bell">'),
    ("template_texts", "templates/shop/mail/paid.txt", "Thank you {{ name }}"),
    ("inline_handlers", "templates/shop/cart.html", '<button onclick="go()"></button>'),
]

GOOD = [
    ("shop/orders/services.py", "def pay(*, order: int) -> None:\n    order.save()\n"),
    ("shop/orders/services/pay.py", "def pay(*, order: int) -> None:\n    order.save()\n"),
    ("shop/orders/tests/test_pay.py", "def test_pay():\n    order.save()\n"),
    ("shop/orders/views.py", "context.update(a=1)\nrequest.session.save()\n"),
    ("shop/orders/pictures.py", "image.save(out)\nsmall.save(out, format='WEBP')\n"),
    ("shop/orders/queries.py", "Order.objects.select_for_update().get(pk=1)\n"),
    ("shop/orders/listeners.py", "def f(order_id):\n    make_pdf.delay(order_id)\n"),
    ("shop/orders/api.py", "a = CharField(help_text='Cents are not accepted.')\n"),
    ("shop/orders/services.py", "def is_paid(order: int) -> bool: ...\n"),
    ("shop/apps.py", "class A:\n    def ready(self):\n        import shop.orders.listeners\n"),
    ("shop/orders/models.py", "class A:\n    def delete(self):\n        raise TypeError('kept')\n"),
    ("shop/orders/models.py", "class S(models.TextChoices):\n    CREE = 'CREE', _('Created')\n"),
    ("shop/orders/views.py", "order.save()  # house: allow writes, a form of the framework\n"),
    ("shop/orders/rules.py", "def f(a):\n    return timezone.localdate(), localtime(a.paid_at).date()\n"),
    ("shop/orders/models.py", "def f(a):\n    return f'{localtime(a.at):%H:%M} {a.at.timestamp():.0f}'\n"),
    ("templates/shop/cart.html", '{% translate "Cart" %} {% blocktranslate %}You {{ a }}{% endblocktranslate %}'),
    ("templates/shop/cart.html", '<{% if a %}ul{% else %}ol{% endif %} class="x">{{ a }} km</p>'),
    ("templates/shop/cart.html", '<a href="https://www.openstreetmap.org">{{ name }}</a>'),
    ("templates/shop/cart.html", "{% block body_class %}with-search{% endblock %}"),
    ("static/css/base.css", "#add { color: var(--ink); }"),
    ("static/js/cart.js", 'document.querySelector("#add-to-cart");'),
]


@pytest.mark.parametrize("rule,path,text", BAD)
def test_rule_catches(rule: str, path: str, text: str) -> None:
    assert rule in rules(path, text)


@pytest.mark.parametrize("path,text", GOOD)
def test_rule_lets_through(path: str, text: str) -> None:
    assert rules(path, text) == []


def test_every_rule_has_a_bad_snippet() -> None:
    names = {rule.__name__ for rule in [house_rules.too_long, *house_rules.TEXT_RULES, *house_rules.PYTHON_RULES]}
    assert names == {rule for rule, _path, _text in BAD}
