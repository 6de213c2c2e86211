"""One variant alone, as an ordinary pyperf benchmark, with all of pyperf's options.

``python -m benchmarks.worker FAMILY/WORKLOAD/ALTERNATIVE@LOOP --n 100`` is how one looks at a single row, and how the
stock order measures.
"""

import argparse
import gc
import os
import sys

import pyperf

import patterns
from benchmarks.engine import guard
from benchmarks.engine.blocks import Bench, DisturbedError
from benchmarks.engine.worker import run
from benchmarks.plan import services
from benchmarks.plan.availability import services_of, why_not
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.filters import Filters
from benchmarks.plan.mistakes import in_family
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from patterns import included
from results.suggestions import suggestion

OURS = ("PYTHONSAFEPATH", included.VARIABLE)  # by which pyperf's processes find what this one has found


def parse_variant(text: str, n: int) -> Variant:
    """Read ``family/workload/alternative@backend``; raises argparse.ArgumentTypeError with a suggestion."""
    path, _, backend = text.partition("@")
    family, _, rest = path.partition("/")
    workload, _, alternative = rest.partition("/")
    if not all((family, workload, alternative, backend)):
        raise argparse.ArgumentTypeError(f"{text!r} is not FAMILY/WORKLOAD/ALTERNATIVE@BACKEND")
    known = [("family", family, patterns.families()), ("backend", backend, list(BACKENDS))]
    if family in patterns.families():
        known.append(("workload", workload, [entry.name for entry in questions(family).workloads]))
        known.append(("alternative", alternative, [entry.name for entry in patterns.alternatives(family)]))
    for what, name, names in known:
        if name not in names:
            raise argparse.ArgumentTypeError(f"no {what} {name!r}{suggestion(name, names)}")
    return Variant(family, workload, n, alternative, backend)


def asked_variant(text: str, n: int) -> Variant:
    """``parse_variant`` of what somebody has asked for: the error says why nothing can be asked of it, too."""
    family = text.partition("/")[0]
    if family in patterns.families() and (mistake := in_family(family)):
        raise argparse.ArgumentTypeError(mistake)
    variant = parse_variant(text, n)
    entry = next(one for one in patterns.alternatives(family) if one.name == variant.alternative)
    backend = BACKENDS[variant.backend]
    if not can_run(entry.library, backend):
        raise argparse.ArgumentTypeError(f"{variant.alternative} does not run on {variant.backend}")
    if found := why_not(entry, backend, questions(family).workload(variant.workload)):
        raise argparse.ArgumentTypeError(found[1])
    return variant


def serve(variant: Variant) -> tuple[str, ...]:
    """Start the services that a variant needs; returns the variables that tell pyperf's processes where they are."""
    services.start(services_of(Filters((variant.family,), (), (variant.backend,), (variant.alternative,))))
    return services.VARIABLES


def main() -> None:
    """The command line: pyperf's, plus the variant and ``--n``."""

    def pass_on(command: list[str], options: argparse.Namespace) -> None:
        command += [options.variant, "--n", str(options.n)]

    runner = pyperf.Runner(program_args=("-m", "benchmarks.worker"), add_cmdline_args=pass_on)
    runner.argparser.add_argument("variant", metavar="FAMILY/WORKLOAD/ALTERNATIVE@BACKEND")
    runner.argparser.add_argument("--tied", action="store_true", help="end with the process that has started this one")
    runner.argparser.add_argument("--n", type=int, default=100, help="the point of the workload's scale axis")
    options = runner.parse_args()
    if options.worker:
        guard.die_with(os.getppid())
    elif options.tied:
        guard.adopt_orphans()
        guard.limit_files()
        guard.lead(os.getppid())
    try:
        variant = (parse_variant if options.worker else asked_variant)(options.variant, options.n)
        if not options.worker:
            options.inherit_environ = [*(options.inherit_environ or ()), *OURS, *serve(variant)]
        bench = Bench(variant)
        gc.collect()
        gc.freeze()
        run(runner, bench, lambda loops: bench.block(loops).seconds)
    except argparse.ArgumentTypeError as error:
        runner.argparser.exit(2, f"benchmarks.worker: error: {error}\n")  # without the page of options that are right
    except DisturbedError as error:
        sys.exit(f"benchmarks.worker: {error}")


if __name__ == "__main__":
    main()
