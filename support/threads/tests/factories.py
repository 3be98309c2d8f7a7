"""Conversations for the tests."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from support.threads import services


def thread_of(user, subject="Where is my order?", body="I wait since Monday.", **values):
    return services.open_thread(actor=user, subject=subject, body=body, **values)


def picture(name="photo.png", size=(8, 8)):
    content = BytesIO()
    Image.new("RGB", size, "green").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "application/octet-stream")


def text_file(name="note.txt", content=b"Bonjour"):
    return SimpleUploadedFile(name, content, "text/plain")
