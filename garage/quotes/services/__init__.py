"""Every write about quotes, one module per verb."""

from garage.quotes.services.answering import accept_quote, expire_quotes, refuse_quote
from garage.quotes.services.editing import copy_quote, create_quote, update_quote
from garage.quotes.services.law import load_quote_law, save_quote_text
from garage.quotes.services.newcomers import register_vehicle
from garage.quotes.services.papers import preview, render_paper, retry_paper
from garage.quotes.services.sending import send_quote
from garage.quotes.services.signing import send_code, sign_by_link
from garage.quotes.services.withdrawing import withdraw

__all__ = [
    "accept_quote", "copy_quote", "create_quote", "expire_quotes", "load_quote_law", "preview", "refuse_quote",
    "register_vehicle", "render_paper", "retry_paper", "save_quote_text", "send_code", "send_quote", "sign_by_link",
    "update_quote", "withdraw",
]
