"""Colours can be read: WCAG 2.2, 1.4.3 Contrast (Minimum), at least 4.5 to 1."""

import pytest

from commonweal.figures.palette import COMPARISONS, HIGHLIGHT, INK, MUTED, WASH, style


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("word", COMPARISONS)
def test_text_on_the_fill_of_a_comparison(word):
    found = style(word)
    assert contrast(found.ink, found.ground) >= 4.5
    assert contrast(INK, found.ground) >= 4.5
    assert contrast(found.ink, "#ffffff") >= 4.5


@pytest.mark.parametrize(("text", "ground"), [(INK, HIGHLIGHT), (INK, WASH), (MUTED, WASH), (MUTED, "#ffffff")])
def test_other_pairs(text, ground):
    assert contrast(text, ground) >= 4.5


def test_better_similar_and_worse_differ_in_shape_and_symbol():
    three = [style(word) for word in ("better", "similar", "worse")]
    assert len({s.shape for s in three}) == len({s.symbol for s in three}) == 3
