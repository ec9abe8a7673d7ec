"""The command line in the user's language: argparse, with help and complaints from our catalogue.

Each module of this folder adds its command to `Commands`. What several commands ask is declared here, once.
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from booklet.diagnostics.message import Message, MessageError, say
from booklet.text.language import LANGUAGES, Language
from booklet.text.outside import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from booklet.commands.session import Session

    Run = Callable[[Session], int]

#: what argparse says, for the catalogue; `%(heading)s:` since Python 3.13
ARGPARSE_WORDS = (
    say("usage: "),
    say("options"),
    say("positional arguments"),
    say("%(heading)s:"),
    say("show this help message and exit"),
    say("%(prog)s: error: %(message)s\n"),
    say("argument %(argument_name)s: %(message)s"),
    say("the following arguments are required: %s"),
    say("unrecognized arguments: %s"),
    say("invalid choice: %(value)r (choose from %(choices)s)"),
    say("expected one argument"),
    say("expected at most one argument"),
    say("expected at least one argument"),
    say("expected %s argument"),
    say("expected %s arguments"),
    say("ignored explicit argument %r"),
    say("ambiguous option: %(option)s could match %(matches)s"),
)


class UnreadableArgument(MessageError):
    """What was typed for an option is not what it takes."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints show what was typed on one line."""

    def error(self, message: str) -> NoReturn:
        """Complain and exit with status 2."""
        super().error(visible(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help; argparse would take what cannot be written for printed, which is right for a complaint only."""
        if file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


class Arguments:
    """The arguments of one command.

    The parser leaves out options that were not typed; `Commands.complete` sees which were, and adds `defaults`.
    """

    def __init__(self, group: argparse.ArgumentParser | argparse._ArgumentGroup, language: Language) -> None:
        self.group, self.language = group, language
        self.defaults: dict[str, object] = {}

    def add(
        self, *names: str, help: Message, read: Callable[[str], object] | None = None, **settings: Any
    ) -> None:
        """Add an argument as `ArgumentParser.add_argument` does; `read` raises `UnreadableArgument`."""
        if read is not None:
            settings["type"] = _say_in(self.language, read)
        action = self.group.add_argument(*names, help=help.text(self.language).replace("%", "%%"), **settings)
        self.defaults[action.dest] = action.default
        if action.option_strings:
            action.default = argparse.SUPPRESS


class Commands:
    """The commands of the tool, each with a parser of its own."""

    def __init__(self, parser: argparse.ArgumentParser, language: Language) -> None:
        self.parser, self.language = parser, language
        self._parsers = parser.add_subparsers(dest="command", metavar=say("COMMAND").text(language))
        self._arguments: dict[str, Arguments] = {}

    def add(self, name: str, run: Run, help: Message) -> Arguments:
        """Add a command; `run` is given its session and returns the exit status."""
        text = help.text(self.language)
        parser = self._parsers.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        arguments = self._arguments[name] = Arguments(parser, self.language)
        arguments.defaults |= {"command": name, "run": run}
        add_global_options(arguments)
        return arguments

    def complete(self, typed: argparse.Namespace) -> argparse.Namespace:
        """Add the defaults of the command; an option of another one, typed before it, is wrong usage."""
        defaults = self._arguments[typed.command].defaults
        foreign = [name for name in vars(typed) if name not in defaults]
        if foreign:
            message = say(
                "`{option}` is no option of `{command}`",
                option=f"--{foreign[0].replace('_', '-')}",
                command=typed.command,
            )
            self.parser.error(message.text(self.language))
        return argparse.Namespace(**{**defaults, **vars(typed)})


def _say_in(language: Language, read: Callable[[str], object]) -> Callable[[str], object]:
    def read_argument(text: str) -> object:
        try:
            return read(text)
        except UnreadableArgument as error:
            raise argparse.ArgumentTypeError(error.message.text(language)) from None

    return read_argument


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Have argparse speak a language in the block.

    It asks `gettext` for the process's language, by two names of its module, and offers no other way.
    """

    def ngettext(singular: str, plural: str, count: int) -> str:
        return language.gettext(singular if count == 1 else plural)

    spoken = {"_": language.gettext, "ngettext": ngettext}
    before = {name: getattr(argparse, name) for name in spoken}
    for name, function in spoken.items():
        setattr(argparse, name, function)
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(argparse, name, function)


# --- what several commands ask ------------------------------------------------------------------------------------


def add_global_options(arguments: Arguments) -> None:
    """Add the options that stand before or after any command."""
    arguments.add("-C", dest="directory", metavar="DIR", default=".", help=say("begin in another folder"))
    arguments.add("--lang", choices=LANGUAGES, help=say("language of the messages (default: the edition's)"))
    arguments.add("-v", "--verbose", action="store_true", help=say("show the time of each step"))
    arguments.add("--no-color", action="store_true", help=say("no colours"))


def add_strict(arguments: Arguments) -> None:
    """Add `--strict`."""
    arguments.add("--strict", action="store_true", help=say("warnings count as errors"))


def add_jobs(arguments: Arguments) -> None:
    """Add `--jobs`."""
    arguments.add("--jobs", "-j", read=read_count, metavar="N", help=say("number of processes"))


def add_store(arguments: Arguments) -> None:
    """Add `--no-store` and `--store-size`."""
    arguments.add("--no-store", action="store_true", help=say("keep nothing for the next time"))
    arguments.add(
        "--store-size",
        read=read_size,
        metavar="SIZE",
        help=say("what the store may hold, as `500 MB` (default: 1 GB)"),
    )


def read_count(text: str) -> int:
    """Read a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise UnreadableArgument(say("`{text}` is not a number from 1 on", text=text))
    return int(text)


def read_size(text: str) -> int:
    """Read a size in bytes, as `500 MB`, `1 G` or `200`."""
    found = re.fullmatch(r"(\d+)\s*(|k|M|G)[Bo]?", text.strip())
    if found is None:
        raise UnreadableArgument(say("`{text}` is not a size, as `500 MB`", text=text))
    return int(found[1]) * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[found[2]]
