"""What we ask of Dask, on both ends: by what hosts are known, and that it keeps quiet while somebody measures.

This, ``knocking``, ``serving`` and ``through_dask`` are the modules that import it, and nothing imports them but for
``serve`` and ``--scheduler``.
"""

import logging

import dask
import distributed

RESOURCE = "loopmark"  # of which each host has one, and each assignment takes one
KNOWN_BY = "loopmark"  # under which a host tells the scheduler of what kind it is
PATIENCE = 30.0  # seconds for a scheduler to answer, and for a host to come

# It looks at itself fifty times a second unless told otherwise. All else, TLS above all, is the user's.
QUIET = {
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "60s",
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.profile.enabled": False,
}


def keep_quiet() -> None:
    """No looks at itself, no log: what there is to say is said in lines of ours."""
    dask.config.set(QUIET)
    for name in (distributed.__name__, f"{distributed.__name__}.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
