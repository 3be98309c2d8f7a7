"""Put the demo's goods on the shelves."""

from config.demo.goods import CATEGORIES
from config.demo.people import Cast
from config.demo.pictures import picture
from shop.catalogue import services as catalogue
from shop.catalogue.models import Product


def fill_shop(cast: Cast) -> None:
    """Six categories, sixty products with stock, VAT and a drawn picture each."""
    for position, (name, goods) in enumerate(CATEGORIES.items()):
        category = catalogue.create_category(actor=cast.admin, name=name, position=position)
        for number, good in enumerate(goods, start=1):
            product: Product = catalogue.create_product(
                actor=cast.admin,
                sku=f"{'ABCDEF'[position]}-{number:03d}",
                name=good.name,
                description=good.line,
                price=good.price,
                vat_rate=good.vat,
                category=category,
                stock=good.stock,
            )
            catalogue.add_image(
                actor=cast.admin,
                product_id=product.pk,
                content=picture(good.drawing, good.colour),
                filename=f"{product.sku.lower()}.png",
                alt=good.name,
            )
