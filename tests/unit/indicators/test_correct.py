"""The lines left out are found again in the file, wherever its blocks are cut and however it is packed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from indicators.engine import unpack
from indicators.engine.correct import is_json, left_out
from tests.unit.indicators.logs import Shelf, event, log

BAD = {3: event(2, apcv=""), 6: event(3, finess="é"), 7: "x", 9: event(9, status="non")}
LINES = [event(1), BAD[3], "", event(4), BAD[6], BAD[7], event(5), BAD[9]]


@pytest.mark.parametrize("block", [7, 100, 4096])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_line_is_the_one_that_was_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, packed: bool, end: str
) -> None:
    content = b"\xef\xbb\xbf" + log(*LINES, end=end).removesuffix(end.encode())
    content = gzip.compress(content) if packed else content
    shelf = Shelf(tmp_path)
    shelf.take(content)
    (raw,) = tmp_path.glob("*/raw")
    monkeypatch.setattr(unpack, "CHUNK", block)
    found = list(left_out(raw, shelf.history[0] / "rejects.parquet", tmp_path))
    assert {left.line: left.sent for left in found} == BAD
    assert [left.code for left in found] == ["missing_value", "bad_finess", "malformed_row", "bad_status"]
    assert not is_json(raw)


def test_a_file_that_lost_its_end_is_not_read_past_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.take(log(*LINES))
    (raw,) = tmp_path.glob("*/raw")
    raw.write_bytes(raw.read_bytes()[:200])
    with pytest.raises(EOFError):
        list(left_out(raw, shelf.history[0] / "rejects.parquet", tmp_path))
