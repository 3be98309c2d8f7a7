"""Refusals of reviews. No ORM."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Forbidden


class NotABuyer(Forbidden):
    code = "not_a_buyer"
    message = _("Only those who received this article from us can give their opinion on it.")


class AlreadyReviewed(Conflict):
    """`review_id` is one's own review, which can be changed."""

    code = "already_reviewed"
    message = _("You have already given your opinion on this article. You can change it.")
