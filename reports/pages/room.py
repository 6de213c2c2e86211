"""Whether charts can be drawn under this process's limits: what draws them ends the process where they cannot."""

try:
    import resource
except ImportError:  # Windows, which limits no addresses
    resource = None  # type: ignore[assignment]

ADDRESSES = 64 * 2**30  # bytes that V8, in which Vega-Lite runs, reserves at least: 50 GiB were too few, 70 enough


class NoRoomError(Exception):
    """A limit of this process leaves no room to draw; the message says which, and what to do."""


def check_room() -> None:
    """Raise NoRoomError if this process may not have the addresses that drawing reserves."""
    if resource is not None:
        allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
        if allowed != resource.RLIM_INFINITY and allowed < ADDRESSES:
            has = f"this process may have {allowed / 2**30:.1f} GiB of addresses"
            raise NoRoomError(f"{has}, drawing charts reserves {ADDRESSES >> 30}: ulimit -v unlimited, then again")
