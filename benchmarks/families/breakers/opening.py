"""What is asked of ``patterns.breakers`` about opening and closing: when calls are rejected, and when they are not."""

from benchmarks.families.breakers.scene import NEARLY, PAST, DownError, breaker, some
from benchmarks.safety.trials import Trial, expect

MANY = 20  # callers who ask while it is open
LOOKS = 8  # in one recovery


async def opens_after_failures(trial: Trial) -> None:
    """After so many failures in a row calls are rejected at once, and none is made.

    The service is down, and every caller waits until a call of their own has failed. Their requests pile up, take
    connections and memory with them, and the service that tries to come back finds all of them at its door.

        async with breaker(5, 30.0, 10.0) as gate:
            for page in range(1000):
                await gate.call(fetch)     # fails after a second
        # 1000 calls in 1000 seconds, where five say it all
    """
    for kind in some(trial, (DownError, ExceptionGroup)):
        async with breaker(trial) as s:
            error = ExceptionGroup("all of it", [DownError()]) if kind is ExceptionGroup else DownError("down")
            for number in range(s.failures):
                answer = await s.ask(s.service.call(error=error, turns=trial.draw(2)))
                expect(answer.asked, f"call {number + 1} of {s.failures} to a service that is down {answer}")
            for _ in range(MANY):
                await s.rejects(f"after {s.failures} in a row had raised {kind.__name__}")
            expect(s.service.calls == s.failures, f"{s.service.calls} calls were made, {s.failures} of them before")


async def success_starts_the_count_anew(trial: Trial) -> None:
    """A success in between starts the count anew: failures that are not in a row open nothing.

    One call in a thousand fails, as it always does. A breaker that only ever counts up has opened after a few hours,
    and rejects everybody from a service that is well.

        for number in range(10_000):
            await gate.call(fetch)     # every thousandth fails
        # open after 5000 calls, of which 4995 were answered
    """
    async with breaker(trial) as s:
        for times in range(3):
            await s.fail(s.failures - 1)
            await s.passes(f"after {s.failures - 1} failures in a row, where {s.failures} open the breaker ({times})")


async def closes_once_the_service_is_back(trial: Trial) -> None:
    """Once the recovery is over a call is made, and when it is answered all calls are made again.

    The service is back, and nobody asks it. Who watches it sees that it is well; who watches the program sees that it
    rejects everybody, for hours, until somebody starts it anew.

        await outage()                # five calls fail
        await sleep(31)               # recovery: 30 seconds
        await gate.call(fetch)
        # RejectedError, and so is every other call from now on
    """
    async with breaker(trial) as s:
        for outage in range(2):
            await s.open()
            await s.wait(PAST + trial.draw(4) / 4)
            await s.passes("once the recovery was over")
            for _ in range(3):
                await s.passes("after a call had been answered once the recovery was over")
            await s.fail(s.failures - 1)
            await s.passes(f"after {s.failures - 1} failures, where {s.failures} open the breaker (outage {outage})")


async def waits_until_the_recovery_is_over(trial: Trial) -> None:
    """Calls are rejected until the recovery is over, and for as long again when the first one after it fails.

    A breaker that lets calls through too soon, or that closes after a failed probe until as many as before have failed,
    asks what is down again and again, and those who ask wait for nothing.

        await outage()                 # five calls fail
        await sleep(31)                # recovery: 30 seconds
        await gate.call(fetch)         # fails: it is still down
        await gate.call(fetch)         # made, and fails, too
    """
    async with breaker(trial) as s:
        await s.open()
        for probe in range(3):
            for look in range(LOOKS):
                await s.rejects(f"{look} eighths of the recovery after it had begun, in round {probe + 1}")
                await s.wait(NEARLY / LOOKS)
            await s.wait(PAST - NEARLY)
            await s.fail(1)


async def rejections_prolong_nothing(trial: Trial) -> None:
    """Who asks while the breaker is open is rejected, and prolongs nothing by it.

    A breaker that counts a rejection as one more failure begins its recovery anew with each of them. As long as there
    are callers it never closes: the busier the program, the longer the outage, and it ends when everybody has left.

        await outage()
        for second in range(3600):
            await gate.call(fetch)     # rejected, all of them
            await sleep(1)
        # the service was back after a minute
    """
    async with breaker(trial) as s:
        for _ in range(2):
            await s.open()
            asked = LOOKS * 2 + trial.draw(6)
            for _ in range(asked):
                await s.rejects("before the recovery was over")
                await s.wait(NEARLY / asked)
            await s.wait(PAST - NEARLY)
            await s.passes(f"once the recovery was over, in which {asked} others had been rejected")


async def rejected_means_not_made(trial: Trial) -> None:
    """Who is told that a call was rejected can do something else: it was not made; and a call that was made is not.

    The call that opens the breaker was made, and has failed in a way of its own. If its caller is told that it was
    rejected, the order is placed with another shop, too, and what the first one had said about it is lost.

        try:
            await gate.call(order)         # the fifth failure
        except RejectedError:
            await order_elsewhere()
        # ordered twice: the first one had only timed out
    """
    async with breaker(trial) as s:
        for number in range(s.failures):
            error = DownError(f"failure {number}")
            answer = await s.ask(s.service.call(error=error, turns=trial.draw(2)))
            kept = answer.what is error and answer.kind == "raised"
            expect(kept, f"call {number + 1} of {s.failures} was made and raised an error of its own, and {answer}")
        for _ in range(2):
            answer = await s.ask(s.service.down())
            expect(answer.kind == "rejected" and not answer.asked, f"a call to an open breaker {answer}")
            await s.wait(PAST)
            answer = await s.ask(s.service.call(error=error))
            expect(answer.what is error, f"a probe was made and raised an error of its own, and {answer}")
