"""Any loop: imports none."""


async def echo(value: int) -> int:
    print("printing is nobody's business")
    return value
