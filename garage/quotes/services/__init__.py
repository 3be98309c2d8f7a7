"""Every write about quotes, one module per verb."""

from garage.quotes.services.answering import accept_quote, expire_quotes, refuse_quote
from garage.quotes.services.editing import copy_quote, create_quote, update_quote

__all__ = ["accept_quote", "copy_quote", "create_quote", "expire_quotes", "refuse_quote", "update_quote"]
