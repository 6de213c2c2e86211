"""Whether a scheduler of Dask's talks to us, asked before anything else is: what speaks against it is one line.

Dask's own client and worker try for a minute what can never do, such as a certificate that nobody there knows, and name
the last of their errors. What certificates there are is Dask's to know, from its configuration.
"""

import asyncio
import ssl

from distributed.comm.core import connect
from distributed.security import Security
from tornado.iostream import StreamClosedError

from benchmarks.machines.dask_settings import PATIENCE
from benchmarks.machines.hosts import SchedulerError

SECURED, PLAIN = "tls://", "tcp://"
SETTINGS = "distributed.comm.tls in Dask's configuration"


async def knock(address: str, role: str) -> None:
    """Talk to a scheduler once, as ``client`` or ``worker``; raises SchedulerError if it is not to be talked to."""
    security = Security()
    try:
        arguments = security.get_connection_args(role)
    except (OSError, ValueError) as error:
        files = ", ".join(filter(None, map(security.get_tls_config_for_role(role).get, ("ca_file", "cert", "key"))))
        raise SchedulerError(f"{SETTINGS} names what cannot be used: {innermost(error)}: {files}") from error
    if address.startswith(SECURED) and not arguments.get("ssl_context"):
        raise SchedulerError(f"{address} asks for certificates: name ca-file, and {role}'s cert and key, of {SETTINGS}")
    try:
        async with asyncio.timeout(PATIENCE):
            comm = await connect(address, timeout=PATIENCE, **arguments)
            await comm.close()
    except TimeoutError as error:
        raise SchedulerError(f"no scheduler answers at {address}: nothing is said there") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise SchedulerError(
            f"no scheduler answers at {address}: {innermost(error)}{_advice(address, error)}"
        ) from error


def _advice(address: str, error: BaseException) -> str:
    """What to do about a connection that was ended, as far as that can be told from how."""
    cause = _root(error)
    other = address.removeprefix(PLAIN).removeprefix(SECURED)
    ended = isinstance(cause, BrokenPipeError | ConnectionResetError | StreamClosedError)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"; its certificate is none of our ca-file of {SETTINGS}"
    if address.startswith(SECURED) and (ended or "ALERT" in (getattr(cause, "reason", "") or "")):
        return f"; it refuses our certificate, of {SETTINGS}"
    if "SSL" in str(cause):
        return f"; without TLS it is {PLAIN}{other}"
    return f"; with TLS it is {SECURED}{other}" if ended else ""


def innermost(error: BaseException) -> str:
    """What an error came of, in one line."""
    cause = _root(error)
    return " ".join(str(cause).split()) or type(cause).__name__


def _root(error: BaseException) -> BaseException:
    while (before := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        error = before
    return error
