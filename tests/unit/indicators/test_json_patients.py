"""Patient data hidden in JSON, whichever part of a line says it: escaped, nested, cut, in a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.engine import unpack
from indicators.engine.refusals import FileRefused
from tests.unit.indicators.logs import Shelf
from tests.unit.indicators.test_hazards import NIR, OBJECT


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


ESCAPED = "".join(f"\\u{ord(digit):04x}" for digit in NIR)
JSON_PATIENTS = {
    "unknown key": f'{{"nir":"{ESCAPED}"}}',
    "one digit escaped": f'{{"nir":"\\u0031{NIR[1:]}"}}',
    "in a key": f'{{"{ESCAPED}":1}}',
    "repeated key": f'{{"user_ref":"{ESCAPED}","user_ref":"op1"}}',
    "nested": f'{{"patient":[{{"id":["{ESCAPED}"]}}]}}',
    "nested in a known key": f'{{"user_ref":{{"patient":["é{ESCAPED}"]}}}}',
    "after an escaped letter": f'{{"user_ref":["\\u00e9{NIR}"]}}',
    "after an escaped blank": f'{{"nir":"\\u0020{NIR}"}}',
    "number": f'{{"nir":{NIR}}}',
    "number with an exponent": '{"nir":1.850578006084e12}',
    "array": f'["{ESCAPED}"]',
    "cut object": f'{{"nir":"{ESCAPED}"',
    "deep": f'{{"nir":{"[" * 5_000}"{ESCAPED}"{"]" * 5_000}}}',
    "too long": f'{{"user_ref":"{"x" * 70_000} {ESCAPED} {"x" * 70_000}"}}',
}


@pytest.mark.parametrize("name", JSON_PATIENTS)
def test_patient_data_of_json_is_found_whatever_holds_it(shelf: Shelf, name: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        shelf.take(f"{OBJECT}\n\n{JSON_PATIENTS[name]}\n{OBJECT}\n".encode())
    assert (refusal.value.code, refusal.value.places) == ("patient_data_suspected", [3])


@pytest.mark.parametrize("shift", [0, 20, 40])
def test_escaped_patient_data_is_found_across_blocks(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, shift: int) -> None:
    monkeypatch.setattr(unpack, "CHUNK", 60)
    with pytest.raises(FileRefused, match="sécurité sociale"):
        shelf.take(f'{OBJECT}\n{{"user_ref":"{"x" * (70_000 + shift)} {ESCAPED} {"x" * 9_999}"}}\n'.encode())


@pytest.mark.parametrize("value", [f'"{ESCAPED}0"', f'"\\u0030{NIR}"', f'"\\\\u0031{NIR[1:]}"'])
def test_other_runs_of_digits_of_json_are_no_patient(shelf: Shelf, value: str) -> None:
    assert shelf.take(f'{OBJECT}\n{{"nir":{value}}}\n'.encode()).rejected == {"malformed_row": 1}
