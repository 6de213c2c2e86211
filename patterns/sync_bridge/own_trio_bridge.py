"""Our own best for Trio: a queue to the threads, and one wake-up for all that they come to.

Choose it when calls are many, when idle threads are to be gone with the block, or when blocking code asks the loop,
which calls blocking code again: a call that waits for the loop gives up its place meanwhile.
It costs these lines in your program. While such a call waits there is one thread more than ``size``.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from contextvars import copy_context
from queue import SimpleQueue
from threading import Lock, Thread, current_thread
from typing import Any, TypeVar

import trio

T = TypeVar("T")


class Inbox:
    """What threads have for the loop, which is woken once for all of it."""

    __slots__ = ("_news", "_token", "_told")

    def __init__(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._news: deque[Callable[[], object]] = deque()
        self._told = False

    def post(self, news: Callable[[], object]) -> None:
        """Have it called on Trio's thread, where it must not raise."""
        self._news.append(news)
        if not self._told:
            self._told = True
            self._token.run_sync_soon(self.open)

    def open(self) -> None:
        """On the loop: call what has come."""
        self._told = False  # before looking: who comes later wakes the loop again
        for _ in range(len(self._news)):
            self._news.popleft()()


class Question:
    """An async function that a thread wants to be run, and waits for."""

    __slots__ = ("_answered", "_context", "_error", "_function", "_portal", "_scope", "_value")

    def __init__(self, portal: "Portal", function: Callable[[], Awaitable[Any]]) -> None:
        self._portal, self._function = portal, function
        self._context = copy_context()
        self._scope = trio.CancelScope()
        self._error: BaseException | None = None
        self._value: Any
        self._answered = Lock()
        self._answered.acquire()

    def wait(self, seconds: float | None) -> bool:
        """On the thread: block until it is answered; whether it is within so many seconds."""
        return self._answered.acquire(timeout=-1 if seconds is None else seconds)

    def answer(self) -> Any:
        """On the thread, once it is answered: what the function returned; or raise what it raised."""
        if self._error is None:
            return self._value
        try:
            raise self._error
        finally:
            self._error = None

    def put(self) -> None:
        """On the loop: begin."""
        self._context.run(self._portal.nursery.start_soon, self.run)

    def withdraw(self) -> None:
        """On the loop: the thread waits no more."""
        self._scope.cancel()

    async def run(self) -> None:
        """On the loop, in a task of its own; whatever it comes to is the thread's to hear."""
        try:
            with self._scope:
                self._value = await self._function()
        except trio.Cancelled:  # it belongs to a scope around the portal, which ends this task anyhow
            self._error = CancelledError()
        except BaseException as error:
            self._error = error
        self._answered.release()


class Portal:
    """Lets threads ask the loop it was made on, each question for so many seconds at most."""

    def __init__(self, nursery: trio.Nursery, timeout: float | None = None) -> None:
        self._inbox = Inbox()
        self.nursery, self._timeout = nursery, timeout
        self._door = Lock()
        self._left = False

    def ask(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Called by a thread: what ``await function(*args)`` comes to on the loop; raises TimeoutError."""
        question = Question(self, (lambda: function(*args)) if args else function)
        with self._door:  # who has come in before it is closed is heard
            if self._left:
                raise RuntimeError("this portal has been left")
            self._inbox.post(question.put)
        if not question.wait(self._timeout):
            self._inbox.post(question.withdraw)
            raise TimeoutError(f"no answer within {self._timeout} s")
        answer: T = question.answer()
        return answer

    def leave(self) -> None:
        """Refuse what comes; the nursery waits for what is under way."""
        with self._door:
            self._left = True
        self._inbox.open()


class Job:
    """A call: whoever takes the function out of ``todo`` decides whether it begins."""

    __slots__ = ("args", "context", "error", "task", "threads", "todo", "value")

    def __init__(self, threads: "Threads", function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.threads, self.todo, self.args = threads, [function], args
        self.context = copy_context()
        self.task: trio.lowlevel.Task | None = trio.lowlevel.current_task()
        self.value: Any
        self.error: BaseException | None = None

    def withdrawn(self) -> bool:
        """Take it back, if it has not begun; whether it had not."""
        try:
            self.todo.pop()
        except IndexError:
            return False
        return True

    def end(self) -> None:
        """On the loop: its function has ended."""
        if self.task:
            trio.lowlevel.reschedule(self.task)
        self.threads.ended()


class Threads(Portal):
    """Up to ``size`` threads that make calls for the loop it was made on, and may ask it.

    A cancelled caller waits until its function has ended, unless it is to ``abandon`` it; one whose function has not
    begun does not wait.
    """

    def __init__(self, nursery: trio.Nursery, size: int, *, abandon: bool) -> None:
        super().__init__(nursery)
        self._size, self._abandon = size, abandon
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: set[Thread] = set()
        self._thinning = Lock()
        self._under_way = 0  # calls that have not ended
        self._asking = 0  # those of them that wait for the loop
        self._empty = trio.Event()

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """What ``function(*args)`` comes to on a thread, in a copy of this context."""
        await trio.lowlevel.checkpoint_if_cancelled()
        if self._left:
            raise RuntimeError("these threads have been left")
        job = Job(self, function, args)
        self._under_way += 1
        self._jobs.put(job)
        self._grow()
        await trio.lowlevel.wait_task_rescheduled(lambda _: self._abort(job))
        if job.error is None:
            value: T = job.value
            return value
        try:
            raise job.error
        finally:
            job.error = None  # it knows this frame, which knows the job

    def _abort(self, job: Job) -> trio.lowlevel.Abort:
        if job.withdrawn():
            self.ended()
        elif not self._abandon:
            return trio.lowlevel.Abort.FAILED
        job.task = None
        return trio.lowlevel.Abort.SUCCEEDED

    def ended(self) -> None:
        """On the loop: a call has ended, or will not begin."""
        self._under_way -= 1
        self._look()

    def leave(self) -> None:
        """Refuse what comes; the nursery waits for what is under way, and for the threads."""
        super().leave()
        self._look()

    def _look(self) -> None:
        if self._left and not self._under_way:
            self._empty.set()

    def ask(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Called by a thread: the same; a call that asks gives up its place meanwhile."""
        if current_thread() in self._threads:
            answer: T = super().ask(self._without_a_place, function, *args)
            return answer
        return super().ask(function, *args)

    async def _without_a_place(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        with self._thinning:  # no thread goes that this one has to count on
            self._asking += 1
        self._grow()
        try:
            return await function(*args)
        finally:
            self._asking -= 1
            if len(self._threads) > self._most:
                self._jobs.put(None)  # wake one of them, if all are idle, to see that it is one too many

    @property
    def _most(self) -> int:
        return self._size + self._asking

    def _grow(self) -> None:
        if self._under_way > len(self._threads) < self._most:
            thread = Thread(target=self._work, name="blocking calls", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is not None:
                self._do(job)
            del job  # not to be kept while the next one is waited for
            if len(self._threads) > self._most:  # a look costs less than the lock
                with self._thinning:
                    if len(self._threads) > self._most:
                        self._threads.discard(current_thread())
                        return

    def _do(self, job: Job) -> None:
        try:
            function = job.todo.pop()
        except IndexError:  # withdrawn
            return
        try:
            job.value = job.context.run(function, *job.args)
        except BaseException as error:
            job.error = error
        self._inbox.post(job.end)

    async def end_with_block(self) -> None:
        """Wait until it is left and nothing is under way, cancelled or not, and then for the threads."""
        with trio.CancelScope(shield=True):
            await self._empty.wait()
        threads = list(self._threads)
        self._size = 0
        for _ in threads:
            self._jobs.put(None)
        for thread in threads:
            thread.join()  # they have nothing else to do


@asynccontextmanager
async def threads(size: int, *, abandon: bool = False) -> AsyncIterator[Threads]:
    async with trio.open_nursery() as nursery:
        pool = Threads(nursery, size, abandon=abandon)
        nursery.start_soon(pool.end_with_block)
        try:
            yield pool
        finally:
            pool.leave()


@asynccontextmanager
async def portals(timeout: float | None = None) -> AsyncIterator[Portal]:  # noqa: ASYNC109  each question has as long
    async with trio.open_nursery() as nursery:
        portal = Portal(nursery, timeout)
        try:
            yield portal
        finally:
            portal.leave()


# --- how it fits the contract ---

from patterns.sync_bridge import Ask, Call

LIBRARY = "trio"
KIND = "own"


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    async with threads(size, abandon=abandon) as pool:
        yield pool.call


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    async with threads(size) as pool:
        yield pool.call, pool.ask


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    async with portals(timeout) as opened:
        yield opened.ask


offload = calls
