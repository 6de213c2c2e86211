"""The style sheet: every text colour is readable on every ground it stands on, in both themes."""

import re

import pytest

from reports.pages.definitions import SERIES
from reports.pages.rendering import TEMPLATES

STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
TEXT = ("ink", "muted", "accent", "good", "bad", "s1", "s2", "s3", "s4", "s5", "s6")
PAIRS = [
    *((text, "paper") for text in TEXT),
    *((text, "panel") for text in ("ink", "muted", "accent", "good", "s5", "s6")),
    *((text, "good-panel") for text in ("ink", "muted", "accent", "good", "bad")),
    ("amber", "amber-panel"),
    ("amber", "paper"),
    ("accent", "amber-panel"),
    ("paper", "good"),
    ("ink", "band"),
]


def themes() -> list[dict[str, str]]:
    """The colours of the light theme and of the dark one."""
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", STYLE)
    return [{name: pair[theme] for name, *pair in found} for theme in (0, 1)]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 for equal colours to 21 for black on white."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_formula() -> None:
    """Black on white is 21, and grey #767676 on white is the well-known 4.54."""
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_is_readable(theme: int, text: str, ground: str) -> None:
    """At least 4.5 to 1."""
    colours = themes()[theme]

    assert contrast(colours[text], colours[ground]) >= 4.5


def test_every_colour_has_a_dark_twin() -> None:
    """What is defined is defined for both themes, and every name that is used is defined."""
    light, _ = themes()

    assert set(re.findall(r"--([\w-]+):", STYLE)) == light.keys()
    assert set(re.findall(r"var\(--([\w-]+)\)", STYLE + " ".join(SERIES))) <= light.keys()


def test_no_colour_is_written_outside_the_themes() -> None:
    """A colour that is not a variable would not follow the theme."""
    rest = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(", rest) == []
