"""The funnel: what is drawn stays within the drawing."""

from __future__ import annotations

from portal.home.domain.stages import STAGES
from portal.ui.charts import BAR_HEIGHT, VALUE_WIDTH, WIDTH, funnel_bars

WIDEST_LETTER = 8.0
"""Units of the drawing that a letter of a label takes at most on average, at the largest size of the style sheet."""


def test_every_label_fits_the_drawing() -> None:
    assert max(len(stage.label) for stage in STAGES.values()) * WIDEST_LETTER <= WIDTH


def test_bars_are_in_proportion_one_under_the_other() -> None:
    drawn = funnel_bars([("Une", 10), ("Deux", 5), ("Aucune", 0), ("Une", 10)])
    assert [(bar.label, bar.value, bar.width) for bar in drawn.bars] == [
        ("Une", 20, WIDTH - VALUE_WIDTH),
        ("Deux", 5, (WIDTH - VALUE_WIDTH) // 4),
        ("Aucune", 0, 0),
    ]
    for above, below in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert above.label_y < above.y and above.y + BAR_HEIGHT < below.label_y
    assert drawn.bars[-1].y + BAR_HEIGHT <= drawn.height


def test_a_single_dossier_among_many_is_seen() -> None:
    drawn = funnel_bars([("Beaucoup", 100_000), ("Une", 1)])
    assert drawn.bars[1].width == 1
