"""Page forms of communities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.communities.models import MAX_DAY, Visibility
from accounts.wallet.forms import amount_field


def _number(label: Any, help_text: Any, low: int, high: int) -> forms.IntegerField:
    field = forms.IntegerField(
        label=label, help_text=help_text, min_value=low, max_value=high,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    field.look = "short"  # type: ignore[attr-defined]
    return field


class CommunityForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(
        label=_("What is it for?"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    visibility = forms.ChoiceField(
        label=_("Who can find it?"), initial=Visibility.PRIVEE, widget=forms.RadioSelect,
        choices=[
            (Visibility.PRIVEE, _("Private: only those who are invited")),
            (Visibility.PUBLIQUE, _("Public: everybody may join, and its books are open to all under pseudonyms")),
        ],
    )
    quorum_percent = _number(
        _("Share of the voters who must approve, in %"),
        _("51 means more than half. All members vote except the one who asks. Counts for requests made from now on."),
        1, 100,
    )
    voting_days = _number(_("Days to vote"), _("A request that is not decided by then expires."), 1, 30)


class FundForm(CommunityForm):
    """The platform's own fund: name, text and visibility are fixed."""

    name = description = visibility = None  # type: ignore[assignment]


class ContributeForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    amount = amount_field()
    monthly = forms.BooleanField(
        label=_("Every month"), required=False,
        help_text=_("The first time now, then each month from your wallet, until you stop it."),
    )
    day = forms.TypedChoiceField(
        label=_("On which day of the month"), required=False, coerce=int, empty_value=None,
        choices=[("", _("The same day as today")), *((n, n) for n in range(1, MAX_DAY + 1))],
    )
    day.look = "short"  # type: ignore[attr-defined]


class AskForm(forms.Form):
    amount = amount_field()
    purpose = forms.CharField(
        label=_("What is the money for?"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )

    def __init__(self, *args: Any, public: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["purpose"].help_text = (
            _("Everybody can read this in the public books, so do not write names or private details.") if public
            else _("The other members read this before they vote.")
        )


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave it empty to get a link that you can pass on yourself."),
    )


class SureForm(forms.Form):
    """Nothing to fill in: the page says what will happen, the button does it."""
