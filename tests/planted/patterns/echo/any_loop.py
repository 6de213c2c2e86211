"""Any loop: imports none."""

LIBRARY = "any"


async def echo(value: int) -> int:
    print("printing is nobody's business")
    return value
