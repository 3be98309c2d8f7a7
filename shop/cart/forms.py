"""What the cart's buttons send."""

from django import forms

from shop.cart.services import MAX_QUANTITY

MAX_ID = 2**63 - 1


class AddForm(forms.Form):
    product_id = forms.IntegerField(min_value=1, max_value=MAX_ID)
    quantity = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class UpdateForm(forms.Form):
    """0 takes the line out."""

    product_id = forms.IntegerField(min_value=1, max_value=MAX_ID)
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY)
