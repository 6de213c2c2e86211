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
        """Have it called on Trio's thread, where it must not raise; raises RunFinishedError."""
        self._news.append(news)
        if not self._told:
            self._told = True
            try:
                self._token.run_sync_soon(self._open)
            except trio.RunFinishedError:  # the next one is to hear of it, too
                self._told = False
                raise

    def _open(self) -> None:
        self._told = False  # before looking: who comes later wakes the loop again
        for _ in range(len(self._news)):
            self._news.popleft()()


class Question:
    """An async function that a thread wants to be run, and waits for."""

    __slots__ = ("_answered", "_context", "_error", "_function", "_portal", "_scope", "_value", "from_a_call")

    def __init__(self, portal: "Portal", function: Callable[[], Awaitable[Any]], from_a_call: bool) -> None:
        self._portal, self._function, self.from_a_call = portal, function, from_a_call
        self._context = copy_context()
        self._scope = trio.CancelScope()
        self._error: BaseException | None = None
        self._value: Any = None
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
        try:
            self._context.run(self._portal.begin, self)
        except RuntimeError as error:
            self._error = error
            self._answered.release()

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
        if self._scope.cancelled_caught:
            self._error = CancelledError()
        self._portal.end(self)
        self._answered.release()


class Portal:
    """Lets threads ask the loop it was made on, each question for so many seconds at most."""

    def __init__(self, nursery: trio.Nursery, timeout: float | None = None) -> None:
        self._inbox = Inbox()
        self._nursery, self._timeout = nursery, timeout
        self._left = False

    def ask(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Called by a thread: what ``await function(*args)`` comes to on the loop; raises TimeoutError."""
        question = Question(self, (lambda: function(*args)) if args else function, self._is_one_of_ours())
        self._inbox.post(question.put)
        if not question.wait(self._timeout):
            self._inbox.post(question.withdraw)
            raise TimeoutError(f"no answer within {self._timeout} s")
        answer: T = question.answer()
        return answer

    def _is_one_of_ours(self) -> bool:
        return False

    def begin(self, question: Question) -> None:
        """Run what is asked; raises RuntimeError once the portal is left."""
        if self._left:
            raise RuntimeError("this portal has been left")
        self._nursery.start_soon(question.run)

    def end(self, question: Question) -> None:
        """It has been answered."""

    def leave(self) -> None:
        """Refuse what comes; the nursery waits for what is under way."""
        self._left = True


class Job:
    """A call: whoever takes the function out of ``todo`` decides whether it begins."""

    __slots__ = ("args", "context", "error", "task", "threads", "todo", "value")

    def __init__(self, threads: "Threads", function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.threads, self.todo, self.args = threads, [function], args
        self.context = copy_context()
        self.task: trio.lowlevel.Task | None = trio.lowlevel.current_task()
        self.value: Any = None
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

    def __init__(self, nursery: trio.Nursery, size: int, *, abandon: bool = False) -> None:
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
        if self._under_way > len(self._threads):
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
        if self._left and not self._under_way:
            self._empty.set()

    def begin(self, question: Question) -> None:
        """Run what is asked; a call that asks gives up its place."""
        super().begin(question)
        if question.from_a_call:
            with self._thinning:  # no thread goes that this one has to count on
                self._asking += 1
            if self._under_way > len(self._threads):
                self._grow()

    def end(self, question: Question) -> None:
        """It has been answered, and the call has its place again."""
        if question.from_a_call:
            self._asking -= 1
            if len(self._threads) > self._most:
                self._jobs.put(None)  # wake one of them, if all are idle, to see that it is one too many

    def _is_one_of_ours(self) -> bool:
        return current_thread() in self._threads

    @property
    def _most(self) -> int:
        return self._size + self._asking

    def _grow(self) -> None:
        if len(self._threads) < self._most:
            thread = Thread(target=self._work, name="blocking calls", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is not None and job.todo:
                self._do(job)
            del job  # not to be kept while the next one is waited for
            if len(self._threads) > self._most and self._is_one_too_many():
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

    def _is_one_too_many(self) -> bool:
        with self._thinning:
            if len(self._threads) <= self._most:
                return False
            self._threads.discard(current_thread())
            return True

    async def aclose(self) -> None:
        """Wait for what is under way, cancelled or not, and for the threads."""
        self.leave()
        if self._under_way:
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
        try:
            yield pool
        finally:
            await pool.aclose()


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
