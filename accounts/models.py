"""Index of the features' models."""

from accounts.users.models import Address, DeviceToken, IdempotentAnswer, User

__all__ = ["Address", "DeviceToken", "IdempotentAnswer", "User"]
