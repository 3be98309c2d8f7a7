"""Every write of invoices, one file per matter."""

from shop.invoices.services.checking import check_invoice, retry_check
from shop.invoices.services.files import render_invoice, retry_pdf
from shop.invoices.services.issuing import (
    PLACEHOLDER,
    filled_in,
    house_seller,
    issue_credit_note,
    issue_deposit,
    issue_invoice,
)
from shop.invoices.services.law import load_french_law, save_legal_text, save_vat_rate

__all__ = [
    "PLACEHOLDER", "check_invoice", "filled_in", "house_seller", "issue_credit_note", "issue_deposit",
    "issue_invoice", "load_french_law", "render_invoice", "retry_check", "retry_pdf", "save_legal_text",
    "save_vat_rate",
]
