"""Room: what the store tells its shoppers and its own people, each message at most once."""

from app.engagement.messages import (
    Message,
    messages_about,
    messages_of_order,
    settle_message,
    take_message,
    write_message,
)  # fmt: skip
from app.engagement.texts import TEXTS, mail_text, sentence_of, subject_of

__all__ = [
    "TEXTS", "Message", "mail_text", "messages_about", "messages_of_order", "sentence_of", "settle_message",
    "subject_of", "take_message", "write_message",
]  # fmt: skip
