"""Two files that are one client's become one."""


from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import Conflict
from garage.clients import pointing, queries
from garage.clients.models import Client, Distinct, Merge
from garage.clients.rules import CannotMerge
from garage.clients.services.linking import link_file

COPIED = ("email", "phone", "siren", "vat_number")
ADDRESS = ("line1", "line2", "postal_code", "city", "country")
SAID = ("kind", "name", *COPIED, *ADDRESS, "language", "notes", "user_id", "company_id")


@transaction.atomic
def merge_clients(*, actor: Actor, keep_id: int, gone_id: int) -> Client:
    """Move everything that points at one file to the other, fill in what that one lacks, note what was done, and
    remove the empty file (staff). NotFound, Forbidden; CannotMerge when the two belong to two accounts or companies,
    or when both have what a client has once."""
    for pk in (keep_id, gone_id):
        queries.get_for(actor, pk, "write")
    if keep_id == gone_id:
        raise CannotMerge(_("Choose two different files."))
    keep, gone = queries.locked_pair(keep_id, gone_id)
    _check(keep, gone)
    said = {name: str(getattr(gone, name) or "") for name in SAID}
    moved = {pointer.name: _move(pointer, keep, gone) for pointer, _count in pointing.what_points(gone.pk)}
    _fill(keep, gone)
    Distinct.objects.filter(low=gone).delete()
    Distinct.objects.filter(high=gone).delete()
    if any(pointer.rows(gone.pk).exists() for pointer in pointing.pointers()):
        raise CannotMerge(_("Something was added to one of the files meanwhile. Look again."))
    gone.delete()
    keep.save()
    Merge.objects.create(kept=keep, gone_id=gone_id, gone=said, moved=moved, by=actor_user(actor))
    link_file(client=keep)
    return keep


def _check(keep: Client, gone: Client) -> None:
    if keep.forgotten_at or gone.forgotten_at:
        raise CannotMerge(_("The data of one of the two was erased."))
    if keep.kind != gone.kind:
        raise CannotMerge(_("One is a person and the other a company."))
    if keep.user_id and gone.user_id:
        raise CannotMerge(_("Each of the two belongs to an account of its own."))
    if keep.company_id and gone.company_id:
        raise CannotMerge(_("Each of the two belongs to a company of its own."))
    if keep.siren and gone.siren and keep.siren != gone.siren:
        raise CannotMerge(_("The two companies have different SIREN."))


def _move(pointer: pointing.Pointer, keep: Client, gone: Client) -> int:
    try:
        with transaction.atomic():
            return pointer.rows(gone.pk).update(**{pointer.field.name: keep})
    except IntegrityError as error:
        raise CannotMerge(
            _("Both files have what a client has once: %(what)s.") % {"what": pointer.label}
        ) from error


def _fill(keep: Client, gone: Client) -> None:
    """What the kept file lacks; an address goes as a whole. The account goes along."""
    for name in COPIED:
        if not getattr(keep, name):
            setattr(keep, name, getattr(gone, name))
    if not keep.line1 and not keep.city:
        for name in ADDRESS:
            setattr(keep, name, getattr(gone, name))
    keep.notes = "\n".join(text for text in (keep.notes, gone.notes) if text)
    keep.created_at = min(keep.created_at, gone.created_at)
    user, company = gone.user, gone.company
    if user or company:
        Client.objects.filter(pk=gone.pk).update(user=None, company=None)
        keep.user, keep.company = keep.user or user, keep.company or company


@transaction.atomic
def tell_apart(*, actor: Actor, one_id: int, other_id: int) -> None:
    """These two look alike and are not the same: do not suggest them again (staff). NotFound, Forbidden, Conflict."""
    pair = sorted(queries.get_for(actor, pk, "write").pk for pk in (one_id, other_id))
    if pair[0] == pair[1]:
        raise Conflict(_("Choose two different files."))
    Distinct.objects.get_or_create(low_id=pair[0], high_id=pair[1], defaults={"by": actor_user(actor)})
