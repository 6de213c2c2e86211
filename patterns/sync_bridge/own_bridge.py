"""Our own best for asyncio: a queue to the threads, and one wake-up for all that they come to.

Choose it when calls are many, when a cancelled caller must wait for its function or must not, or when blocking code
asks the loop, which calls blocking code again: a call that waits for the loop gives up its place meanwhile.
It costs these lines in your program. While such a call waits there is one thread more than ``size``.
"""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager, suppress
from contextvars import Context, copy_context
from queue import SimpleQueue
from threading import Lock, Thread, current_thread
from typing import Any, Self, TypeVar

T = TypeVar("T")
EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


class Inbox:
    """What threads have for the loop, which is woken once for all of it."""

    __slots__ = ("_loop", "_news", "_told")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._news: deque[Callable[[], object]] = deque()
        self._told = False

    def post(self, news: Callable[[], object]) -> None:
        """Have it called on the loop's thread; it must not raise."""
        self._news.append(news)
        if not self._told:
            self._told = True
            self._loop.call_soon_threadsafe(self.open)

    def open(self) -> None:
        """On the loop: call what has come."""
        self._told = False  # before looking: who comes later wakes the loop again
        for _ in range(len(self._news)):
            self._news.popleft()()


class Question:
    """A coroutine function that a thread wants to be run, and waits for."""

    __slots__ = ("_answered", "_context", "_error", "_function", "_portal", "_task", "_value")

    def __init__(self, portal: "Portal", function: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._portal, self._function = portal, function
        self._context = copy_context()
        self._error: BaseException | None = None
        self._value: Any
        self._task: asyncio.Task[Any] | None = None
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
            self._task = task = self._portal.begin(self._function(), self._context)
        except BaseException as error:
            self._error = error
            self._answered.release()
        else:
            if task.done():
                self._end(task)
            else:
                task.add_done_callback(self._end)

    def withdraw(self) -> None:
        """On the loop: the thread waits no more."""
        if self._task:
            self._task.cancel()

    def _end(self, task: "asyncio.Task[Any]") -> None:
        self._portal.end(task)
        if task.cancelled():
            self._error = CancelledError()
        elif (error := task.exception()) is not None:
            self._error = error
        else:
            self._value = task.result()
        self._answered.release()


class Portal:
    """Lets threads ask the loop it was made on, each question for so many seconds at most."""

    def __init__(self, timeout: float | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._inbox = Inbox(self._loop)
        self._timeout = timeout
        self._questions: set[asyncio.Task[Any]] = set()
        self._door = Lock()
        self._left = False
        self._empty: asyncio.Future[None] | None = None

    def ask(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
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

    def begin(self, coroutine: Coroutine[Any, Any, T], context: Context) -> "asyncio.Task[T]":
        """Run what is asked."""
        task: asyncio.Task[T] = asyncio.Task(coroutine, loop=self._loop, context=context, **EAGER)
        self._questions.add(task)
        return task

    def end(self, task: "asyncio.Task[Any]") -> None:
        """It has been answered."""
        self._questions.discard(task)
        self._look()

    @property
    def _busy(self) -> bool:
        return bool(self._questions)

    def _look(self) -> None:
        """Let go on who waits until nothing is under way."""
        if self._empty and not self._empty.done() and not self._busy:
            self._empty.set_result(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Refuse what comes, and wait for what is under way; an error, or being cancelled, cancels what was asked."""
        with self._door:
            self._left = True
        self._inbox.open()
        while self._busy:
            if error:
                for task in self._questions:
                    task.cancel()
            self._empty = self._loop.create_future()
            try:
                await self._empty
            except asyncio.CancelledError as cancelled:
                error = cancelled
        if error:
            raise error


class Job:
    """A call: whoever takes the function out of ``todo`` decides whether it begins."""

    __slots__ = ("args", "context", "error", "future", "over", "threads", "todo", "value")

    def __init__(self, threads: "Threads", function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.threads, self.todo, self.args = threads, [function], args
        self.context = copy_context()
        self.future = threads.new_future()
        self.over = False
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
        self.over = True
        if not self.future.done():
            self.future.set_result(None)
        self.threads.ended()


class Threads(Portal):
    """Up to ``size`` threads that make calls for the loop it was made on, and may ask it.

    A cancelled caller waits until its function has ended, unless it is to ``abandon`` it; one whose function has not
    begun does not wait.
    """

    def __init__(self, size: int, *, abandon: bool = False) -> None:
        super().__init__()
        self._size, self._abandon = size, abandon
        self.new_future: Callable[[], asyncio.Future[None]] = self._loop.create_future
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: set[Thread] = set()
        self._thinning = Lock()
        self._under_way = 0  # calls that have not ended
        self._asking = 0  # those of them that wait for the loop

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """What ``function(*args)`` comes to on a thread, in a copy of this context."""
        if self._left:
            raise RuntimeError("these threads have been left")
        job = Job(self, function, args)
        self._under_way += 1
        self._jobs.put(job)
        self._grow()
        try:
            await job.future
        except asyncio.CancelledError:
            if job.withdrawn():
                self.ended()
            elif not self._abandon:
                await self._end(job)
            raise
        if job.error is None:
            value: T = job.value
            return value
        try:
            raise job.error
        finally:
            job.error = None  # it knows this frame, which knows the job

    async def _end(self, job: Job) -> None:
        while not job.over:
            job.future = self.new_future()
            with suppress(asyncio.CancelledError):  # once is enough: it is raised in the end
                await job.future

    def ended(self) -> None:
        """On the loop: a call has ended, or will not begin."""
        self._under_way -= 1
        self._look()

    def ask(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        """Called by a thread: the same; a call that asks gives up its place meanwhile."""
        if current_thread() in self._threads:
            answer: T = super().ask(self._without_a_place, function, *args)
            return answer
        return super().ask(function, *args)

    async def _without_a_place(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
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
    def _busy(self) -> bool:
        return bool(self._under_way or self._questions)

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

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """The same, and wait for the threads."""
        try:
            await super().__aexit__(kind, error, traceback)
        finally:
            threads = list(self._threads)
            self._size = 0
            for _ in threads:
                self._jobs.put(None)
            for thread in threads:
                thread.join()  # they have nothing else to do


# --- how it fits the contract ---

from patterns.sync_bridge import Ask, Call

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    async with Threads(size, abandon=abandon) as pool:
        yield pool.call


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    async with Threads(size) as pool:
        yield pool.call, pool.ask


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    async with Portal(timeout) as opened:
        yield opened.ask


offload = calls
