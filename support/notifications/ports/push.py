"""Push to a phone (FCM) or a browser (web push); to a file while no provider is set."""

from django.conf import settings

from support.notifications.models import Device, Platform
from support.notifications.ports import fcm, files, webpush


def send(*, device: Device, subject: str, body: str, url: str, kind: str, reference: str) -> str:
    """Push one notification to one device. Returns the provider's reference; raises Later, Refused or Gone."""
    message = {"title": subject, "body": body, "url": url, "kind": kind, "tag": reference}
    if device.platform == Platform.FCM and settings.FCM_CREDENTIALS_FILE:
        return fcm.send(token=device.address["token"], message=message)
    if device.platform == Platform.WEBPUSH and settings.VAPID_PRIVATE_KEY:
        return webpush.send(subscription=device.address, message=message)
    return files.write(folder="push", reference=reference, message={"device": device.fingerprint[:12], **message})
