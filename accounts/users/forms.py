"""Page forms about people."""

from django import forms


class SignupForm(forms.Form):
    """What the sign-up page asks beside e-mail and password."""

    def signup(self, request: object, user: object) -> None:
        """Called by allauth once the user exists."""
