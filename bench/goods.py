"""Fills the catalogue with goods that look like a real shop's: words that many share, and some that few do."""

import itertools
import random

from django.db import transaction

from config.lib.money import from_cents
from shop.catalogue import queries, rules
from shop.catalogue.models import Category, Product, SearchWord

SHELVES = ["Épicerie", "Boissons", "Maison", "Vélo", "Jardin", "Papeterie"]
THINGS = ["Confiture", "Miel", "Café", "Savon", "Bougie", "Carnet", "Sonnette", "Terreau", "Sirop", "Thé"]
KINDS = ["fleurs", "framboise", "châtaigne", "lavande", "noisette", "citron", "menthe", "acacia", "figue", "cassis"]
MAKERS = ["Moreau", "Lefèvre", "Nguyen", "Benali", "Petit", "Garnier", "Rivière", "Dumont"]


def fill(count: int) -> None:
    """Bring the shop to `count` products. Past the services, which would take an hour for 100 000."""
    shelves = [
        Category.objects.get_or_create(slug=slug, defaults={"name": name, "position": i})[0]
        for i, (name, slug) in enumerate(
            zip(SHELVES, ["epicerie", "boissons", "maison", "velo", "jardin", "papeterie"], strict=True)
        )
    ]
    chance = random.Random(7)
    have = Product.objects.count()
    for start in itertools.count(have, 2000):
        if start >= count:
            break
        with transaction.atomic():
            Product.objects.bulk_create(
                [product(i, chance, shelves) for i in range(start, min(start + 2000, count))]
            )
    words = {w for text in (*THINGS, *KINDS, *MAKERS) for w in rules.words(text)}
    SearchWord.objects.bulk_create([SearchWord(word=w) for w in words], ignore_conflicts=True)
    queries.remembered.forget()


def product(number: int, chance: random.Random, shelves: list[Category]) -> Product:
    name = f"{chance.choice(THINGS)} {chance.choice(KINDS)} {chance.choice(MAKERS)} {number}"
    sizes = {"320": f"/media/products/{number}-320.webp", "640": f"/media/products/{number}-640.webp"}
    return Product(
        sku=f"B-{number}", slug=f"b-{number}", name=name, description=f"{name}. " + "Fait près d’ici. " * 5,
        price=from_cents(chance.randint(100, 9000)), vat_rate=20, category=chance.choice(shelves),
        stock=chance.randint(0, 40), pictures=[{"url": sizes["640"], "alt": name, "sizes": sizes}],
        search_text=rules.search_text(name, f"B-{number}"),
    )
