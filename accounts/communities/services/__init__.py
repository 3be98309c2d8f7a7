"""Every write about communities: the community itself, its people, its money, its votes."""

from accounts.communities.services.founding import (
    close_community,
    create_community,
    resume_community,
    suspend_community,
    update_community,
)
from accounts.communities.services.members import (
    accept_invitation,
    answer_adhesion,
    change_role,
    forget_person,
    invite,
    join,
    leave,
)
from accounts.communities.services.money import contribute, run_monthly, stop_monthly
from accounts.communities.services.voting import ask, close_request, vote, withdraw_request

__all__ = [
    "accept_invitation",
    "answer_adhesion",
    "ask",
    "change_role",
    "close_community",
    "close_request",
    "contribute",
    "create_community",
    "forget_person",
    "invite",
    "join",
    "leave",
    "resume_community",
    "run_monthly",
    "stop_monthly",
    "suspend_community",
    "update_community",
    "vote",
    "withdraw_request",
]
