"""Leaves a thread behind."""

import threading

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return value
