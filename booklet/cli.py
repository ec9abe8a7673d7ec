"""Arguments in, exit status out.

Exit status: 0 clean (warnings allowed unless `--strict`), 1 errors in the content, 2 wrong usage, 3 the machine is
not ready, 4 a fault of ours. `check` prints its report on the standard output, `build` on the error output.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
import traceback
from typing import TYPE_CHECKING

from booklet import __version__
from booklet.commands import cache as keeping
from booklet.commands import figures, release, writing
from booklet.commands import print as printing
from booklet.commands.session import UsageError
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.report import AUTO, FORMATS
from booklet.text.language import LANGUAGES, Language, choose_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.commands.session import WorkerFactory

USAGE, MACHINE, OURS, INTERRUPTED = 2, 3, 4, 130


def main(arguments: Sequence[str], *, program: str = "build.py", workers: WorkerFactory | None = None) -> int:
    """Run one command and return its exit status.

    Changes nothing of the process, so that it can be called many times in one; `booklet.__main__` sets the process
    up. `workers` replaces the pool of processes that lays pages out. Raises `ImportError` for a missing package and
    `BrokenPipeError` when nobody reads the output any more: both are for the launcher to tell.
    """
    try:
        options = parse_arguments(arguments)
    except SystemExit as done:  # argparse has printed its help or its complaint
        return int(done.code or 0)
    options.program, options.workers = program, workers
    language = choose_language(options.lang, None, os.environ)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except UsageError as error:
        _complain(error.message, *error.hints, language=language)
        return USAGE
    except BuildError as error:
        _complain(error.message, language=language)
        return MACHINE
    except KeyboardInterrupt:
        _complain(say("interrupted: `dist/` is whole, as it was or as it was just made"), language=language)
        return INTERRUPTED
    except (ImportError, BrokenPipeError):
        raise
    except OSError as error:
        _complain(_explain_system(error), language=language)
        return MACHINE
    except Exception:
        traceback.print_exc()
        _complain(
            say("this is a fault of ours, not of your content: please report the lines above"),
            language=language,
        )
        return OURS


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; wrong usage ends the process with status 2, as argparse does."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("-C", dest="directory", metavar="DIR", help="work in another workspace")
    common.add_argument("--lang", choices=LANGUAGES, help="language of the messages (default: the edition's)")
    common.add_argument("-v", "--verbose", action="store_true", help="tell the time of each step")
    common.add_argument("--no-color", action="store_true", help="no colours")

    parser = argparse.ArgumentParser(
        prog="build.py",
        parents=[common],
        description="A compiler for costed public policy: YAML proposals in, one checked PDF per electoral list out.",
    )
    parser.add_argument("--version", action="version", version=f"booklet {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, run: object, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, parents=[common], help=help, description=f"{help[0].upper()}{help[1:]}."
        )
        added.set_defaults(run=run)
        return added

    making = command(
        "build", release.run_build, "check, then make every booklet in dist/ (the default command)"
    )
    making.add_argument(
        "--preview",
        nargs="*",
        metavar="ID",
        default=argparse.SUPPRESS,
        help="lay out these proposals alone (default: all), drafts too, in preview/; dist/ is left as it is",
    )
    pressing = command(
        "print", printing.run_print, "make the files for a printer, and what to order, in print/"
    )
    pressing.add_argument("lists", nargs="*", metavar="LIST", help="ids of lists (default: every list)")
    pressing.add_argument("--copies", type=_positive, default=1, metavar="N", help="copies for each list")
    pressing.add_argument(
        "--paper", type=printing.positive_number, default="90", metavar="G", help="g/m² (default: 90)"
    )
    pressing.add_argument(
        "--bulk",
        type=printing.positive_number,
        default="1.2",
        metavar="B",
        help="cm³/g (default: 1.2, offset)",
    )
    pressing.add_argument(
        "--sheet", choices=("a4", "a3"), default="a4", help="a4 folds to A5, a3 to A4 (default: a4)"
    )
    pressing.add_argument(
        "--section",
        type=printing.section_pages,
        default=16,
        metavar="N",
        help="pages a section, beyond 80 pages",
    )
    checking = command("check", writing.run_check, "print every fault of every file")
    checking.add_argument("paths", nargs="*", metavar="PATH", help="report only on these files or folders")
    checking.add_argument(
        "--format", choices=(AUTO, *FORMATS), default=AUTO, help="how to print (default: auto)"
    )
    costing = command(
        "costs", figures.run_costs, "print the portfolio, or `import` a workbook's changed figures"
    )
    costing.add_argument(
        "action", nargs="?", choices=("import",), help="bring changed figures back from FILE"
    )
    costing.add_argument("file", nargs="?", metavar="FILE", help="workbook to import")
    costing.add_argument("--format", choices=figures.COSTS_FORMATS, default="table", help="default: table")
    costing.add_argument("--output", "-o", metavar="FILE", help="write to a file")
    costing.add_argument("--present-value", action="store_true", help="add the present value, with its rate")
    comparing = command("diff", figures.run_diff, "print what a change does to the costs, and why")
    comparing.add_argument("before", metavar="REV", help="git revision, or a saved `costs --format json`")
    comparing.add_argument("after", nargs="?", metavar="REV", help="the same (default: the working tree)")
    comparing.add_argument("--format", choices=figures.DIFF_FORMATS, default="table", help="default: table")
    comparing.add_argument("--output", "-o", metavar="FILE", help="write to a file")
    comparing.add_argument("--save", metavar="DIR", help="keep the JSON of both states in a folder")
    asking = command(
        "why", figures.run_why, "print how a figure was derived, down to the lines that were typed"
    )
    asking.add_argument("reference", metavar="REF", help="as `bus-priorite.2023.investissement`, or `total`")
    asking.add_argument("--format", choices=figures.WHY_FORMATS, default="tree", help="default: tree")
    asking.add_argument(
        "--whole", action="store_true", help="derive every proposal of a sum down to its lines"
    )
    explaining = command("explain", writing.run_explain, "print the documentation of a rule")
    explaining.add_argument("code", metavar="CODE", help="code or name of the rule, as C103")
    schema = command("schema", writing.run_schema, "write the JSON Schemas that editors use, or print one")
    schema.add_argument(
        "kind",
        nargs="?",
        choices=("proposal", "edition", "lists", "sources", "parameters"),
        help="print this one",
    )
    adding = command("new", writing.run_new, "write a commented proposal file")
    adding.add_argument("title", metavar="TITLE", help="title of the proposal")
    adding.add_argument("--domain", "-d", required=True, metavar="D", help="domain of the edition")
    verifying = command("verify", release.run_verify, "prove again that every list got the same body")
    verifying.add_argument("dist", nargs="?", default="dist", metavar="DIST", help="folder of the release")

    cleaning = command("clean", keeping.run_clean, "empty the store, or bring it down to a size")
    tracing = command(
        "explain-rebuild", keeping.run_explain_rebuild, "say why the last build laid out what it did"
    )
    tracing.add_argument("ids", nargs="*", metavar="ID", help="proposals, lists or pages (default: all)")

    for added in (parser, making, pressing, checking):
        added.add_argument(
            "--strict", action="store_true", default=argparse.SUPPRESS, help="warnings count as errors"
        )
    machines = {added: added.add_mutually_exclusive_group() for added in (parser, making)}
    for group in machines.values():
        group.add_argument(
            "--cluster",
            type=_scheduler,
            default=argparse.SUPPRESS,
            metavar="ADDRESS",
            help="lay out on the workers of a Dask scheduler, as tcp://10.0.0.5:8786",
        )
    for place in (*machines.values(), pressing, verifying):
        place.add_argument(
            "--jobs", "-j", type=_positive, default=argparse.SUPPRESS, metavar="N", help="number of processes"
        )
    for added in (parser, making, pressing, checking):
        added.add_argument(
            "--no-store",
            action="store_true",
            default=argparse.SUPPRESS,
            help="keep nothing for the next time",
        )
    for added in (parser, making, pressing, cleaning):
        added.add_argument(
            "--store-size",
            type=_size,
            default=argparse.SUPPRESS,
            metavar="SIZE",
            help="what the store may hold, as `500 MB` (a build's default: 1 GB; `clean` empties it)",
        )
    defaults = {
        "directory": ".", "lang": None, "verbose": False, "no_color": False, "run": release.run_build,
        "strict": False, "jobs": None, "no_store": False, "preview": None, "store_size": None,
        "cluster": None,
    }  # fmt: skip
    return parser.parse_args(list(arguments), argparse.Namespace(**defaults))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _size(text: str) -> int:
    """Read a size as `500 MB`."""
    found = re.fullmatch(r"(\d+)\s*(|k|M|G)[Bo]?", text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size, as `500 MB`")
    return int(found[1]) * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[found[2]]


def _scheduler(text: str) -> str:
    if not re.fullmatch(r"(tcp|tls)://[^\s/]+:\d+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address as tcp://10.0.0.5:8786")
    return text


def _complain(message: Message, *hints: Message, language: Language) -> None:
    print(f"build.py: {message.text(language)}", file=sys.stderr)
    for hint in hints:
        print(f"  {hint.text(language)}", file=sys.stderr)


def _explain_system(error: OSError) -> Message:
    if error.errno == errno.ENOSPC:
        return say("the disk is full: make room, then type the same command again")
    return say(
        "the system refused `{name}`: {reason}", name=error.filename or "", reason=error.strerror or error
    )
