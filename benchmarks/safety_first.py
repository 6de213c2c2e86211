"""A family's safety is asked right before its first comparison: whoever waits for pages need not wait for all of it."""

from collections.abc import Sequence

from benchmarks.engine.patience import CLOCK
from benchmarks.environments import CheckThere
from benchmarks.run import Aside
from benchmarks.safety.conformance import Inquiry
from benchmarks.safety.findings import Check, Checked, families, record_of
from benchmarks.telling import PAUSE, Teller, clock, share_kept, unexpected
from benchmarks.words import errors
from results.record import Writer
from results.safety import FILE, SafetyRecord, read, surprises, write


class SafetyFirst:
    """The check of a run, in parts; ``record`` has the findings so far, ``aside`` what they took and will take.

    It shares the run's budget. A run that is gone on with is asked what it was not asked to the end. What is asked here
    is then asked ``there``, in each of the other environments.
    """

    def __init__(self, inquiry: Inquiry, writer: Writer, there: Sequence[CheckThere] = ()) -> None:
        """Raises RecordError if the findings of a run that is gone on with cannot be read."""
        run, self._path = writer.suite["run"], writer.directory / FILE
        nothing = not inquiry.seeds or run.get("checked")
        done = families(inquiry) if nothing else run.get("asked", [])
        known = inquiry.seeds and self._path.exists()
        self.record: SafetyRecord = read(self._path) if known else record_of(inquiry)
        self._check, self._writer = Check(inquiry, self.record, done), writer
        self._families, self._there = families(inquiry), there if inquiry.seeds else ()
        self._took_there = 0.0
        self._took_before = self.record["seconds"]  # measuring has begun
        self.before = self._took_before + sum(one.seconds for one in self._there)
        self.aside = Aside(coming=self._coming)

    @property
    def _coming(self) -> float:
        """The seconds that what is left will take: about as long elsewhere as it takes here."""
        return self._check.coming * (1 + len(self._there))

    def ask(self, family: str, teller: Teller) -> None:
        """Ask a family unless it was asked, and record what was found; raises OSError if that cannot be written."""
        if family in self._check.left:
            self._ask_here(family, teller)
        for one in self._there:
            if not one.asked(family):
                self._ask_there(one, family, teller)

    def _ask_here(self, family: str, teller: Teller) -> None:
        try:
            with teller.telling("safety of ", PAUSE):
                for step in self._check.ask([family]):
                    teller.tell(step)
        finally:
            self._keep()
        if not self._check.left:
            errors.say(f"safety in {clock(self.record['seconds'])}: {share_kept(self.record)}")
        unexpected(found for found in surprises(self.record) if found["family"] == family)

    def _ask_there(self, one: CheckThere, family: str, teller: Teller) -> None:
        started = CLOCK.now()
        try:
            with teller.telling("safety of ", PAUSE):
                teller.tell(Checked(0, 1, f"{family} in {one.name}"))
                one.ask(family, errors.say)
        finally:
            self._took_there += CLOCK.now() - started
            self._keep()

    def ask_all(self, teller: Teller) -> None:
        """Ask what measuring did not come to."""
        for family in self._families:
            self.ask(family, teller)

    def stop(self) -> None:
        """What was not asked is not tested."""
        if self._check.left:
            self._check.give_up("the check was interrupted")
            self._keep()

    def _keep(self) -> None:
        self.aside.took = self.record["seconds"] - self._took_before + self._took_there
        self.aside.coming = self._coming
        write(self._path, self.record)
        run = self._writer.suite["run"]
        run["asked"], run["checked"] = self._check.done, not self._check.left
        self._writer.save()
