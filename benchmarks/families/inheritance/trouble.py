"""What is asked of ``patterns.inheritance`` when a class fails to open or to close, or is cancelled meanwhile."""

from benchmarks.families.inheritance.scene import Cast, PartError, use
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect, listed, shown
from benchmarks.safety.waiting import PATIENCE, all_end, before_long

ABOUT = ("construct",)


async def failed_opening_reaches_caller(trial: Trial) -> None:
    """What a class raises as it opens reaches who constructs, as it is or in an ExceptionGroup, and nobody goes on.

    Nobody hears that the password is wrong. The program has an object that is not open, and says something else later.

        client = await Client.create(url)   # PermissionError
        await client.ask(1)                 # reached: "no attribute
        # '_socket'"
    """
    for failing in (1, 3):
        error = PartError("the password is wrong")
        cast = Cast(trial)
        members = [cast.member(number, turns=trial.draw(2)) for number in (1, 2, 3)]
        members[failing - 1].error = error
        async with trial.crew() as crew:
            user = use(crew, cast, cast.line(*members))
            user.leave.set()
            await user.ends()
        begun = cast.those("begins")
        expect(user.thing is None, f"class {failing} of 3 failed to open, and there was an object")
        expect(error in user.errors, f"{user}; class {failing} of 3 had raised {shown(error)}")
        expect(begun == list(range(1, failing + 1)), f"class {failing} raised, and these began: {listed(begun)}")


async def failed_opening_leaves_nothing(trial: Trial) -> None:
    """When a class fails to open, each that had opened has been closed when the error reaches the caller.

    The last step of construction fails: the login, the migration. The connection that the base has opened is held by
    nobody, and each further try opens one more.

        async def __aenter__(self):
            await super().__aenter__()    # connected
            await self.login()            # fails: __aexit__ is
            return self                   # never called
    """
    for failing in (2, 3):
        cast = Cast(trial)
        members = [cast.member(number, turns=trial.draw(2), clean_up=trial.draw(2)) for number in (1, 2, 3)]
        members[failing - 1].error = PartError("failed")
        async with trial.crew() as crew:
            user = use(crew, cast, cast.line(*members))
            user.leave.set()
            await user.ends()
        expect(not user.open, f"class {failing} of 3 failed to open, and these are still open: {listed(user.open)}")
        vain = cast.closed_in_vain
        expect(not vain, f"class {failing} of 3 failed to open, and these were closed in vain: {listed(vain)}")


async def cancelled_opening_leaves_nothing(trial: Trial) -> None:
    """When construction is cancelled, at whatever turn, each class that had opened has been closed when it has ended.

    A deadline passes while a client logs in. The connection that its base has opened is held by nobody; a service that
    is slow for a minute is left with hundreds of them.

        async with asyncio.timeout(1):
            client = await Client.create(url)    # too slow
        # nobody has the client that could be closed
    """
    cast = Cast(trial)
    kind = cast.line(*(cast.member(number, turns=1 + trial.draw(2), clean_up=1) for number in (1, 2, 3)))
    async with trial.crew() as crew:
        user = use(crew, cast, kind)
        await trial.strike(user.player)
        trial.landed = trial.landed and user.thing is None
        await user.ends()
        if user.thing is not None:  # the cancellation came too late for its construction
            return
        expect(not user.open, f"who made an object was cancelled, and these are still open: {listed(user.open)}")
        vain = cast.closed_in_vain
        expect(not vain, f"who made an object was cancelled, and these were closed in vain: {listed(vain)}")


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """Who is cancelled while an object is made or closed is cancelled.

    The program is to end, or a deadline has passed. If the cancellation is taken for a failure that can be put right,
    the program goes on as if nothing had happened, and nobody cancels it a second time.

        async def create(cls):
            try:
                ...
            except BaseException:      # the deadline, too
                return cls()           # "not connected yet"
    """
    cast = Cast(trial)
    kind = cast.line(*(cast.member(number, turns=trial.draw(2), clean_up=1 + trial.draw(1)) for number in (1, 2)))
    async with trial.crew() as crew:
        user = use(crew, cast, kind)
        user.leave.set()
        await trial.strike(user.player)
        in_time = not user.over
        await user.ends()
        cancelled = user.player.outcome == "cancelled"
        expect(not in_time or cancelled, f"{user}, although the task was cancelled meanwhile; {cast}")


async def failed_close_closes_the_bases(trial: Trial) -> None:
    """When the clean-up of one class fails, those of its bases run all the same, and those of its subclasses have.

    A subclass cannot say goodbye, because the network is away. What its base holds, a lock, a file, is held for ever.

        async def aclose(self):
            await self.say_goodbye()    # ConnectionError
            await super().aclose()      # not reached
    """
    for failing in (1, 2, 3):
        cast = Cast(trial)
        members = [cast.member(number, clean_up=trial.draw(2)) for number in (1, 2, 3)]
        members[failing - 1].last_words = PartError("no network")
        async with trial.crew() as crew:
            user = use(crew, cast, cast.line(*members))
            user.leave.set()
            await user.ends()
        expect(not user.open, f"the clean-up of class {failing} failed, and these stayed open: {listed(user.open)}")


async def failed_close_reaches_caller(trial: Trial) -> None:
    """What the clean-up of a class raises reaches who closes the object, as it is or in an ExceptionGroup.

    What was to be written at the end was not: the disk is full. Nobody knows, and the program ends with success.

        await journal.aclose()    # OSError: no space left
        # dropped: and so this is reached
        os.remove(backup)
    """
    for failing in (1, 3):
        error = PartError("no space left")
        cast = Cast(trial)
        members = [cast.member(number, clean_up=trial.draw(2)) for number in (1, 2, 3)]
        members[failing - 1].last_words = error
        async with trial.crew() as crew:
            user = use(crew, cast, cast.line(*members))
            user.leave.set()
            await user.ends()
        expect(error in user.errors, f"{user}; the clean-up of class {failing} of 3 had raised {shown(error)}")


async def cancelled_close_closes_all(trial: Trial) -> None:
    """When who closes an object is cancelled, at whatever turn, the clean-ups of all classes run all the same.

    A deadline passes while a subclass says goodbye. What its base holds, a lock, a file, is held for ever.

        async with asyncio.timeout(1):
            await client.aclose()     # too slow: the base's
        # connection is open, and nobody will close it
    """
    cast = Cast(trial)
    kind = cast.line(*(cast.member(number, clean_up=1 + trial.draw(2)) for number in (1, 2, 3)))
    async with trial.crew() as crew:
        user = use(crew, cast, kind)
        await user.made()
        user.leave.set()
        await trial.strike(user.player)
        await user.ends()
        expect(not user.open, f"who closed an object was cancelled, and these stayed open: {listed(user.open)}")


async def cleanup_left_in_peace(trial: Trial) -> bool:
    """The clean-up of a class that had opened may wait, without a shield, when construction was cancelled.

    Trio and AnyIO cancel again at every wait until a task has ended, so that nothing can hold up the end. A clean-up
    that must wait needs a shield there; one that was written for asyncio's single cancellation is cut off.

        async def aclose(self):
            await self.say_goodbye()   # cancelled as well, unless
            # it is inside CancelScope(shield=True)
    """
    cast = Cast(trial)
    done = False

    class Careful:
        async def open(self) -> None:
            pass

        def refine(self, answer: int) -> int:
            return answer

        async def close(self) -> None:
            nonlocal done
            await trial.hop(3)
            done = True

    async with trial.crew() as crew:
        refined = trial.module.refined
        user = use(crew, cast, refined(cast.member(2, turns=PATIENCE), refined(Careful())))
        await before_long(trial, lambda: 2 in cast.those("begins"))
        user.player.cancel()
        await all_end(trial, user.player)
    return done


TROUBLE = (
    Promise(failed_opening_reaches_caller, about=ABOUT),
    Promise(failed_opening_leaves_nothing, about=ABOUT),
    Promise(cancelled_opening_leaves_nothing, swept=True, about=ABOUT),
    Promise(cancelled_caller_is_cancelled, swept=True, about=ABOUT),
    Promise(failed_close_closes_the_bases, about=ABOUT),
    Promise(failed_close_reaches_caller, about=ABOUT),
    Promise(cancelled_close_closes_all, swept=True, about=ABOUT),
    Promise(cleanup_left_in_peace, real=True, once=True, fact=True, about=ABOUT),
)
