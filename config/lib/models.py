"""Building blocks of tables: money, states with their history, rows that owe an announcement."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import IllegalMove
from config.lib.events import Event
from config.lib.money import from_cents, to_cents
from config.lib.sql import insert


class MoneyField(models.BigIntegerField):
    """An amount: integer cents in the database (SQLite would turn a decimal into a float), `Decimal` outside."""

    description = "amount of money"
    if TYPE_CHECKING:  # what mypy's Django plugin reads
        _pyi_private_set_type: Decimal | int | Combinable
        _pyi_private_get_type: Decimal

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else from_cents(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        return value if value is None or isinstance(value, Decimal) else Decimal(str(value))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return to_cents(value)

    def get_default(self) -> Any:
        """A default written as text ("1.10") is a Decimal on unsaved rows too."""
        return self.to_python(super().get_default())

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    @property
    def validators(self) -> list:
        return list(self._validators)

    def formfield(self, **kwargs: Any) -> Any:
        return models.DecimalField(max_digits=12, decimal_places=2, **self._form_options()).formfield(**kwargs)

    def _form_options(self) -> dict[str, Any]:
        return {"verbose_name": self.verbose_name, "blank": self.blank, "null": self.null, "default": self.default}

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


def money_value(amount: Decimal) -> models.Value:
    """An amount for use inside an expression: `F("balance") + money_value(amount)`."""
    return models.Value(amount, output_field=MoneyField())


class TimeStamped(models.Model):
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True


class Announced(models.Model):
    """A row that owes its news to the rest of the house: history and outbox at once.

    `announced_at` stays empty until every listener has run; a periodic task announces what a crash left over.
    """

    EVENT: ClassVar[Event]
    announced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def payload(self) -> dict[str, Any]:
        """Ids for the listeners."""
        raise NotImplementedError

    def announce(self) -> None:
        """Tell the listeners now; marks the row when all of them went well."""
        if self.EVENT.send(**self.payload()):
            type(self)._base_manager.filter(pk=self.pk, announced_at=None).update(announced_at=timezone.now())

    def announce_at_commit(self) -> None:
        transaction.on_commit(self.announce)


class StatusChange(Announced):
    """One move of a stateful object. A subclass adds `subject = ForeignKey(X, related_name="history")` and EVENT."""

    from_status = models.CharField(_("from"), max_length=20, blank=True)
    to_status = models.CharField(_("to"), max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.word_of(self.to_status)

    def word_of(self, code: str) -> str:
        """A status as the subject says it, in the reader's language; nothing for none."""
        states: Any = self._meta.get_field("subject").related_model._meta.get_field("status")
        return str(dict(states.flatchoices).get(code, code))

    def payload(self) -> dict[str, Any]:
        """`<model>_id`, `from_status`, `to_status`, `change_id`."""
        subject = self._meta.get_field("subject").related_model._meta.model_name
        return {
            f"{subject}_id": self.subject_id,  # type: ignore[attr-defined]
            "from_status": self.from_status,
            "to_status": self.to_status,
            "change_id": self.pk,
        }


class Stateful(models.Model):
    """A model with a `status` field, a table of allowed MOVES and a `history` of `StatusChange` rows."""

    MOVES: ClassVar[dict[str, set[str]]]

    class Meta:
        abstract = True

    def record(self, *, actor: Actor, reason: str = "", from_status: str = "") -> StatusChange:
        """Write the history row of the present status (also of the first one, at creation)."""
        history = self.history  # type: ignore[attr-defined]
        change = history.model(
            subject=self, from_status=from_status, to_status=self.status, by=actor_user(actor), reason=reason[:300]
        )
        insert([change])
        change.announce_at_commit()
        return change

    def can_move(self, to: str) -> bool:
        return to in self.MOVES.get(self.status, ())

    def move(self, to: str, *, actor: Actor, reason: str = "", **fields: Any) -> StatusChange:
        """Go to status `to`, saving `fields` with it. IllegalMove when MOVES or a concurrent move forbid it.

        The UPDATE carries the old status in its condition, so its row count is the verdict even if the caller
        forgot the lock.
        """
        before = self.status
        if not self.can_move(to):
            raise IllegalMove(from_status=before, to_status=to)
        values = {"status": to, **fields}
        if any(f.name == "updated_at" for f in self._meta.concrete_fields):
            values["updated_at"] = timezone.now()
        if not type(self)._base_manager.filter(pk=self.pk, status=before).update(**values):
            raise IllegalMove(from_status=before, to_status=to)
        for name, value in values.items():
            setattr(self, name, value)
        return self.record(actor=actor, reason=reason, from_status=before)
