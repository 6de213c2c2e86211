"""What is asked of ``patterns.retries`` about time, about groups of errors, and about what it tells."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from itertools import pairwise
from statistics import fmean
from typing import Any

from benchmarks.families.retries.scene import (
    HANGS,
    ON,
    OVER,
    FatalError,
    FlakyError,
    Service,
    chain,
    chance,
    offered,
    over,
    played,
    result,
    told,
    tried_again,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import cancellations
from benchmarks.safety.clocks import clocks
from benchmarks.safety.trials import HOUR, Trial, expect, listed, shown_as

CALLERS = 12  # of whose waits the mean is looked at
WAITED = 7  # times that each of them waits
FIRST, LONGEST = 1.0, 16.0
GROWS = 2.0  # times as long as the first are the last waits at least, however chance is used
HERD, APART, BINS = 20, 0.1, 3  # callers who fail together, units that are told apart, and as many as are to be seen
TIME = 4.0  # units that a call has
MORE = 12  # failures, more than a number of attempts would allow
SLACK = 0.2  # units
THOUSAND = 1100  # attempts: two to the power of so many is no float


Asked = Callable[[Trial], Awaitable[None]]


def on_one_clock(promise: Asked) -> Asked:
    """A promise about time, asked where every clock shows the same virtual time, on any loop."""

    @wraps(promise)
    async def asked(trial: Trial) -> None:
        with clocks(trial):
            await promise(trial)

    return asked


@on_one_clock
async def waits_grow(trial: Trial) -> None:
    """Each wait is longer than the one before, up to the longest; whoever else waits, or begins, does not matter.

    A server that has too much to do gets it all again at once, and all the time, until nobody gets an answer. And if
    waits grow without end, a caller is still waiting an hour after the server is back.

        except ConnectionError:
            await asyncio.sleep(0.1)
        # a thousand clients: ten thousand requests a second to
        # a server that has just come back
    """
    for name in offered(trial, "retrying"):
        waiting = [Service(trial, (*[FlakyError] * WAITED, "answer")) for _ in range(CALLERS)]
        newcomers = [Service(trial, (FlakyError, "answer")) for _ in range(CALLERS)]
        with chance(trial):
            again = partial(tried_again, trial, name, attempts=WAITED + 1, first=FIRST, longest=LONGEST)
            call = again(_of_its_own)
            async with trial.crew() as crew:
                players = [crew.start(call, service, name=name) for service in waiting]
                for service in newcomers:
                    await trial.sleep(1.5 * FIRST)
                    players.append(crew.start(call, service, name=name))
                expect(await over(trial, *players, units=10 * LONGEST * WAITED), f"{name}: {listed(crew.waiting)} wait")
        waits = [[later - earlier for earlier, later in pairwise(one.moments)] for one in waiting]
        expect({len(one) for one in waits} == {WAITED}, f"{name} has not waited {WAITED} times for as many failures")
        longest = max(map(max, waits))
        expect(longest < LONGEST + SLACK, f"{name} waited {longest:.3g}, where {LONGEST:g} is the longest")
        first, last = fmean(one[0] for one in waits), fmean(one[-1] for one in waits)
        seen = f"{name} waited {first:.3g} at first and {last:.3g} in the end, in the mean of {CALLERS} callers"
        expect(last > GROWS * first, f"{seen}, where {FIRST:g} and {LONGEST:g} were asked for")
        new = fmean(one.moments[1] - one.moments[0] for one in newcomers)
        seen = f"{name} waited {new:.3g} at first, where others had begun before"
        expect(new < GROWS * FIRST + SLACK, seen)


async def _of_its_own(service: Service) -> Any:
    """An attempt of a caller with an other side of its own."""
    return await service.call()


@on_one_clock
async def no_wait_behind_the_last(trial: Trial) -> None:
    """After the last attempt its error reaches the caller at once, and so does one that is not tried again.

    What is certain is told. A loop that waits after each failure waits once more, the longest of its waits, for an
    attempt that it will not make.

        for attempt in range(5):
            try:
                return await fetch()
            except OSError:
                await asyncio.sleep(2 ** attempt)
        raise GiveUp    # sixteen seconds after it was certain
    """
    for name in offered(trial, "retrying", "retrying_all_but", "counting"):
        for outcomes in ((FlakyError,), (FlakyError, FatalError)):
            service = Service(trial, outcomes)
            ended: list[float] = []
            call = tried_again(trial, name, service.call, len(outcomes) + 1, FIRST, FIRST)

            async def until_the_end(call: Any = call, ended: list[float] = ended) -> None:
                try:
                    await call()
                finally:
                    ended.append(trial.now())

            player = await played(trial, until_the_end, what=name)
            expect(player.outcome == "raised", told(name, service, player))
            late = ended[0] - service.moments[-1]
            expect(late < FIRST / 3, f"{told(name, service, player)}, {late:.2g} s after the last had begun")


@on_one_clock
async def callers_come_back_apart(trial: Trial) -> None:
    """Callers who fail at the same moment do not come back at the same moment.

    A server restarts, and all of its clients lose their connection in the same moment. If all of them come back a
    second later, all at once, it goes down again; and so every two, four and eight seconds.

        except ConnectionError:
            await asyncio.sleep(2 ** attempt)
        # a thousand clients: all of them after one second, after
        # two, after four
    """
    for name in offered(trial, "retrying"):
        services = [Service(trial, (FlakyError, "answer"), 0) for _ in range(HERD)]
        with chance(trial):
            call = tried_again(trial, name, _of_its_own, 2, 1.0, 8.0)
            async with trial.crew() as crew:
                players = [crew.start(call, service, name=name) for service in services]
                expect(await over(trial, *players), f"{name}: {listed(crew.waiting)} wait")
        once_more = sum(len(service.moments) == 2 for service in services)
        expect(once_more == HERD, f"{name}: of {HERD} callers who failed together {once_more} were tried again, once")
        moments = {round((service.moments[1] - service.moments[0]) / APART) for service in services}
        expect(len(moments) >= BINS, f"{name}: {HERD} callers who failed together came back at {len(moments)} moments")


@on_one_clock
async def tries_while_there_is_time(trial: Trial) -> None:
    """With a time instead of a number, attempts are made while there is time, and they end after it.

    The time is meant to outlast a restart of the other side. Who gives up at the first failure does not, and who never
    gives up is still trying when nobody waits any more.

        @retry(on=ConnectionError, seconds=30)
        async def connect(): ...
        # the server restarts, which takes five seconds
    """
    for failures in (1, MORE):
        service = Service(trial, (*[FlakyError] * failures, "answer"), trial.draw(2))
        call = tried_again(trial, "retrying_within", service.call, first=0.5, longest=1, units=MORE + 2)
        player = await played(trial, call, what="retrying_within")
        expect(player.value == "answer", f"{told('retrying_within', service, player)}, with time left")
    service = Service(trial, (FlakyError,))
    call = tried_again(trial, "retrying_within", service.call, first=0.5, longest=1, units=4)
    began = trial.now()
    async with trial.crew() as crew:
        player = crew.start(call, name="retrying_within")
        ended = await over(trial, player, units=10)
        expect(ended, f"retrying_within has not ended {trial.now() - began:.0f} s after it began, with 4 s to do so")
    expect(player.outcome == "raised" and isinstance(player.error, OVER), told("retrying_within", service, player))


@on_one_clock
async def keeps_its_time(trial: Trial) -> None:
    """A call that has a time ends within it, even if an attempt hangs; it leaves nothing of that attempt behind.

    The time is what somebody waits for. Who looks at the clock only between attempts takes as long as the attempt that
    hangs, which is what one wanted to be safe from.

        @retry(on=OSError, timeout=10)
        async def fetch(): ...
        # the server takes the request and never answers:
        # so does this call
    """
    for outcomes in ((HANGS,), (FlakyError, HANGS), (FlakyError,)):
        service = Service(trial, outcomes, 1, clean_up=trial.draw(3))
        call = tried_again(trial, "retrying_within", service.call, first=0.75, longest=1.25, units=TIME)
        began = trial.now()
        ended: list[tuple[float, int, int]] = []

        async def until_the_end(
            service: Service = service, call: Any = call, ended: list[tuple[float, int, int]] = ended
        ) -> None:
            before = cancellations(trial)
            try:
                await call()
            except OVER:
                ended.append((trial.now(), service.running, cancellations(trial) - before))
            await trial.hop(3)

        async with trial.crew() as crew:
            player = crew.start(until_the_end, name="retrying_within")
            in_time = await over(trial, player, units=TIME + 1)
            expect(in_time, f"{told('retrying_within', service, player)}, {trial.now() - began:.0f} s after it began")
        expect(player.outcome == "returned" and bool(ended), told("retrying_within", service, player))
        (moment, running, left), begun = ended[0], service.moments[-1]
        expect(moment - began < TIME + SLACK, f"retrying_within took {moment - began:.3g} s, and had {TIME:g}")
        expect(begun - began < TIME + SLACK, f"an attempt began {begun - began:.3g} s after the call that had {TIME:g}")
        expect(running == 0, "an attempt was still under way when the call had ended")
        expect(left == 0, f"{left} cancellations of the caller were left behind")


async def groups_are_tried_again(trial: Trial) -> None:
    """A group of nothing but errors that are to be tried again is tried again; one with another in it is not.

    The call uses a task group inside, and the connection is reset: what arrives is an ExceptionGroup with that error.
    `except ConnectionError` does not see it, and the call is made once. Who tries every group again tries a wrong
    password again, too.

        async def fetch():
            async with asyncio.TaskGroup() as group:
                ...                       # ConnectionResetError
        await retry(fetch, on=ConnectionError)()
        # ExceptionGroup, at the first attempt
    """
    cases: tuple[tuple[int, list[Exception]], ...] = (
        (2, [FlakyError("one"), FlakyError("two")]),
        (2, [ExceptionGroup("inner", [TimeoutError("one")]), FlakyError("two")]),
        (1, [FlakyError("one"), FatalError("two")]),
        (1, [ExceptionGroup("inner", [FatalError("one"), FlakyError("two")])]),
    )
    for name in offered(trial, "retrying", "retrying_all_but"):
        for attempts, errors in cases:
            calls: list[int] = []
            group = ExceptionGroup("jobs failed", errors)

            @shown_as("call")
            async def fail_once(calls: list[int] = calls, group: ExceptionGroup[Exception] = group) -> str:
                calls.append(1)
                await trial.hop(trial.draw(2))
                if len(calls) == 1:
                    raise group
                return "answer"

            player = await played(trial, tried_again(trial, name, fail_once), what=name)
            seen = f"{name} {result(player)} after {len(calls)} attempts; the first raised {group!r:.120}"
            expect(len(calls) == attempts, seen)
            expect(player.outcome == ("returned" if attempts == 2 else "raised"), seen)
            expect(attempts == 2 or _holds_a_fatal_one(player.error), seen)


def _holds_a_fatal_one(error: BaseException | None) -> bool:
    """Whether an error that is not to be tried again is in what reached the caller."""
    for one in chain(error):
        if isinstance(one, FatalError):
            return True
        if isinstance(one, BaseExceptionGroup) and any(map(_holds_a_fatal_one, one.exceptions)):
            return True
    return False


async def outlives_a_long_outage(trial: Trial) -> None:
    """After a thousand failures it tries on: the next wait can still be worked out.

    Whoever consumes a queue tries until the broker is back, be it in a day. Two to the power of the attempts is then
    too large for a float: what ends the program is an OverflowError, of its own, in the night.

        except BrokerGone:
            await asyncio.sleep(min(60, 0.1 * 2 ** attempt))
        # after 1024 attempts, most of a day: OverflowError
    """
    for name in offered(trial, "retrying"):
        service = Service(trial, (*[FlakyError] * (THOUSAND - 1), "answer"), 0)
        call = tried_again(trial, name, service.call, THOUSAND)
        player = await played(trial, call, what=name, units=HOUR)
        expect(player.value == "answer", f"{told(name, service, player)}; attempt {THOUSAND} has an answer")


async def attempts_are_counted(trial: Trial) -> None:
    """What is told of how many attempts an answer took is true of this call, whoever else calls meanwhile.

    It is what one writes into the log, and what an alarm looks at. A count that belongs to the function and not to the
    call says of an answer at the first attempt that it took three, or the other way round.

        await gather(fetch(a), fetch(b))   # a fails twice
        fetch.statistics["attempt_number"]
        # of which of them?
    """
    failures = [0, 2, 1, 3]
    if trial.seed:
        trial.random.shuffle(failures)
    services = [Service(trial, (*[FlakyError] * number, "answer"), 1 + trial.draw(2)) for number in failures]
    call = trial.module.counting(ON, 5, 0.0, 0.0)(_of_its_own)
    async with trial.crew() as crew:
        players = [crew.start(call, service, name="counting") for service in services]
        expect(await over(trial, *players), f"counting: {listed(crew.waiting)} not ended")
    for service, player in zip(services, players, strict=True):
        seen = told("counting", service, player)
        expect(player.value == ("answer", service.begun), seen)


async def cause_is_kept(trial: Trial) -> None:
    """The last error still has the cause that it was raised with.

    "The service is not available": because the name is not known, or the certificate has expired. If another error
    stands in the place of that cause, such as the one of the attempt before, the traceback tells of the wrong thing.

        raise ServiceError from expired_certificate
        # after three attempts: ServiceError, caused by
        # ServiceError, caused by ServiceError
    """
    for name in offered(trial, "retrying", "retrying_all_but", "counting"):
        causes: list[OSError] = []
        errors: list[FlakyError] = []

        @shown_as("call")
        async def fail(causes: list[OSError] = causes, errors: list[FlakyError] = errors) -> None:
            causes.append(OSError(f"cause {len(causes) + 1}"))
            errors.append(FlakyError(f"attempt {len(causes)}"))
            await trial.hop(trial.draw(2))
            raise errors[-1] from causes[-1]

        player = await played(trial, tried_again(trial, name, fail), what=name)
        arrived = [error for error in errors if error in chain(player.error)][-1:]
        expect(bool(arrived), f"{name} {result(player)}, without the error of any attempt")
        cause, kept = causes[errors.index(arrived[0])], arrived[0].__cause__
        seen = f"{name} {result(player)}; {arrived[0]} was raised from {cause}"
        expect(kept is cause, f"{seen}, and its cause is {type(kept).__name__}({kept})")


WAITS_PROMISES = (
    Promise(tries_while_there_is_time, about=("retrying_within",)),
    Promise(waits_grow, about=("retrying",), need="paced"),
    Promise(no_wait_behind_the_last, need="paced"),
    Promise(callers_come_back_apart, about=("retrying",), need="spread"),
    Promise(keeps_its_time, about=("retrying_within",), need="in-time"),
    Promise(groups_are_tried_again, about=("retrying",), need="groups"),
    Promise(outlives_a_long_outage, once=True, about=("retrying",), need="outage"),
    Promise(attempts_are_counted, about=("counting",), need="report"),
    Promise(cause_is_kept, need="report"),
)
