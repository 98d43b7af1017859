"""How a whole file is refused: a code of the contract, and the lines to look at."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.domain.codes import FILE_CODES


class FileRefused(Exception):
    """Nothing of the file is taken. ``code`` is one of ``FILE_CODES``; ``places`` are line numbers, from 1."""

    def __init__(self, code: str, places: Sequence[int] = ()) -> None:
        self.code, self.places = code, list(places)
        super().__init__(FILE_CODES[code].sentence)
