"""A plain text as HTML, in the frame that all mails have; the link that it holds becomes a button's."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override


def frame_text(subject: str, text: str, link: str, language: str) -> str:
    """The text's paragraphs, with what stands in them harmless, and the link to press where it stood."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    known = language or settings.LANGUAGE_CODE
    context = {
        "subject": subject,
        "language": known,
        "link": link,
        "paragraphs": [part for part in paragraphs if part != link],
    }
    with override(known):
        return render_to_string("notifications/mail/framed.html", context)
