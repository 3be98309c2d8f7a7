"""Every write about the garage's clients."""

from garage.clients.services.consents import record_consent, record_consents
from garage.clients.services.files import checked_save, create_client, forget_client, set_contacts, update_client
from garage.clients.services.linking import forget_user, link_all, link_company, link_file, link_user
from garage.clients.services.merging import merge_clients, tell_apart

__all__ = [
    "checked_save", "create_client", "forget_client", "forget_user", "link_all", "link_company", "link_file",
    "link_user", "merge_clients", "record_consent", "record_consents", "set_contacts", "tell_apart",
    "update_client",
]
