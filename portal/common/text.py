"""Text helpers: keys to search and sort by (PostgreSQL's embedded build has neither ICU nor unaccent)."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})  # NFKD leaves them whole
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """``text`` in lower case without accents, words parted by one space: what searches compare."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain.lower()).strip()


def squeeze(text: str) -> str:
    """``text`` without any white space, no-break spaces included (identifiers typed with blanks)."""
    return _BLANKS.sub("", text.replace("\u202f", "").replace("\xa0", ""))


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
