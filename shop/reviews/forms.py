"""Page form of a review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.reviews.models import Review
from shop.reviews.services import LONGEST_BODY, LONGEST_TITLE

STARS = [
    (5, _("5 stars: very good")), (4, _("4 stars: good")), (3, _("3 stars: all right")), (2, _("2 stars: poor")),
    (1, _("1 star: bad")),
]


class ReviewForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("How do you find it?"), choices=STARS, coerce=int, widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=_("In a few words"), max_length=LONGEST_TITLE, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = forms.CharField(
        label=_("Your opinion"), max_length=LONGEST_BODY, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What do you use it for? What pleases or disturbs you? Shown with your first name."),
    )


def form_for(review: Review | None, data: Any = None) -> ReviewForm:
    """The form, filled with one's own review when there is one."""
    initial = {"stars": review.stars, "title": review.title, "body": review.body} if review else {}
    return ReviewForm(data, initial=initial)
