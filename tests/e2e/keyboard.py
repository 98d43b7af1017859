"""A person without a mouse: Tab, Shift+Tab, Space, Enter and typing are all they have."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor

_FOCUSED = "() => (document.activeElement.innerText || document.activeElement.value || '').trim()"
_BOX = """() => {
    const {name, type, value} = document.activeElement;
    return ['radio', 'checkbox'].includes(type) ? `${name}=${value}` : name || '';
}"""
TICK = "\N{CHECK MARK}"
_SEEN = """() => {
    const shown = (element, pseudo) => {
        const style = getComputedStyle(element, pseudo);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    };
    const active = document.activeElement, label = active.labels && active.labels[0];
    return shown(active) || Boolean(label && (shown(label, '::before') || shown(label)));
}"""


def skip_to_the_content(visitor: Visitor) -> None:
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(_FOCUSED) == "Aller au contenu"
    expect(visitor.page.get_by_role("link", name="Aller au contenu")).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "contenu"


def tab_until(visitor: Visitor, words: str, most: int, key: str = "Tab") -> None:
    """Reach the link or button of these words in at most so many stops, each of them visibly focused."""
    stops = []
    for _ in range(most):
        visitor.page.keyboard.press(key)
        stops.append(visitor.page.evaluate(_FOCUSED))
        assert visitor.page.evaluate(_SEEN), f"the focus is not seen on « {stops[-1]} »"
        if stops[-1] == words:
            return
    raise AssertionError(f"« {words} » is not among the stops {stops}")


def press_enter(visitor: Visitor) -> None:
    """On the link or button that has the focus, and inspect the page it leads to."""
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.page.keyboard.press("Enter")
    visitor.inspect()


def enter(visitor: Visitor, words: str, most: int = 60) -> None:
    """Reach the link or button of these words from where one is, and press it."""
    tab_until(visitor, words, most)
    press_enter(visitor)


def type_in(visitor: Visitor, given: Mapping[str, str], until: str, most: int = 120) -> None:
    """Tab through a form up to the button of these words; in each box named in ``given``, type, or tick by Space.

    A box to tick is named with its value (``name=value``); the first letters choose in a list.
    """
    left = dict(given)
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(_SEEN), f"the focus is not seen on « {visitor.page.evaluate(_FOCUSED)} »"
        words = left.pop(visitor.page.evaluate(_BOX), None)
        if words is not None:
            visitor.page.keyboard.press("Space") if words == TICK else visitor.page.keyboard.type(words)
        if visitor.page.evaluate(_FOCUSED) == until:
            break
    assert not left, f"never reached: {sorted(left)}"
