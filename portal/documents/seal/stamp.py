"""The look of a client's signature: one small page, drawn by the same engine as the documents."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from portal.documents import render

TEMPLATE = "documents/stamp.html"


class StampTooLong(Exception):
    """A signature says more than its place can show."""


def stamp(signature: dict[str, Any], demo_mention: str) -> bytes:
    """The page that shows who signed, as what, when and how, from the ``signature`` of a snapshot.

    Raises ``StampTooLong`` where it does not hold on its page: a signature is never shown cut.
    """
    drawn = render.rendered(render_to_string(TEMPLATE, {"signature": signature, "demo_mention": demo_mention}))
    if drawn.pages != 1:
        raise StampTooLong(f"the signature of {signature['signer_name']!r} takes {drawn.pages} pages")
    return drawn.content
