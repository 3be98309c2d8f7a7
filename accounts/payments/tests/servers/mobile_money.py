"""MTN MoMo's Open API as far as we use it: tokens, requesttopay, transfer, refund, their status, signed callbacks.

Numbers behave as in MTN's sandbox (https://momodeveloper.mtn.com/api-documentation/testing).
"""

import base64
import hashlib
import hmac
import json
import time
from itertools import count
from typing import Any
from uuid import UUID

from accounts.payments.tests.servers import Provider

USER, SECRET, KEY, PAYOUT_KEY, CALLBACK_SECRET = "user-1", "api-key", "collect", "disburse", "callback-secret"
NUMBERS = {
    "46733123450": ("FAILED", "INTERNAL_PROCESSING_ERROR"),
    "46733123451": ("FAILED", "APPROVAL_REJECTED"),
    "46733123452": ("FAILED", "EXPIRED"),
    "46733123453": ("PENDING", ""),
}
FIELDS = {"amount", "currency", "externalId", "payerMessage", "payeeNote"}


class MobileMoneyServer(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.books: dict[tuple[str, str], dict[str, Any]] = {}
        self.tokens: set[str] = set()
        self.number = count(23503452)
        self.refund_status = ("SUCCESSFUL", "")
        self.environment = "sandbox"

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        _root, product, *rest = path.split("/")
        if headers.get("ocp-apim-subscription-key") != (KEY if product == "collection" else PAYOUT_KEY):
            return 401, {}, {"statusCode": 401, "message": "Access denied due to invalid subscription key."}
        if rest[0] == "token":
            login = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
            if headers.get("authorization") != f"Basic {login}":
                return 401, {}, {"error": "login_failed"}
            token = f"token-{product}-{next(self.number)}"
            self.tokens.add(token)
            return 200, {}, {"access_token": token, "token_type": "access_token", "expires_in": 3600}
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens or product not in token:
            return 401, {}, {"message": "Access token expired"}
        if headers.get("x-target-environment") != self.environment:
            return 400, {}, {"code": "NOT_ALLOWED_TARGET_ENVIRONMENT", "message": "Access to target environment is forbidden."}
        if method == "POST":
            return self.ask(rest[1], headers.get("x-reference-id", ""), json.loads(body))
        known = self.books.get((rest[1], rest[2]))
        if known is None:
            return 404, {}, {"code": "RESOURCE_NOT_FOUND", "message": "Requested resource was not found."}
        return 200, {}, known

    def ask(self, kind: str, ref: str, data: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        if UUID(ref).version != 4:
            return 400, {}, {"code": "INVALID_REFERENCE", "message": "X-Reference-Id is not a UUID version 4."}
        if (kind, ref) in self.books:
            return 409, {}, {"code": "RESOURCE_ALREADY_EXIST", "message": "Duplicated reference id. Creation of resource failed."}
        who = {"requesttopay": "payer", "transfer": "payee", "refund": "referenceIdToRefund"}[kind]
        assert set(data) == FIELDS | {who}
        assert isinstance(data["amount"], str)
        if data["currency"] != "EUR":  # the only one of the sandbox
            return 500, {}, {"code": "INVALID_CURRENCY", "message": "Currency not supported."}
        row = {"amount": data["amount"], "currency": data["currency"], "externalId": data["externalId"]}
        if kind == "refund":
            paid = self.books.get(("requesttopay", data["referenceIdToRefund"]))
            if paid is None or paid["status"] != "SUCCESSFUL":
                return 404, {}, {"code": "RESOURCE_NOT_FOUND", "message": "Requested resource was not found."}
            row["payee"] = paid["payer"]
            status, reason = self.refund_status
        else:
            assert data[who]["partyIdType"] == "MSISDN"
            assert data[who]["partyId"].isdecimal()
            row[who] = data[who]
            status, reason = NUMBERS.get(data[who]["partyId"], ("SUCCESSFUL", ""))
        self.books[kind, ref] = row
        self.settle(kind, ref, status, reason)
        return 202, {}, None

    # --- what payers do -----------------------------------------------------------------------------------------
    def settle(self, kind: str, ref: str, status: str = "SUCCESSFUL", reason: str = "") -> None:
        row = self.books[kind, ref]
        row["status"] = status
        row.pop("reason", None)
        if reason:
            row["reason"] = reason
        if status == "SUCCESSFUL":
            row["financialTransactionId"] = str(next(self.number))

    def callback(self, kind: str, ref: str, **over: Any) -> bytes:
        """The body that is sent to our door; `over` falsifies it."""
        return json.dumps(self.books[kind, ref] | over).encode()


def signature(body: bytes, at: int | None = None, secret: str = CALLBACK_SECRET) -> str:
    at = int(time.time()) if at is None else at
    return f"t={at},v1={hmac.new(secret.encode(), b'%d.' % at + body, hashlib.sha256).hexdigest()}"
