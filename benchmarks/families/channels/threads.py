"""What is asked of ``patterns.channels`` between threads and a loop: who is woken, who waits, and who is left."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import sleep

import trio

from benchmarks.families.channels.outlets import OUTWARDS
from benchmarks.families.channels.scene import BRIEFLY, WITHIN, Worker, getting, overtake, putting, soon
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED
from benchmarks.safety.trials import Trial, ending, event, expect, listed, set_in_time, shown, shown_as

INWARDS = ("from_threads",)
ASLEEP = 0.02  # real seconds after which a loop that has nothing to do is asleep
MOMENTS = 6  # turns of the loop, after each of which somebody is cancelled


class Elsewhere:
    """A loop in another thread, which receives what threads put, and has nothing else to do: nothing else wakes it."""

    def __init__(self, trial: Trial, count: int) -> None:
        """Start it, and wait until it has nothing to do."""
        self.received: list[object] = []
        self.error: BaseException | None = None
        self.put: Callable[[object], object] = lambda item: None  # noqa: ARG005  there is none yet
        self._trial, self._count = trial, count
        self._asleep = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="trial: a loop elsewhere", daemon=True)
        self._thread.start()
        set_in_time(self._asleep, WITHIN)

    def _run(self) -> None:
        try:
            self._trial.backend.run(self._on_trio if self._trial.is_trio else self._on_asyncio, 0)
        except BaseException as error:
            self.error = error
        self._asleep.set()

    async def _on_asyncio(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task
        self._stop = partial(loop.call_soon_threadsafe, task.cancel)
        with suppress(*CANCELLED):
            await self._receive()

    async def _on_trio(self) -> None:
        with trio.CancelScope() as scope:
            self._stop = partial(trio.lowlevel.current_trio_token().run_sync_soon, scope.cancel)
            await self._receive()

    async def _receive(self) -> None:
        async with self._trial.module.from_threads(2) as inlet:
            self.put = inlet.put
            self._asleep.set()
            for _ in range(self._count):
                self.received.append(await inlet.receive())
            await event(self._trial).wait()  # whoever has just put the last one may not have heard so

    def stop(self) -> None:
        """End it."""
        if self._thread.is_alive():
            with suppress(RuntimeError, trio.RunFinishedError):  # it has just ended
                self._stop()
            self._thread.join(WITHIN)


async def thread_wakes_the_loop(trial: Trial) -> None:
    """What a thread puts is received at once, although the loop is asleep; and in order.

    A driver's thread puts a reading. The loop sleeps until its next timer, an hour from now, and handles the alarm
    then. With a busy loop, as in every test, it works.

        def on_alarm(reading):             # in the driver's thread
            queue.put_nowait(reading)      # wakes no loop
        # handled when something else happens to wake it
    """
    other, putters = Elsewhere(trial, 4), list[Worker]()

    async def wakes(items: Sequence[int]) -> bool:
        await soon(trial, lambda: False, ASLEEP)
        putters.append(putting(other.put, items))
        return await soon(trial, lambda: len(other.received) > items[0] or other.error is not None)

    try:
        # Who looks a few times before it sleeps may not have come so far on a busy machine, but hardly each time.
        woken = await wakes([0]) and await wakes([1]) and await wakes([2, 3])
        await soon(trial, lambda: len(other.received) == 4 or other.error is not None)
        received, error = list(other.received), other.error
        error = error or next((putter.error for putter in putters if putter.error), None)
    finally:
        other.stop()
    expect(error is None, f"a thread put an item, and somebody raised {shown(error)}")
    expect(woken, f"a thread had put an item, and {WITHIN:g} s later the loop had not woken up")
    expect(received == [0, 1, 2, 3], f"a thread put 0 to 3, and a task received {listed(received)}")


async def cancelled_receiver_spares_items_of_threads(trial: Trial) -> None:
    """Whenever a receiver is cancelled, what a thread has put for it goes to the next one, at once.

    A worker gives up just as a job comes from a thread. The wake-up was its, it wakes nobody in its stead, and the job
    lies in the queue while the other worker waits beside it.

        async with asyncio.timeout(1):
            job = await queue.async_q.get()
        # TimeoutError: another worker waits, and so does a job
    """
    for turns in range(MOMENTS):
        for items in (1, 3):
            await _two_wait_for_a_thread(trial, turns, range(items))


async def _two_wait_for_a_thread(trial: Trial, turns: int, items: Sequence[int]) -> None:
    """A thread puts items, one after the other; of two who wait the first is cancelled, and the rest is received."""
    received: list[int] = []

    @shown_as("a receiver")
    async def receive() -> None:
        received.append(await inlet.receive())

    async with trial.module.from_threads(1) as inlet, trial.crew() as crew:
        first = crew.start(receive, name="the first")
        await trial.hop(3)
        second = crew.start(receive, name="the second")
        await trial.hop(3)
        crew.start(inlet.receive, name="who is cancelled before it begins").cancel()
        await trial.hop(2)
        putter = putting(inlet.put, items)
        overtake(putter)
        await trial.hop(turns)
        first.cancel()
        overtake(putter)  # by now it has put the next one, and waits for room
        await soon(trial, lambda: first.done and bool(received))
        told = f"of two who waited for them the first {ending(first)}, the second {ending(second)}"
        expect(first.outcome in ("cancelled", "returned"), f"a thread had put {listed(items)}, and {told}")
        for _ in items[1:]:
            crew.start(receive, name="another")
        await soon(trial, lambda: putter.ended and len(received) == len(items))
        told = f"received were {listed(received)}, and {told}"
        expect(sorted(received, key=str) == list(items), f"a thread had put {listed(items)}, {told}")


async def thread_gets_what_is_sent(trial: Trial) -> None:
    """What a task sends a thread gets at once, once, and in order.

    The thread that writes the journal sleeps beside the entries. They are there in the morning, all of them, unless
    somebody restarts the program first.

        if not entries:
            # just here a task appends an entry, and wakes nobody
            wake.wait()     # until the next entry comes
    """
    async with trial.module.to_threads(2) as outlet, trial.crew() as crew:

        async def send() -> None:
            for number in range(5):
                await trial.drift(2)
                await outlet.send(number)

        getter = getting(outlet.get, 5)
        sleep(0.001)  # noqa: ASYNC251  it waits by then
        sender = crew.start(send, name="who sends")
        in_time = await soon(trial, lambda: getter.ended and sender.done)
        got = list(getter.done)
    expect(
        in_time, f"0 to 4 were sent to a thread, and {WITHIN:g} s later it had {listed(got)}; who sent {ending(sender)}"
    )
    expect(got == [0, 1, 2, 3, 4], f"0 to 4 were sent to a thread, and it got {listed(got)}")


async def thread_waits_for_room(trial: Trial) -> None:
    """A thread that puts more than there is room for waits.

    A thread reads a file as fast as the disk can, and the loop sends it to a customer as fast as the customer can.
    What is in between is the whole file, in memory.

        for block in file:                 # 40 GB
            loop.call_soon_threadsafe(queue.put_nowait, block)
        # all of it waits behind a customer's telephone
    """
    received: list[object] = []
    async with trial.module.from_threads(2) as inlet, trial.crew() as crew:
        putter = putting(inlet.put, range(8))
        await soon(trial, lambda: len(putter.done) > 2, BRIEFLY)
        kept = len(putter.done)

        async def receive() -> None:
            while len(received) < 8:
                received.append(await inlet.receive())

        crew.start(receive, name="who receives")
        in_time = await soon(trial, lambda: len(received) == 8 and putter.ended)
    expect(kept <= 2, f"there was room for 2 items, nobody had received one, and a thread had put {kept}")
    expect(in_time, f"there was room again for a thread that had put 0 to 7, and a task received {listed(received)}")


async def leaving_frees_threads(trial: Trial) -> None:
    """When a block is left, a thread that waits in it ends.

    A program has ended, all but for a thread that waits for an item. It has a port open, and its next start fails:
    address already in use.

        async with to_threads(100) as outlet:
            threading.Thread(target=write, args=(outlet.get,)).start()
        # left, and the process never ends
    """
    if hasattr(trial.module, "to_threads"):
        async with trial.module.to_threads(2) as outlet:
            waiting = [getting(outlet.get, 1) for _ in range(2)]
            await soon(trial, lambda: all(worker.ended for worker in waiting), ASLEEP)
        freed = await soon(trial, lambda: all(worker.ended for worker in waiting))
        got = [item for worker in waiting for item in worker.done]
        expect(freed, f"two threads waited for an item, the block was left, and {WITHIN:g} s later they wait")
        expect(not got, f"nothing was sent, the block was left, and threads got {listed(got)}")
    if hasattr(trial.module, "from_threads"):
        async with trial.module.from_threads(1) as inlet:
            putter = putting(inlet.put, range(3))
            await soon(trial, lambda: bool(putter.done))
            await soon(trial, lambda: putter.ended, ASLEEP)  # by then it waits for room
        freed = await soon(trial, lambda: putter.ended)
        expect(freed, f"a thread waited for room, the block was left, and {WITHIN:g} s later it waits")


THREADS = (
    Promise(thread_wakes_the_loop, real=True, about=INWARDS, once=True),
    Promise(cancelled_receiver_spares_items_of_threads, real=True, about=INWARDS, once=True),
    Promise(thread_gets_what_is_sent, real=True, about=OUTWARDS),
    Promise(leaving_frees_threads, real=True, about=(*INWARDS, *OUTWARDS), once=True),
    Promise(thread_waits_for_room, real=True, about=INWARDS, need="flood", once=True),
)
