"""The demo's payouts: Carla's earnings in a file that the bank executed, one to review, one by mobile money."""

from decimal import Decimal

from django.conf import settings

from accounts.payments import services as payments
from accounts.payments.models import Method
from accounts.payouts import services
from accounts.wallet.queries import wallet_of
from config.demo.people import Cast
from config.lib.actors import SYSTEM

# Numbers of the standards' own examples: no bank knows them.
CARLA, KARIM = "FR1420041010050500013M02606", "DE89370400440532013000"


def tell(cast: Cast) -> None:
    """Carla is paid weekly; Karim's withdrawal to a new account waits for a look; Charlie's is on his phone."""
    if settings.SHOP_IBAN:
        carlas = services.add_destination(actor=cast.carla, to=CARLA, automatic=True)
        earned = wallet_of(cast.carla).available
        services.withdraw(actor=cast.carla, to=str(carlas.pk), amount=earned, key="demo-carla")
        batch = services.run_payouts(actor=SYSTEM, key="demo")
        if batch is not None:
            services.execute_batch(actor=cast.admin, batch_id=batch.pk)
    payments.top_up(actor=cast.karim, amount=Decimal("80.00"), method=Method.CARTE, token="tok_ok", key="demo-karim")
    services.withdraw(actor=cast.karim, to=KARIM, amount=Decimal("60.00"), key="demo-karim")
    mobile = str(cast.charlie.phone)
    sent = services.withdraw(actor=cast.charlie, to=mobile, amount=Decimal("5.00"), key="demo-charlie")
    services.send_mobile_payout(transfer_id=sent.transfer.pk)
