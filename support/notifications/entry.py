"""One kind of thing that people are told."""

from dataclasses import dataclass, field
from typing import Any

from support.notifications.models import Channel, Topic

MAIL = (Channel.EMAIL,)
MAIL_PUSH = (Channel.EMAIL, Channel.PUSH)
MAIL_SMS = (Channel.EMAIL, Channel.SMS)
PUSH = (Channel.PUSH,)
ALL = (Channel.EMAIL, Channel.SMS, Channel.PUSH)


@dataclass(frozen=True)
class Entry:
    kind: str
    topic: Topic
    on: tuple[str, str]
    audience: str
    channels: tuple[Channel, ...]
    subject: Any
    body: Any
    route: str = ""  # page it leads to; its argument is the thing's id
    forced: bool = False  # the account's security: no preference switches it off, no quiet hours delay it
    by_day: bool = False  # the clock finds it at night: phones wait for the morning, whoever chose no quiet hours too
    route_args: tuple[str, ...] = field(default=("id",))  # names of the context that fill the route
