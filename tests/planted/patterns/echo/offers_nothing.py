"""Lacks the function."""

LIBRARY = "asyncio"
