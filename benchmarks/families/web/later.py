"""What is asked of ``patterns.web`` about jobs that are left over, and about what requests open and close."""

import weakref
from collections.abc import Sequence
from typing import Any

from benchmarks.families.web.scene import Depot, WrongError, told, visit
from benchmarks.families.web.server import serving
from benchmarks.plan.backends import Event
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, event, expect, listed, shown, shown_as
from benchmarks.safety.waiting import PATIENCE, after_turns, before_long
from patterns.web import Job

LEFT = ("background",)
OPENED = ("resources",)
LONG_JOB = 30  # units that a job takes which a server that is stopped waits for


async def answered_before_jobs_end(trial: Trial) -> None:
    """A client has its whole answer before the jobs that were left over have ended.

    The mail takes ten seconds, and the user looks at an empty page for ten seconds: that is what the job was left over
    for.

        await send(start)
        await send_mail(user)        # ten seconds
        await send(body)
    """
    go_on = event(trial)

    @shown_as("a job")
    async def job(name: str) -> None:  # noqa: ARG001  whatever was asked for
        await go_on.wait()

    async with serving(trial.backend.toolkit, trial.module.background([job])) as site, trial.crew() as crew:
        one = visit(trial, crew, site)
        answered = await before_long(trial, lambda: one.exchange.complete)
        expect(answered and one.looks_right, f"a job had not ended yet; {one}")
        go_on.set()
        await one.ends()
        await trial.settle()


async def every_job_ends(trial: Trial) -> None:
    """Each job runs to its end, for each request, whatever the garbage collector does meanwhile.

    asyncio's loop holds its tasks by weak references only. A task that nobody keeps, waiting for something that only it
    knows, is garbage: the mail is not sent, now and then, and nobody is told.

        async def register(user):
            asyncio.create_task(send_mail(user))  # kept by nobody
        # hours later: "Task was destroyed but it is pending!"
    """
    waiting: list[weakref.ref[Event]] = []
    done: list[str] = []

    @shown_as("a job")
    async def job(name: str) -> None:
        own = event(trial)
        waiting.append(weakref.ref(own))
        await own.wait()
        done.append(name)

    async with serving(trial.backend.toolkit, trial.module.background([job])) as site, trial.crew() as crew:
        for name in "123":
            visit(trial, crew, site, name)
            await trial.drift(3)
        for number in range(3):
            begun = await before_long(trial, lambda: len(waiting) > number)  # noqa: B023  over before the next
            expect(begun, f"of 3 requests {listed(done)} had done their jobs, and the next one's did not begin")
            trial.collect_garbage()
            own = waiting[number]()
            expect(own is not None, f"garbage was collected, and the job of request {number + 1} of 3 with it")
            if own is not None:
                own.set()
            del own
        await before_long(trial, lambda: len(done) == 3)
        expect(sorted(done) == ["1", "2", "3"], f"3 requests left a job each, and these ended: {listed(done)}")


def _jobs(trial: Trial, error: WrongError, ended: list[int]) -> list[Job]:
    """Three jobs, of which the second raises."""
    turns = trial.draw(2)

    def job(number: int) -> Job:
        @shown_as("a job")
        async def run(name: str) -> None:  # noqa: ARG001  whatever was asked for
            await trial.hop(turns + 3 * number)  # the last one is under way when the one before it raises
            if number == 1:
                raise error
            ended.append(number)

        return run

    return [job(number) for number in range(3)]


async def failed_job_loses_no_other(trial: Trial) -> None:
    """When one job of a request raises, its others run all the same.

    The mail server is down, and the invoice that was to be stored next is not stored: the client was told that all is
    well.

        tasks.add_task(send_mail, user)    # raises
        tasks.add_task(store_invoice, 17)  # never begins
        return "thank you"
    """
    ended: list[int] = []
    app = trial.module.background(_jobs(trial, WrongError("a job"), ended))
    with told(trial):
        async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
            await visit(trial, crew, site).ends()
            await before_long(trial, lambda: len(ended) == 2)
        trial.collect_garbage()
    expect(sorted(ended) == [0, 2], f"of three jobs the one in the middle raised, and these ended: {listed(ended)}")


async def failed_job_is_told(trial: Trial) -> None:
    """What a job raises is told: to the server, to a log, or to the handler of the loop.

    The client has long been told that all is well. Where nobody hears of it the mail was not sent, and that is that.

        try:
            await job()
        except Exception:
            pass    # it must not end the worker
    """
    error = WrongError("no paper for the invoice")
    ended: list[int] = []
    app = trial.module.background(_jobs(trial, error, ended))
    with told(trial) as logged:
        async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
            one = visit(trial, crew, site)
            await one.ends()
            await trial.settle()
        trial.collect_garbage()
        await trial.hop(2)
    expect(error in one.told or error in logged, f"a job raised {shown(error)}, and nobody was told; {one}")


async def jobs_end_before_the_application(trial: Trial) -> None:
    """When a server stops its application, that has not ended before its jobs have.

    A new version is started, and the old one is told to end. The loop is closed over mails that are half sent, and the
    orders of the last second are never confirmed.

        async def lifespan(app):
            yield                     # until it is stopped
            await database.aclose()   # three jobs still use it
    """
    ended: list[str] = []
    job_takes = LONG_JOB if trial.virtual else 1

    @shown_as("a job")
    async def job(name: str) -> None:
        await trial.hop(10 + trial.draw(6))
        await trial.sleep(job_takes)
        ended.append(name)

    app = trial.module.background([job])
    async with trial.crew() as crew:
        async with serving(trial.backend.toolkit, app) as site:
            players = [visit(trial, crew, site, name).player for name in "12"]
            # A server waits for the requests that are under way, and some are until their jobs have ended
            await after_turns(trial, lambda: all(player.done for player in players), PATIENCE, 3 * LONG_JOB)
        expect(sorted(ended) == ["1", "2"], f"the application had ended, and of 2 jobs these: {listed(ended)}")


async def opened_in_order_and_closed_once(trial: Trial) -> None:
    """What is a request's own is opened in order and closed once, in reverse; what is shared, with the application.

    The session is closed after the connection it uses, or twice, or not at all when the answer fails. Or each request
    opens a pool of its own, and the server refuses the next one.

        connection = await pool.acquire()
        session = Session(connection)
        answer = await use(session)       # raises
        await session.aclose()            # not reached
    """
    for case in ("all goes well", "the answer fails", "the last opening fails", "the first closing fails"):
        error = WrongError(case)
        spoilt = 1 if "opening" in case or "closing" in case else None
        depot = Depot(trial, trial.draw(2), spoilt, "closing" in case, error)
        seen: list[list[Any]] = []

        async def use(things: Sequence[Any]) -> bytes:
            seen.append([*things])  # noqa: B023  called before the next
            await trial.hop()
            if "answer" in case:  # noqa: B023
                raise error  # noqa: B023
            return b"used"

        app = trial.module.resources(depot.opens(-1), [depot.opens(0), depot.opens(1)], use)
        opened = [0] if "opening" in case else [0, 1]
        with told(trial) as heard:
            async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
                for name in "12":
                    one = visit(trial, crew, site, name)
                    await one.ends()
                    heard += one.told
        own = [("open", number) for number in opened] + [("closed", number) for number in reversed(opened)]
        right = [("open", -1), *own, *own, ("closed", -1)]
        expect(depot.log == right, f"two requests that opened 0 and 1 while {case}: {depot}")
        expect("fails" not in case or error in heard, f"{case}, and nobody was told: {shown(error)}")
        given = listed(listed("the shared one" if number < 0 else number for number in things) for things in seen)
        right_things = [] if "opening" in case else [[-1, 0, 1]] * 2
        expect(
            seen == right_things, f"an answer was to be made of the shared one, 0, 1, and while {case} was of: {given}"
        )


async def closed_before_the_answer(trial: Trial) -> None:
    """What is a request's own is closed before its client has the answer, which a closing that fails spoils.

    Closing commits. The client has 201 before the commit, which fails: what it believes to be stored is not there. Or
    the commit is late, and the client's next request does not find what it has just created.

        async def session():
            async with Session() as session:
                yield session
                await session.commit()   # the client has 201
    """
    for failing_to_close in (False, True):
        depot = Depot(trial, 1 + trial.draw(1), 1 if failing_to_close else None, failing_to_close)

        async def use(things: Sequence[Any]) -> bytes:  # noqa: ARG001  whatever was opened
            return b"stored"

        app = trial.module.resources(depot.opens(-1), [depot.opens(0), depot.opens(1)], use)
        with told(trial):
            async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
                one = visit(trial, crew, site)
                await before_long(trial, lambda: one.exchange.complete or one.over)  # noqa: B023  over before the next
                closed = depot.those("closed")
                await one.ends()
        if failing_to_close:
            expect(not one.looks_right, f"a closing raised {shown(depot.error)}; {one}")
        else:
            expect(closed == [1, 0], f"the client had its answer, and these were closed: {listed(closed)}")


LATER = (
    Promise(answered_before_jobs_end, about=LEFT),
    Promise(every_job_ends, about=LEFT),
    Promise(failed_job_is_told, about=LEFT),
    Promise(failed_job_loses_no_other, about=LEFT, need="apart"),
    Promise(jobs_end_before_the_application, about=LEFT, need="drain"),
    Promise(opened_in_order_and_closed_once, about=OPENED),
    Promise(closed_before_the_answer, about=OPENED, need="commit"),
)
