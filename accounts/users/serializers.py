"""What the API reads and shows about people."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from accounts.users import queries
from accounts.users.models import Address, Language, User
from accounts.users.roles import ORDER, roles_of

_ROLES = {"type": "array", "items": {"type": "string", "enum": list(ORDER)}}


class UserOut(serializers.ModelSerializer):
    email_verified = serializers.BooleanField(read_only=True)
    phone = serializers.CharField()
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "email", "email_verified", "first_name", "last_name", "phone", "language", "roles"]

    @extend_schema_field(_ROLES)
    def get_roles(self, user: User) -> list[str]:
        """Computed for a whole page at once where the list says so (`roles` in the context)."""
        known = self.context.get("roles")
        return known[user.pk] if known is not None else roles_of(user)


class StaffUserOut(UserOut):
    class Meta(UserOut.Meta):
        fields = [*UserOut.Meta.fields, "is_active", "is_staff", "date_joined", "last_login"]


class Phone(PhoneNumberField):
    """A phone number, kept in E.164; empty for none."""

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)) if data else ""


class RegisterIn(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    first_name = serializers.CharField(max_length=80)
    last_name = serializers.CharField(max_length=80)
    phone = Phone(required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class LoginIn(serializers.Serializer):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    device_name = serializers.CharField(max_length=120, required=False, allow_blank=True)


class SignedInOut(serializers.Serializer):
    user = UserOut()
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ProfileIn(serializers.Serializer):
    email = serializers.EmailField(max_length=254, required=False)
    first_name = serializers.CharField(max_length=80)
    last_name = serializers.CharField(max_length=80)
    phone = Phone(required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class SessionOut(serializers.Serializer):
    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=[queries.TOKEN, queries.BROWSER])
    device_name = serializers.CharField(source="name")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    current = serializers.BooleanField()


class ForgotIn(serializers.Serializer):
    email = serializers.EmailField(max_length=254)


class ResetIn(serializers.Serializer):
    uid = serializers.CharField(max_length=40)
    token = serializers.CharField(max_length=100)
    new_password = serializers.CharField(max_length=128, trim_whitespace=False)


class ChangeIn(serializers.Serializer):
    old_password = serializers.CharField(max_length=128, trim_whitespace=False)
    new_password = serializers.CharField(max_length=128, trim_whitespace=False)


class StepUpIn(serializers.Serializer):
    password = serializers.CharField(max_length=128, trim_whitespace=False, required=False, allow_blank=True)
    code = serializers.CharField(max_length=20, required=False, allow_blank=True)


class StepUpOut(serializers.Serializer):
    until = serializers.DateTimeField()


class AddressOut(serializers.ModelSerializer):
    phone = serializers.CharField()

    class Meta:
        model = Address
        fields = [
            "id", "label", "recipient", "phone", "line1", "line2", "postal_code", "city", "country", "lat", "lon",
        ]


class AddressIn(serializers.Serializer):
    label = serializers.CharField(max_length=60, required=False, allow_blank=True)
    recipient = serializers.CharField(max_length=120)
    phone = Phone(required=False, allow_blank=True)
    line1 = serializers.CharField(max_length=160)
    line2 = serializers.CharField(max_length=160, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=12)
    city = serializers.CharField(max_length=100)
    country = serializers.CharField(max_length=2, required=False)
    lat = serializers.FloatField(required=False, allow_null=True, min_value=-90, max_value=90)
    lon = serializers.FloatField(required=False, allow_null=True, min_value=-180, max_value=180)
