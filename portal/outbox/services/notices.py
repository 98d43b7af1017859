"""Messages to people: shown in the portal and sent by e-mail, once each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail

from portal.accounts.models import User
from portal.common import clock
from portal.outbox.models import Notice


@dataclass(frozen=True)
class Letter:
    """One message; ``link`` is a path of the portal, ``dedup`` makes it unique for each person."""

    subject: str
    body: str
    link: str
    dedup: str


To = TypeVar("To")


@dataclass(frozen=True)
class Template(Generic[To]):
    """A message by its words: who receives it, its subject and its body (``str.format`` over facts)."""

    to: To
    subject: str
    body: str

    def letter(self, facts: Mapping[str, str], *, link: str, dedup: str) -> Letter:
        """The message about these facts."""
        return Letter(self.subject.format_map(facts), self.body.format_map(facts), link, dedup)


@dataclass
class _Footer:
    words: Callable[[], str]


_footer = _Footer(lambda: "")


def install_footer(words: Callable[[], str]) -> None:
    """Install what every e-mail ends with, one line or nothing; ``portal.config`` does."""
    _footer.words = words


def notify(user: User, organisation_id: UUID, letter: Letter) -> Notice | None:
    """Write the message and send it by e-mail; None when this person already has it."""
    notice, created = Notice.objects.get_or_create(
        dedup=f"{letter.dedup}:{user.pk}",
        defaults={
            "user": user,
            "organisation_id": organisation_id,
            "subject": letter.subject,
            "body": letter.body,
            "link": letter.link,
            "at": clock.business_now(),
        },
    )
    if not created:
        return None
    if not user.email:  # known by Pro Santé Connect alone: they read it in the portal
        return notice
    text = f"Bonjour {user.full_name},\n\n{letter.body}\n\n{settings.PORTAL_BASE_URL}{letter.link}\n"
    if footer := _footer.words():
        text += f"\n-- \n{footer}\n"
    send_mail(letter.subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
    notice.mailed_at = clock.machine_now()
    notice.save(update_fields=["mailed_at"])
    return notice


def unread_count(user_id: int, organisation_id: UUID) -> int:
    """How many messages this person has not opened for this organisation."""
    return Notice.objects.filter(user=user_id, organisation=organisation_id, read_at=None).count()


def mark_read(user_id: int, organisation_id: UUID) -> None:
    """The person has looked at the list of messages."""
    Notice.objects.filter(user=user_id, organisation=organisation_id, read_at=None).update(read_at=clock.machine_now())
