"""Who an order is billed to: the customer, or a company of which the customer is a member."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.companies import queries as companies
from accounts.companies.models import Company
from config.lib.errors import Invalid
from shop.orders.models import Order


def company_for(user: Any, company_id: int | None) -> Company | None:
    """The company to bill, fit for an invoice; None without an id. Invalid on `company_id` for a company of others,
    or one whose invoice would lack what the law asks for (code de commerce, art. L441-9 and R123-237)."""
    if company_id is None:
        return None
    company = companies.of_member(user).filter(pk=company_id).first()
    if company is None:
        raise _refused(_("This company does not exist, or you are not one of its members."))
    french = company.country == "FR"
    if french and not company.siren:
        raise _refused(_("The SIREN of this company is missing, and its invoice must show it. Write to us to add it."))
    if not french and not (company.vat_number or company.siren):
        raise _refused(_("The VAT number of this company is missing, and its invoice must show it."))
    if not (company.line1 and company.city and (company.postal_code or not french)):
        raise _refused(_("The address of this company is not complete. Its owner can add it; the invoice needs it."))
    return company


def _refused(text: Any) -> Invalid:
    return Invalid(errors={"company_id": [text]})


def buyer_of(order: Order) -> dict[str, Any]:
    """The buyer as the invoice names it. A company's electronic address (BT-49) is its SIREN."""
    place, user = order.address or {}, order.user
    if order.company is not None:
        company = order.company
        return {
            "name": company.name, "company": True, "siren": company.siren, "vat_number": company.vat_number,
            "email": company.email or user.email, "contact": user.get_full_name(), "line1": company.line1,
            "line2": company.line2, "postal_code": company.postal_code, "city": company.city,
            "country": company.country,
        }
    return {
        "name": user.get_full_name() or place.get("name") or user.email, "email": user.email,
        "line1": place.get("line1", ""), "postal_code": place.get("postal_code", ""), "city": place.get("city", ""),
        "country": place.get("country", ""),
    }


def delivered_to(order: Order) -> dict[str, Any]:
    """Where the goods go, beside the buyer; nothing for a pick up. Door codes and other instructions are nobody
    else's business."""
    place = order.address or {}
    names = ("name", "line1", "postal_code", "city", "country")
    return {name: place[name] for name in names if place.get(name)} if order.by_courier else {}
