import pytest

from shop.invoices.tests.factories import SELLER


@pytest.fixture
def seller(settings):
    """A shop that may issue Factur-X."""
    for name, value in SELLER.items():
        setattr(settings, name, value)
    return settings
