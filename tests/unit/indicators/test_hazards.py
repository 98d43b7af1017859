"""What goes wrong with files: encodings, archives, ends of lines, patient data, and what each line must say."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from indicators.domain.log_format import HEADER
from indicators.engine import unpack
from indicators.engine.refusals import FileRefused
from tests.unit.indicators.logs import FOREIGN, HERE, LATER, UNKNOWN, Shelf, event, log

GOOD = log(event(1), event(2), event(3))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def zipped(*members: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for at, content in enumerate(members):
            archive.writestr(f"journal{at}.csv", content)
    return buffer.getvalue()


SAME = {
    "plain": GOOD,
    "bom": b"\xef\xbb\xbf" + GOOD,
    "crlf": log(event(1), event(2), event(3), end="\r\n"),
    "no last end": GOOD.rstrip(b"\n"),
    "mixed ends": GOOD.replace(b"\n", b"\r\n", 2),
    "blank lines": b"\n" + GOOD.replace(b"\n", b"\n\n  \n"),
    "gzip": gzip.compress(GOOD),
    "gzip members": gzip.compress(GOOD[:300]) + gzip.compress(GOOD[300:]),
    "zip": zipped(GOOD),
    "json": "".join(
        json.dumps({k: v for k, v in zip(HEADER.split(";"), event(n).split(";"), strict=True) if v}) + "\n"
        for n in (1, 2, 3)
    ).encode(),
    "json bits": "".join(
        json.dumps(
            {k: v for k, v in zip(HEADER.split(";"), event(n).split(";"), strict=True) if v}
            | {"apcv": True, "revision": 1}
        )
        + "\n"
        for n in (1, 2, 3)
    ).encode(),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_events_however_they_are_written(shelf: Shelf, name: str) -> None:
    found = shelf.take(SAME[name])
    assert (found.lines, found.accepted, found.rejected) == (3, 3, {})
    assert [value["claims_apcv"] for value in shelf.daily.values()] == [3]


REFUSED = {
    "utf-16": (GOOD.decode().encode("utf-16"), "bad_encoding"),
    "utf-16 without mark": (GOOD.decode().encode("utf-16-le"), "bad_encoding"),
    "iso-8859-1": (log(event(1)) + "é;".encode("latin-1") * 3 + b"\n", "bad_encoding"),
    "empty": (b"", "empty"),
    "blank": (b"\n \n", "empty"),
    "header only": (log(), "empty"),
    "no header": (log(event(1)).split(b"\n", 1)[1], "bad_header"),
    "commas": (GOOD.replace(b";", b","), "bad_header"),
    "other order": (GOOD.replace(b"event_id;revision", b"revision;event_id"), "bad_header"),
    "truncated gzip": (gzip.compress(GOOD)[:-20], "bad_archive"),
    "damaged gzip": (gzip.compress(GOOD)[:-8] + b"\0" * 8, "bad_archive"),
    "gzip then rubbish": (gzip.compress(GOOD) + b"rubbish", "bad_archive"),
    "two members": (zipped(GOOD, GOOD), "bad_archive"),
    "no member": (zipped(), "bad_archive"),
    "truncated zip": (zipped(GOOD)[:-30], "bad_archive"),
    "gzip bomb": (gzip.compress(b"0" * 30_000_000), "too_large"),
    "gzip bomb in two members": (
        gzip.compress(log() + f"{event(1)}\n".encode() * 90_000) + gzip.compress(b""),
        "too_large",
    ),
    "zip bomb": (zipped(b"0" * 30_000_000), "too_large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_refused_whole(shelf: Shelf, name: str) -> None:
    content, code = REFUSED[name]
    with pytest.raises(FileRefused) as refusal:
        shelf.take(content)
    assert refusal.value.code == code


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"0" * 60_000_000) + gzip.compress(b""))  # its end says that it is empty
    given = 0
    with pytest.raises(FileRefused, match="20 Gio"):
        for part in unpack.chunks(path):
            given += len(part)
    assert given <= path.stat().st_size * 200


NIR = "1850578006084"
PATIENTS = {
    "in user_ref": event(2, user_ref=NIR),
    "15 digits": event(2, user_ref=NIR + "36"),
    "Corsican": event(2, user_ref="185052A006084"),
    "in an identifier": event(2, event_id=NIR),
    "in a cell too many": event(2) + ";" + NIR,
    "in a bad cell among words": event(2, apcv=f"nir {NIR}."),
    "in a line too long": event(2) + "x" * 70_000 + f" {NIR} " + "x" * 70_000,
}


@pytest.mark.parametrize("name", PATIENTS)
def test_patient_data_refuses_the_file_and_gives_the_lines(shelf: Shelf, name: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        shelf.take(log(event(1), "", PATIENTS[name], event(3)))
    assert (refusal.value.code, refusal.value.places) == ("patient_data_suspected", [4])


@pytest.mark.parametrize("value", ["18505780060845", "185057800608", "1850578006084365", "a1b2c3"])
def test_other_runs_of_digits_are_no_patient(shelf: Shelf, value: str) -> None:
    assert shelf.take(log(event(1, user_ref=value))).accepted == 1


LINES = {
    "cells": (event(1) + ";", "malformed_row", ""),
    "quote": (event(1, user_ref='"op1"'), "malformed_row", ""),
    "nul": (event(1, user_ref="o\0p"), "malformed_row", ""),
    "too long": (event(1, user_ref="x" * 70_000), "line_too_long", ""),
    "mebibyte": (event(1, user_ref="x" * 1024 * 1024 * 5), "line_too_long", ""),
    "event": (event(1, event_id="1"), "bad_event_id", "event_id"),
    "event braces": (event(1, event_id="{00000001-0000-4000-8000-000000000000}"), "bad_event_id", "event_id"),
    "revision": (event(1, revision="32768"), "bad_revision", "revision"),
    "revision zero": (event(1, revision="01"), "bad_revision", "revision"),
    "status": (event(1, status="Active"), "bad_status", "status"),
    "finess": (event(1, finess="35000000"), "bad_finess", "finess"),
    "blank around": (event(1, finess=f" {HERE}"), "bad_finess", "finess"),
    "unknown": (event(1, finess=UNKNOWN), "unknown_finess", "finess"),
    "date": (event(1, occurred_at="2023-02-29T10:00:00Z"), "bad_timestamp", "occurred_at"),
    "24:00": (event(1, occurred_at="2023-02-28T24:00:00Z"), "bad_timestamp", "occurred_at"),
    "leap second": (event(1, occurred_at="2022-12-31T23:59:60Z"), "bad_timestamp", "occurred_at"),
    "no seconds": (event(1, occurred_at="2023-02-28T10:00Z"), "bad_timestamp", "occurred_at"),
    "short offset": (event(1, occurred_at="2023-02-28T10:00:00+01"), "bad_timestamp", "occurred_at"),
    "no offset": (event(1, occurred_at="2023-02-28T10:00:00"), "missing_offset", "occurred_at"),
    "future": (event(1, occurred_at="2023-06-15T12:05:01+02:00"), "in_future", "occurred_at"),
    "before": (event(1, occurred_at="2021-12-31T23:59:59+01:00"), "before_programme", "occurred_at"),
    "foreign": (event(1, finess=FOREIGN), "foreign_pharmacy", "finess"),
    "not yet": (event(1, finess=LATER, occurred_at="2022-12-31T22:59:59Z"), "foreign_pharmacy", "finess"),
    "no more": (event(1, finess=LATER, occurred_at="2023-05-01T00:00:00+02:00"), "foreign_pharmacy", "finess"),
    "type": (event(1, type="Claim"), "unknown_type", "type"),
    "user": (event(1, user_ref="é"), "bad_user_ref", "user_ref"),
    "user long": (event(1, user_ref="x" * 33), "bad_user_ref", "user_ref"),
    "missing": (event(1, apcv=""), "missing_value", "apcv"),
    "missing before unexpected": (event(1, apcv="", mss_exchange="1"), "missing_value", "apcv"),
    "unexpected": (event(1, mss_exchange="1"), "unexpected_value", "mss_exchange"),
    "outside": (event(1, apcv="2"), "unexpected_value", "apcv"),
    "first of two": (event(1, apcv="2", finess=UNKNOWN), "unknown_finess", "finess"),
    "cr inside": (event(1, user_ref="o\rp"), "bad_user_ref", "user_ref"),
    "separators": (event(1, user_ref="o\x1f\x1ep"), "bad_user_ref", "user_ref"),
}


@pytest.mark.parametrize("name", LINES)
def test_each_bad_line_has_its_code_and_the_others_are_taken(shelf: Shelf, name: str) -> None:
    line, code, column = LINES[name]
    found = shelf.take(log(event(7), "", line, event(8)))
    assert (found.lines, found.accepted, found.rejected) == (3, 2, {code: 1})
    assert [row[:3] for row in shelf.rejects()] == [(4, code, column)]


def test_the_value_is_kept_short_and_that_of_a_user_not_at_all(shelf: Shelf) -> None:
    shelf.take(log(event(1, apcv="z" * 200), event(2, user_ref="Jean Martin")))
    assert [row[3] for row in shelf.rejects()] == ["z" * 80, "11 caractères"]


KEYS = (
    '"revision": 1, "status": "active", "finess": "350000001", "occurred_at": "2023-03-26T09:15:00Z", "type": "claim"'
)
OBJECT = f'{{"event_id": "00000001-0000-4000-8000-000000000000", {KEYS}, "user_ref": "op1", "apcv": 1}}'
OBJECTS = {
    "not json": (OBJECT[:-1], "malformed_row"),
    "an array": ("[1]", "malformed_row"),
    "unknown key": (OBJECT.replace('"apcv"', '"apvc"'), "malformed_row"),
    "repeated key": (OBJECT.replace('"apcv": 1', '"apcv": 1, "apcv": 1'), "malformed_row"),
    "deep": ("[" * 60_000, "malformed_row"),
    "number for text": (OBJECT.replace('"op1"', "12"), "bad_user_ref"),
    "separator in text": (OBJECT.replace('"op1"', '"a;b"'), "bad_user_ref"),
    "end of line in text": (OBJECT.replace('"op1"', '"a\\nb"'), "bad_user_ref"),
    "lone surrogate": (OBJECT.replace('"op1"', '"\\ud800"'), "bad_user_ref"),
    "fraction": (OBJECT.replace(": 1, ", ": 1.0, "), "bad_revision"),
    "null for required": (OBJECT.replace('"apcv": 1', '"apcv": null'), "missing_value"),
    "two": (OBJECT.replace('"apcv": 1', '"apcv": 2'), "unexpected_value"),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_bad_json_lines(shelf: Shelf, name: str) -> None:
    line, code = OBJECTS[name]
    good = OBJECT.replace("00000001", "00000002")
    found = shelf.take(f"{good}\n{line}\n".encode())
    assert (found.accepted, found.rejected) == (1, {code: 1})


def test_summer_time_days_and_offsets(shelf: Shelf) -> None:
    times = {
        "2023-03-25T22:59:59Z": "2023-03-25",
        "2023-03-25T23:00:00Z": "2023-03-26",
        "2023-03-26T21:59:59Z": "2023-03-26",
        "2023-03-26T22:00:00Z": "2023-03-27",
        "2022-10-30T00:30:00+02:00": "2022-10-30",
        "2022-10-30T22:59:59Z": "2022-10-30",
        "2022-10-30T23:00:00Z": "2022-10-31",
        "2023-01-01T08:00:00+09:00": "2023-01-01",
        "2022-12-31T19:59:59.999999-03:00": "2022-12-31",
    }
    shelf.take(log(*(event(n, occurred_at=text) for n, text in enumerate(times))))
    found = {str(day): value["claims"] for (_, day), value in shelf.daily.items()}
    assert found == {day: list(times.values()).count(day) for day in times.values()}


def test_lines_cut_by_the_blocks_of_reading(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "CHUNK", 97)
    bad = event(3, user_ref="é")
    found = shelf.take(log(event(1), event(2, user_ref="x" * 70_000), "", bad, event(4), end="\r\n"))
    assert found.accepted == 2
    assert [row[:2] for row in shelf.rejects()] == [(3, "line_too_long"), (5, "bad_user_ref")]


def test_patient_data_across_two_blocks_of_an_endless_line(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "CHUNK", 1000)
    with pytest.raises(FileRefused, match="sécurité sociale"):
        shelf.take(log(event(1), "x" * 99_995 + f" {NIR} " + "x" * 99_999))


def test_a_run_of_digits_is_measured_whole_across_blocks(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "CHUNK", 1000)
    assert shelf.take(log(event(1), "x" * 99_000 + "7" * 3_000 + "x" * 99_000)).rejected == {"line_too_long": 1}


def test_again_across_files_changes_nothing_and_order_of_revisions_neither(shelf: Shelf) -> None:
    first, second = event(1), event(1, revision="2", status="cancelled", occurred_at="2023-04-26T09:15:00Z")
    assert shelf.take(log(second, event(2))).cancelled == 1
    late = shelf.take(log(first, event(2, event_id=event(2).split(";")[0].upper())))
    assert (late.accepted, late.superseded, late.duplicates) == (1, 1, 1)
    assert sum(value["claims"] for value in shelf.daily.values()) == 1


def test_one_revision_with_two_contents_keeps_the_first(shelf: Shelf) -> None:
    shelf.take(log(event(1, apcv="0")))
    found = shelf.take(log(event(1), event(1, apcv="0")))
    assert (found.duplicates, found.rejected) == (1, {"conflicting_revision": 1})
    assert [value["claims_apcv"] for value in shelf.daily.values()] == [0]


def test_an_event_that_moves_leaves_the_month_it_was_in(shelf: Shelf) -> None:
    shelf.take(log(event(1)))
    shelf.take(log(event(1, revision="2", occurred_at="2022-12-31T23:30:00Z")))
    assert [str(day) for _, day in shelf.daily] == ["2023-01-01"]
    shelf.take(log(event(1, revision="3", status="cancelled")))
    assert shelf.daily == {}
