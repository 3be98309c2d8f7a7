"""Every write about people."""

from accounts.users.services.addresses import delete_address, save_address
from accounts.users.services.mail import queue_mail, send_mail, send_verification
from accounts.users.services.passwords import ask_password_reset, change_password, reset_password, set_password
from accounts.users.services.people import (
    EMAIL_TAKEN,
    close_account,
    create_user,
    export_data,
    register,
    set_active,
    update_profile,
)
from accounts.users.services.sessions import (
    SignedIn,
    issue_token,
    sign_in,
    sign_out,
    sign_out_device,
    sign_out_everywhere,
    step_up,
)

__all__ = [
    "EMAIL_TAKEN",
    "SignedIn",
    "ask_password_reset",
    "change_password",
    "close_account",
    "create_user",
    "delete_address",
    "export_data",
    "issue_token",
    "queue_mail",
    "register",
    "reset_password",
    "save_address",
    "send_mail",
    "send_verification",
    "set_active",
    "set_password",
    "sign_in",
    "sign_out",
    "sign_out_device",
    "sign_out_everywhere",
    "step_up",
    "update_profile",
]
