"""News of the garage's clients."""

from config.lib.events import Event

client_linked = Event("client_linked", "client_id: the file belongs to an account now, whose owner sees his vehicles")
client_forgotten = Event("client_forgotten", "client_id: what is personal on the file was erased")
