"""What the API reads and shows about companies."""

from rest_framework import serializers

from accounts.companies.models import Company, Membership, Role
from accounts.users.serializers import Phone


class CompanyOut(serializers.ModelSerializer):
    phone = serializers.CharField()

    class Meta:
        model = Company
        fields = [
            "id", "name", "siren", "vat_number", "email", "phone", "line1", "line2", "postal_code", "city", "country",
            "is_active", "created_at",
        ]


class CompanyChangeIn(serializers.Serializer):
    name = serializers.CharField(max_length=160)
    vat_number = serializers.CharField(max_length=20, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = Phone(required=False, allow_blank=True)
    line1 = serializers.CharField(max_length=160, required=False, allow_blank=True)
    line2 = serializers.CharField(max_length=160, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=12, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False)


class CompanyIn(CompanyChangeIn):
    siren = serializers.CharField(max_length=20)


class MemberOut(serializers.ModelSerializer):
    user_id = serializers.IntegerField()
    name = serializers.CharField(source="user.get_full_name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ["id", "user_id", "name", "email", "role", "created_at"]


class MemberIn(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices, default=Role.MEMBER)


class RoleIn(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)
