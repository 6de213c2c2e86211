"""A browser for tests that need one. `.ci/run` installs Debian's, and an environment variable says that it must be."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
REQUIRED = os.environ.get("LOOPMARK_BROWSER") == "required"
# One process for all pages of a context: starting one takes longer than drawing a page.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--renderer-process-limit=1"]
MISSING = "no Chromium here to look at pages with (Debian: apt install chromium)"
needs_browser = pytest.mark.skipif(BROWSER is None and not REQUIRED, reason=MISSING)


@contextmanager
def session() -> Iterator[Browser]:
    """A browser for a ``with`` block."""
    assert BROWSER, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def complaints(page: Page) -> list[str]:
    """What axe-core says against a page that is open, an element each."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found: Any = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
