"""The README's pictures are there, light enough for a page, and can be taken anew."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.screenshots import MOST_BYTES, small

ROOT = Path(__file__).parents[2]
PICTURES = sorted((ROOT / "docs").glob("*.png"))


def test_the_readme_shows_pictures_that_are_there() -> None:
    shown = re.findall(r'(?:srcset|src)="([^"]+)"', (ROOT / "README.md").read_text())

    assert {"docs/console-dark.png", "docs/console-light.png"} <= set(shown)
    assert [path for path in shown if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_no_picture_is_heavy(path: Path) -> None:
    assert path.stat().st_size < MOST_BYTES


def test_a_picture_of_few_colours_keeps_them() -> None:
    drawn = Image.new("RGB", (640, 400), "#f4f6f5")
    drawn.paste("#0f6070", (10, 10, 200, 90))
    drawn.paste("#ad3527", (10, 100, 40, 130))
    whole = BytesIO()
    drawn.save(whole, "PNG", compress_level=0)

    reduced = Image.open(BytesIO(small(whole.getvalue()))).convert("RGB")

    assert reduced.getpixel((20, 20)) == (15, 96, 112)
    assert reduced.getpixel((20, 110)) == (173, 53, 39)
    assert len(small(whole.getvalue())) < len(whole.getvalue()) / 10
