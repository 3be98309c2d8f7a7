"""Page /garage/tarifs/: the hourly rates and packages as they hang at the entrance."""

from django.conf import settings
from django.views.generic import TemplateView

from garage.quotes import offers


class RatesPage(TemplateView):
    """Arrêté du 27 mars 1987, art. 1 and 2: hourly rates and packages incl. VAT, and whether a quote is free, are to
    be read before any work is ordered."""

    template_name = "garage/quotes/rates.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(
            **kwargs, rates=offers.rates_in_force(), fee=settings.GARAGE_QUOTE_FEE,
            packages=[package for package in offers.packages_in_use() if package.price is not None],
        )
