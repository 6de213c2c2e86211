"""What is asked of ``patterns.retries`` about attempts: whose they are, how many, and what comes of them."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

from benchmarks.families.retries.scene import (
    ATTEMPTS,
    ExitError,
    FatalError,
    FlakierError,
    FlakyError,
    Service,
    chain,
    offered,
    over,
    played,
    result,
    told,
    tried_again,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import finish
from benchmarks.safety.trials import Trial, expect, listed, shown_as

VALUES = ("answer", None, 0, (), ValueError("a value, not an error"))  # some of which may be taken for none
FAILURES = (0, 1, 2, 4)  # of callers who call at the same time, with five attempts each
ALL_LATE = (4, 4, 4)  # the same where nobody has an answer before all of them have failed often
HOPELESS = 5


async def answer_reaches_caller(trial: Trial) -> None:
    """The call is made with the caller's arguments, and its answer is what it returned; it is not made again then.

    An answer that is None, zero or empty is taken for a failure, and the call is made again: the order is placed twice.
    Or the second attempt is made with less than the first.

        @retry
        async def place(order, *, gift=False): ...
        await place("tea", gift=True)
        # None is an answer, too: three boxes of tea
    """
    for name in offered(trial):
        for number, value in enumerate(VALUES):
            failures = number % 2
            service = Service(trial, (*[FlakyError] * failures, value), trial.draw(2))
            player = await played(trial, tried_again(trial, name, service.call), 7, word="x", what=name)
            seen = told(name, service, player)
            expect(player.outcome == "returned" and player.value is value, f"{seen}; it was answered {value!r}")
            expect(service.begun == failures + 1, f"{seen}, of which the last had an answer before")
            expect(service.asked == [((7,), {"word": "x"})] * service.begun, f"{seen}, not all as it was called")
        if not trial.is_trio:
            await _waiting_for_another_task(trial, name)


async def _waiting_for_another_task(trial: Trial, name: str) -> None:
    """That one is cancelled, so that the attempt fails; or it fails, and the attempt has an answer all the same."""
    for cancelled in (0, 1):  # attempts
        begun = 0

        @shown_as("call")
        async def attempt(cancelled: int = cancelled) -> str:
            nonlocal begun
            begun += 1
            other: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            end = other.cancel if begun <= cancelled else partial(other.set_exception, FatalError())
            asyncio.get_running_loop().call_soon(end)
            try:
                return await other
            except asyncio.CancelledError:
                raise FlakyError from None
            except FatalError:
                return "answer"

        player = await played(trial, tried_again(trial, name, attempt), what=name)
        seen = f"{name} {result(player)} after {begun} attempts"
        expect(player.value == "answer", f"{seen}; of {cancelled} another task was cancelled, the next one answered")


async def attempts_are_as_allowed(trial: Trial) -> None:
    """As many attempts are made as are allowed where each fails, and no more than it takes where one does not.

    One attempt too many is an order too many, and a server that is down is asked more often than its owner allows. One
    too few gives up on what would have come back.

        @retry(attempts=3)
        async def charge(card): ...
        # asked four times, because it counts retries and not
        # attempts
    """
    for name in offered(trial):
        allowed = 2 + trial.draw(3)
        for failures in range(allowed + 1):
            service = Service(trial, (*[FlakyError] * failures, "answer"), trial.draw(1))
            player = await played(trial, tried_again(trial, name, service.call, allowed), what=name)
            gives_up = failures == allowed and name != "retrying_within"
            seen = f"{told(name, service, player)}; {failures} of {allowed} attempts fail"
            expect(player.outcome == ("raised" if gives_up else "returned"), seen)
            expect(service.begun == (allowed if gives_up else failures + 1), seen)


async def last_error_reaches_caller(trial: Trial) -> None:
    """The error of the last attempt reaches the caller, bare or as the cause of what is raised.

    Only the error says what to do: wait, log in again, call somebody. If another one comes in its place, of an earlier
    attempt or of the package's own without a cause, nobody learns what is wrong.

        try:
            await fetch()
        except PaymentRequired:    # what the last attempt said
            ...
        # MaxAttemptsExceeded(): of what?
    """
    for name in offered(trial, "retrying", "retrying_all_but", "counting"):
        for outcomes in ((FlakyError,), (FlakyError, FlakierError, TimeoutError)):
            service = Service(trial, outcomes, trial.draw(2))
            player = await played(trial, tried_again(trial, name, service.call), what=name)
            seen = told(name, service, player)
            expect(player.outcome == "raised", f"{seen}, all of which failed")
            last = service.raised[-1]
            expect(last in chain(player.error), f"{seen}; the last of them raised {type(last).__name__}({last})")


async def other_errors_are_not_tried_again(trial: Trial) -> None:
    """An error that is not to be tried again reaches the caller at once, whatever kind of exception it is.

    A wrong password does not become right: three tries more, and the account is locked. And whoever tries an exit again
    cannot be ended.

        @retry(on=ConnectionError)
        async def log_in(): ...      # raises WrongPassword
        # asked five times: locked
    """
    kinds: list[type[BaseException]] = [FatalError, ExitError, GeneratorExit]
    for name in offered(trial):
        for kind in kinds if name == "retrying_all_but" else [*kinds, TimeoutError]:
            for failures in (0, 1):
                service = Service(trial, (*[FlakierError] * failures, kind, "answer"), trial.draw(1))
                call = tried_again(trial, name, service.call, on=(FlakyError,))
                player = await played(trial, call, what=name)
                seen = f"{told(name, service, player)}; attempt {failures + 1} raised {kind.__name__}"
                expect(player.outcome == "raised", seen)
                expect(service.begun == failures + 1, seen)
                expect(service.raised[-1] in chain(player.error), seen)


async def calls_do_not_share_attempts(trial: Trial) -> None:
    """Each call has all of its attempts: those under way at the same time or one inside the other, and those before.

    A counter that belongs to the decorated function is used up by somebody else: the busier the program, the fewer
    attempts a call has, and none when it needs them.

        fetch = retry(attempts=5)(get)
        await gather(*(fetch(url) for url in urls))
        # five failures among all of them, and the others are
        # given up at their first
    """
    for name in offered(trial):
        seen: Counter[int] = Counter()

        @shown_as("call")
        async def fail_so_often(caller: int, failures: int, seen: Counter[int] = seen) -> int:
            seen[caller] += 1
            await trial.hop(1 + trial.draw(2))
            if seen[caller] <= failures:
                raise FlakyError
            return failures

        call = tried_again(trial, name, fail_so_often, HOPELESS)
        for together in (FAILURES, FAILURES, ALL_LATE):  # each time after all of the time before
            seen.clear()
            async with trial.crew() as crew:
                players = []
                for caller, failures in enumerate(together):
                    players.append(crew.start(call, caller, failures, name=f"{name} with {failures} failures"))
                    await trial.drift(3)
                expect(await over(trial, *players), f"{name}: {listed(crew.waiting)} not ended")
            for caller, (failures, player) in enumerate(zip(together, players, strict=True)):
                told_of = f"{player.name} of {HOPELESS} attempts {result(player)} after {seen[caller]}"
                expect(player.value == failures and seen[caller] == failures + 1, told_of)
        await _one_inside_the_other(trial, name)


async def _one_inside_the_other(trial: Trial, name: str) -> None:
    calls: Counter[str] = Counter()

    @shown_as("call")
    async def visit(depth: int) -> int:
        where = f"{depth} deep, inside attempt {calls['outer']}"
        calls["outer"] += depth == 0
        calls[where] += 1
        await trial.hop()
        if depth == 0:
            await call(1)
        if calls[where] < ATTEMPTS and (depth or calls["outer"] < ATTEMPTS):
            raise FlakyError
        return depth

    call = tried_again(trial, name, visit, HOPELESS)
    player = await played(trial, call, 0, what=f"{name} inside a call of itself")
    expect(player.value == 0, f"{player.name} {result(player)}; each call answers its third attempt")
    inside = [calls[f"1 deep, inside attempt {number}"] for number in range(1, ATTEMPTS + 1)]
    expect(inside == [ATTEMPTS] * ATTEMPTS, f"{player.name} had {listed(inside)} attempts inside, and not three each")


async def methods_have_their_object(trial: Trial) -> None:
    """A decorated method is called on its own object, each time, and a subclass may override and extend it.

    Clients are classes. A decorator that returns something else than a function does not bind; one that keeps the first
    object it sees sends the mail of one account in the name of another.

        class Client:
            @retry
            async def send(self, mail): ...
        await ada.send(mail)
        await bob.send(mail)      # fails once, and is then sent
        # as ada
    """
    for name in offered(trial):
        flaky: Counter[str] = Counter()

        class Client:
            def __init__(self, own: str) -> None:
                self.own = own

            @shown_as("send")
            async def send(self, mail: str, flaky: Counter[str] = flaky) -> str:
                flaky[self.own] += 1
                await trial.hop()
                if flaky[self.own] % 2:
                    raise FlakyError
                return f"{mail} from {self.own}"

            send = tried_again(trial, name, send)  # type: ignore[assignment]

        class Polite(Client):
            @shown_as("send")
            async def send(self, mail: str, flaky: Counter[str] = flaky) -> str:  # noqa: ARG002  as its base has it
                return f"dear {await super().send(mail)}"

            send = tried_again(trial, name, send)  # type: ignore[assignment]

        clients: list[tuple[Any, str]] = [(kind(own), own) for own in ("ada", "bob") for kind in (Client, Polite)]
        async with trial.crew() as crew:
            players = [crew.start(one.send, "mail", name=f"{name} as a method of {own}") for one, own in clients[::3]]
            expect(await over(trial, *players), f"{name}: {listed(crew.waiting)} not ended")
        for one, own in clients[1:3]:
            players.append(await played(trial, one.send, "mail", what=f"{name} as a method of {own}"))
        wanted = ["mail from ada", "dear mail from bob", "dear mail from ada", "mail from bob"]
        for player, right in zip(players, wanted, strict=True):
            expect(player.value == right, f"{player.name} {result(player)}, and not {right!r}")


async def one_attempt_at_a_time(trial: Trial) -> None:
    """The next attempt begins, and the call ends, when the one before has ended, its clean-up included.

    The transaction of the first attempt is still being rolled back when the second one begins: they wait for each
    other's locks, or both are committed.

        async def book():
            async with transaction():    # its end takes a while
                ...
        await retry(book)()
        # the second attempt finds the seat taken, by the first
    """
    for name in offered(trial):
        service = Service(trial, (FlakyError, FlakyError, "answer"), 6 + trial.draw(4))
        player = await played(trial, _noting(tried_again(trial, name, service.call), service), what=name)
        expect(player.outcome == "returned", told(name, service, player))
        expect(service.peak == 1, f"{name} had {service.peak} attempts under way at once")
        expect(player.value == 0, f"{name} returned while {player.value} of its attempts had not ended")


def _noting(call: Any, service: Service) -> Any:
    """The same call, which returns how many attempts were still under way when it had ended."""

    async def noting() -> int:
        await call()
        return service.running

    return noting


async def nothing_left_behind(trial: Trial) -> None:
    """However a call ends, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. Each call leaves a little more, until the process has no memory or no
    threads; and at the end of the program it is cut off in the middle of whatever it is doing.

        while True:
            await fetch()          # leaves a task behind
        # after a day: 86400 tasks that wait for something that
        # will never come
    """
    before = trial.living()
    for name in offered(trial):
        for outcomes in (("answer",), (FlakyError, "answer"), (FlakyError,), (FatalError,)):
            attempts_end = name != "retrying_within" or outcomes[-1] is not FlakyError
            if attempts_end:
                service = Service(trial, outcomes)
                player = await played(trial, tried_again(trial, name, service.call), what=name)
                await finish(trial, 3)
                left = trial.living() - before
                expect(left == 0, f"{told(name, service, player)}, and {left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the call it belongs to. In tests that take
    warnings for errors it breaks whatever test runs just then; in production it hides an error that nobody handled.

        await fetch()
        # RuntimeWarning: coroutine 'get' was never awaited
        # Task exception was never retrieved
    """
    for name in offered(trial):
        service = Service(trial, (FlakyError, "answer"), trial.draw(2))
        player = await played(trial, tried_again(trial, name, service.call), what=name)
        expect(player.outcome == "returned", told(name, service, player))


ATTEMPTS_PROMISES = (
    Promise(answer_reaches_caller),
    Promise(attempts_are_as_allowed),
    Promise(last_error_reaches_caller, about=("retrying", "retrying_all_but", "counting")),
    Promise(other_errors_are_not_tried_again),
    Promise(calls_do_not_share_attempts),
    Promise(methods_have_their_object),
    Promise(one_attempt_at_a_time),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
)
