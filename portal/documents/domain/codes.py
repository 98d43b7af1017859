"""The short random code by which anybody finds a document again from its paper: 65 bits, in clear letters.

Crockford's base 32: no I, L, O, U; what a reader takes for them is understood.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 13
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


def printed(code: str) -> str:
    """The code as it is printed, ``ABCD-EFGH-JKMNP``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def typed(text: str) -> str:
    """The code that somebody typed, however spaced; empty for what cannot be one."""
    code = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
