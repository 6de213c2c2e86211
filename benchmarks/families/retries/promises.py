"""What is asked of ``patterns.retries``: of attempts, of who is cancelled, of time; and what is disclosed."""

import asyncio
import inspect

import trio

from benchmarks.families.retries.attempts import ATTEMPTS_PROMISES
from benchmarks.families.retries.cancelled import CANCELLED_PROMISES
from benchmarks.families.retries.scene import FlakyError, Service, offered, tried_again
from benchmarks.families.retries.waits import WAITS_PROMISES
from benchmarks.families.retries.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import same_memory
from benchmarks.safety.trials import Trial


async def runs_in_the_callers_task(trial: Trial) -> bool:
    """All attempts run in the caller's own task.

    What is kept per task is the caller's in each attempt: the identity that a lock compares, a transaction, the name in
    the log.

        async with transaction():       # kept for this task
            await retry(insert)(row)
        # in a task of its own the attempt is outside of it
    """
    tasks = {_task(trial)}
    flaky = [FlakyError, FlakyError]

    async def attempt() -> None:
        tasks.add(_task(trial))
        await trial.hop()
        if flaky:
            raise flaky.pop()

    await tried_again(trial, offered(trial)[0], attempt)()
    return len(tasks) == 1


def _task(trial: Trial) -> object:
    return trio.lowlevel.current_task() if trial.is_trio else asyncio.current_task()


async def stays_a_coroutine_function(trial: Trial) -> bool:
    """The decorated function is still a coroutine function to whoever looks.

    Web frameworks and test runners look whether a handler is one, and call it in a thread, or never await it, if it
    does not look like it.

        @app.get("/")
        @retry
        async def home(): ...
        # inspect.iscoroutinefunction(home)?
    """
    return inspect.iscoroutinefunction(tried_again(trial, "retrying", Service(trial).call))


async def memory_is_given_back(trial: Trial) -> None:
    """Calls that are over, answered or given up, take no memory that is never given back.

    A line for each attempt that there ever was grows with the traffic, and fastest while a service is down. The program
    survives the outage, and is killed by what it has noted of it.

        except errors as error:
            HISTORY.append((function, attempt, error))   # for the statistics
            # nobody reads it, and nobody cuts it
    """
    await same_memory(trial, WORKLOADS, ("at_once", "hopeless", "within", "methods"))


PROMISES = (
    *ATTEMPTS_PROMISES,
    *CANCELLED_PROMISES,
    *WAITS_PROMISES,
    Promise(memory_is_given_back, once=True),
    Promise(runs_in_the_callers_task, once=True, fact=True),
    Promise(stays_a_coroutine_function, once=True, about=("retrying",), fact=True),
)
