"""Gives an answer that a terminal would obey."""

LIBRARY = "asyncio"


class Red(int):
    def __str__(self) -> str:
        return "\x1b[31mred [/x] → é"

    __repr__ = __str__
    __format__ = lambda self, _: str(self)


async def echo(value: int) -> int:
    return Red(value + 1)
