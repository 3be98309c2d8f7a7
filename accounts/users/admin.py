"""Admin of people, their devices and mails. Actions call services; rights are given by administrators only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from accounts.users import services
from accounts.users.models import AccountClosure, Address, DeviceToken, IdempotentAnswer, OutgoingMail, User
from accounts.users.roles import roles_of
from config.lib import jobs
from config.lib.admin import ReadOnlyAdmin, each


class AddressInline(TabularInline):
    model = Address
    fields = ["label", "recipient", "line1", "postal_code", "city", "phone"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewUserForm(forms.ModelForm):
    """A new account; the person chooses a password by the link of the reset mail."""

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "phone", "language", "is_staff", "groups"]


@admin.register(User)
class UserAdmin(ModelAdmin):
    list_display = ["email", "full_name", "phone", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff", "groups", "language", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields = ["email", "first_name", "last_name", "phone"]
    date_hierarchy = "date_joined"
    filter_horizontal = ["groups"]
    inlines = [AddressInline]
    fieldsets = [
        (None, {"fields": ["email", ("first_name", "last_name"), ("phone", "language"), "role_names"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Dates"), {"fields": ["date_joined", "last_login", "closed_at"]}),
    ]
    readonly_fields = ["email", "role_names", "is_active", "date_joined", "last_login", "closed_at"]
    rights = ["is_staff", "is_superuser", "groups"]
    actions = ["shut_out", "let_in", "send_reset"]

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        return ", ".join(roles_of(user))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return self.readonly_fields + ([] if request.user.is_superuser else self.rights)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else [(None, {"fields": NewUserForm.Meta.fields})]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list:
        return self.inlines if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody but an administrator edits an administrator, or people of the staff."""
        allowed = super().has_change_permission(request, obj)
        privileged = obj is not None and (obj.is_superuser or obj.is_staff)
        return allowed and (request.user.is_superuser or not privileged)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        data = form.cleaned_data
        groups = [group.name for group in data.pop("groups")]
        data["phone"] = str(data["phone"] or "")
        user = services.create_user(actor=request.user, password=None, groups=groups, **data)
        services.ask_password_reset(email=user.email)
        obj.__dict__.update(user.__dict__)

    @admin.action(description=_("Shut out the selected people"), permissions=["change"])
    def shut_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        each(request, queryset, lambda u: services.set_active(actor=request.user, user_id=u.pk, active=False))

    @admin.action(description=_("Let the selected people in again"), permissions=["change"])
    def let_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        each(request, queryset, lambda u: services.set_active(actor=request.user, user_id=u.pk, active=True))

    @admin.action(description=_("Send a link to choose a new password"), permissions=["change"])
    def send_reset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        each(request, queryset, lambda u: services.ask_password_reset(email=u.email))


@admin.register(DeviceToken)
class DeviceTokenAdmin(ReadOnlyAdmin):
    list_display = ["device_name", "user", "created", "last_used_at", "expiry"]
    fields = ["user", "device_name", "created", "last_used_at", "expiry"]
    search_fields = ["user__email", "device_name"]
    list_filter = ["created", "expiry"]
    list_select_related = ["user"]
    actions = ["end"]

    @admin.action(description=_("Sign out the selected devices"))
    def end(self, request: HttpRequest, queryset: QuerySet[DeviceToken]) -> None:
        each(request, queryset, lambda token: services.sign_out(token=token))


@admin.register(Address)
class AddressAdmin(ReadOnlyAdmin):
    list_display = ["recipient", "line1", "postal_code", "city", "user"]
    search_fields = ["recipient", "line1", "postal_code", "city", "user__email"]
    list_filter = ["country", "city"]
    list_select_related = ["user"]


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["to", "subject", "kind", "state", "tries", "next_attempt_at", "last_error"]
    fields = ["to", "subject", "kind", "state", "tries", "next_attempt_at", "last_error", "created_at"]
    search_fields = ["to", "subject"]
    list_filter = ["state", "kind"]
    date_hierarchy = "created_at"
    actions = ["again"]

    @admin.action(description=_("Try again"))
    def again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        each(request, queryset, jobs.retry)


@admin.register(AccountClosure)
class AccountClosureAdmin(ReadOnlyAdmin):
    list_display = ["user", "at", "announced_at"]
    search_fields = ["user__id"]
    list_filter = ["at"]


@admin.register(IdempotentAnswer)
class IdempotentAnswerAdmin(ReadOnlyAdmin):
    list_display = ["owner", "key", "status", "created_at"]
    fields = ["owner", "key", "status", "created_at"]
    search_fields = ["owner", "key"]
    list_filter = ["status"]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Who changed what in this back office."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "change_message"]
    search_fields = ["object_repr", "change_message", "user__email"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    date_hierarchy = "action_time"


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ModelAdmin):
    """The staff groups; what each may do is changed by administrators only."""

    search_fields = ["name"]
    filter_horizontal = ["permissions"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    has_add_permission = has_delete_permission = has_change_permission  # type: ignore[assignment]
