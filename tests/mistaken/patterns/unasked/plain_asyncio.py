"""Plain on asyncio."""

from patterns.echo.plain_asyncio import echo

LIBRARY = "asyncio"
