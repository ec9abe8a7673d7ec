"""Arguments in, exit status out.

Exit status: 0 clean (warnings allowed unless `--strict`), 1 errors in the content, 2 wrong usage, 3 the machine is
not ready, 4 a fault of ours. `check` prints its report on the standard output, `build` on the error output,
unless `--format` asks for one.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from booklet import __version__
from booklet.commands import (
    build,
    check,
    clean,
    costs,
    diff,
    explain,
    explain_rebuild,
    new,
    schema,
    verify,
    why,
)
from booklet.commands import print as print_command
from booklet.commands.arguments import Arguments, Commands, Parser, add_global_options, speaking
from booklet.commands.session import (
    CONTENT,
    IN_A_CHECKOUT,
    Session,
    UnreportedError,
    UsageError,
    read_edition_language,
)
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import Message, say
from booklet.text.language import Language, choose_language
from booklet.text.outside import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.commands.session import WorkerFactory

USAGE, MACHINE, OURS, INTERRUPTED = 2, 3, 4, 130
#: each adds its own parser; in the order of `--help`
COMMANDS = (
    *(build, print_command, check, costs, diff, why, explain),
    *(schema, new, verify, clean, explain_rebuild),
)
#: what runs where no command is typed
DEFAULT_COMMAND = "build"


def main(
    arguments: Sequence[str],
    *,
    program: str = "build.py",
    tool: str = IN_A_CHECKOUT,
    workers: WorkerFactory | None = None,
) -> int:
    """Run one command and return its exit status.

    `program` is what the user typed, `tool` what hints propose to type before a command. `workers` takes the place of
    the pool of processes that lays pages out.

    Changes nothing of the process, so that it can be called many times in one; `booklet.__main__` sets a process up.
    Raises `ImportError` for a missing package and `BrokenPipeError` when nobody reads the output any more: both are
    for the launcher to handle.
    """
    language = find_language(arguments)
    # what is said before the arguments are parsed needs none of them
    session = Session(argparse.Namespace(), language, tool, workers)

    def complain(message: Message, *hints: Message) -> None:
        lines = (f"{program}: {session.text(message)}", *(f"  {session.text(hint)}" for hint in hints))
        with suppress(OSError):  # nobody can be told
            print(*lines, sep="\n", file=sys.stderr)

    try:
        status = _run(arguments, session, program)
        sys.stdout.flush()
        return status
    except UsageError as error:
        complain(error.message, *error.hints)
        return USAGE
    except BuildError as error:
        complain(error.message)
        return MACHINE
    except KeyboardInterrupt:
        complain(say("interrupted: `dist/` is whole, as it was or as it was just made"))
        return INTERRUPTED
    except (ImportError, BrokenPipeError):
        raise
    except OSError as error:
        complain(_explain_system(error))
        return CONTENT if isinstance(error, UnreportedError) else MACHINE
    except Exception:
        # what is raised may hold somebody's text
        with suppress(OSError):
            print(
                *(f"| {visible(line)}" for line in traceback.format_exc().splitlines()),
                sep="\n",
                file=sys.stderr,
            )
        complain(say("this is a fault of ours, not of your content: please report the lines above"))
        return OURS


def _run(arguments: Sequence[str], session: Session, program: str) -> int:
    try:
        options = parse_arguments(arguments, session.language, program)
    except SystemExit as ended:  # argparse has printed its help or its complaint
        return int(ended.code or 0)
    status: int = options.run(replace(session, options=options))
    return status


def find_language(arguments: Sequence[str]) -> Language:
    """Find the language to answer in before the arguments are parsed: `--lang`, the edition's, the environment's."""
    scan = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    scan.add_argument("-C", dest="directory", default=".")
    scan.add_argument("--lang")
    try:
        found, _ = scan.parse_known_args(arguments)
    except argparse.ArgumentError:  # a value is missing, which the whole parser will say
        found = argparse.Namespace(directory=".", lang=None)
    try:
        edition = read_edition_language(Path(found.directory))
    except (
        OSError,
        ValueError,
    ):  # no name of a folder: the command says so, in the language of the environment
        edition = None
    return choose_language(found.lang, edition, os.environ)


def parse_arguments(arguments: Sequence[str], language: Language, program: str) -> argparse.Namespace:
    """Parse the command line; raises `SystemExit` after `--help` and, with status 2, for wrong usage.

    Options of `build` need no command; typed before another command, they have to be options of that one too.
    """
    with speaking(language):
        parser = Parser(
            prog=program,
            description=say(
                "A compiler for costed public policy: YAML proposals in, one checked PDF per electoral list out."
            ).text(language),
        )
        parser.add_argument(
            "--version",
            action="version",
            version=f"booklet {__version__}",
            help=say("show the version").text(language),
        )
        add_global_options(Arguments(parser, language))
        group = parser.add_argument_group(say("options of `build`, which need no command").text(language))
        build.add_options(Arguments(group, language))
        commands = Commands(parser, language)
        for command in COMMANDS:
            command.add_parser(commands)
        typed = parser.parse_args(arguments)
        if typed.command is None:
            typed = parser.parse_args([DEFAULT_COMMAND, *arguments])
        return commands.complete(typed)


def _explain_system(error: OSError) -> Message:
    if error.errno == errno.ENOSPC:
        return say("the disk is full: make room, then type the same command again")
    reason = error.strerror or error
    if not error.filename:  # a stream, or a file without a name
        return say("the system refused to read or write: {reason}", reason=reason)
    return say("the system refused `{name}`: {reason}", name=error.filename, reason=reason)
