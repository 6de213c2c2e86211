"""Imports what it offers."""

from given_back import echo

LIBRARY = "asyncio"
