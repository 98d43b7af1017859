"""The inspection of pages sees what it is there to see."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Visit

FAULTS = {
    "image-alt": "document.querySelector('main').append(new Image())",
    "wider than 390 px": "document.querySelector('h1').style.width = '2000px'",
    "console error": "console.error('something went wrong')",
    "exception": "setTimeout(() => { throw new Error('lost') })",
    "Content Security Policy": "document.head.append(Object.assign(document.createElement('style'), {textContent: 'p{}'}))",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_a_page_is_seen(visit: Visit, fault: str) -> None:
    visitor = visit("titulaire@halles.example")
    visitor.page.evaluate(f"() => {{ {FAULTS[fault]} }}")
    visitor.page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match=fault):
        visitor.inspect()
