"""The commands. Results go to standard output, all else to standard error.

A command ends with 0 if all holds, 1 if something has drifted, 2 if the input is wrong, 3 if the engine failed. What a
command needs is imported when it runs: `--help` and `claims` are there at once.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mathpost.commands.terminal import STDERR
from mathpost.ground.errors import EngineError, InputError, MathpostError, Place, relative, with_relative_file
from mathpost.site import Post, Site
from mathpost.text.parameters import parse_assignments, read_parameters

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

Command = Callable[[argparse.Namespace], int]
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give what it ends with."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(encoding="utf-8")  # whatever the locale is: formulas and quotes are beyond ASCII
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except MathpostError as error:
        STDERR.say(f"mathpost: {with_relative_file(error)}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        STDERR.say(f"mathpost: {place}{error.strerror or error}: see to it, and run this again; nothing is lost")
        return EngineError.exit_code
    except Exception:
        traceback.print_exc()
        STDERR.say("mathpost: this is a mistake in mathpost itself; nothing is known about the post")
        return EngineError.exit_code


def publish(options: argparse.Namespace) -> int:
    """check the posts and build the site into public/"""
    from mathpost.commands.publish import publish as run

    site = _site(options)
    posts = _posts(site, options.post)
    parameters = _parameters(options)
    return run(site, posts, parameters, whole=not options.post, force=options.force, as_json=options.json)


def check(options: argparse.Namespace) -> int:
    """judge every claim of the posts, write nothing"""
    from mathpost.commands import check as ways

    if options.static:
        names = [Path(name) for name in options.post if name.endswith(".ipynb")]
        return ways.check_static(names or _paths(_site(options), options), as_json=options.json)
    site = _site(options)
    timeout = site.settings.cell_timeout
    if options.sweep:
        from mathpost.commands.sweep import check_sweep

        return check_sweep(_posts(site, options.post), timeout=timeout, as_json=options.json)
    paths = _paths(site, options)
    if options.twice:
        return ways.check_twice(paths, timeout=timeout, as_json=options.json)
    return ways.check_claims(paths, _parameters(options), timeout=timeout, as_json=options.json)


def strip(options: argparse.Namespace) -> int:
    """take the outputs out of notebooks, as they are committed"""
    from mathpost.commands.strip import strip as run

    return run(options.file, as_json=options.json)


def serve(options: argparse.Namespace) -> int:
    """write with a live preview; drafts shown"""
    from mathpost.commands.serve import serve as run

    site = _site(options)
    _all_posts(site)
    run(site, _parameters(options), port=options.port)
    return 0


def new(options: argparse.Namespace) -> int:
    """start a post: a notebook that checks"""
    from mathpost.commands.new import new as run

    return run(_site(options).post(options.slug), options.title, as_json=options.json)


def claims(options: argparse.Namespace) -> int:
    """list the formulas of a notebook or a Markdown file"""
    from mathpost.commands.claims import claims as run

    return run(options.file, as_json=options.json)


def scan(options: argparse.Namespace) -> int:
    """find steps that do not follow, in any post and with no notation"""
    from mathpost.commands.scan import scan_files

    form = "sarif" if options.sarif else "json" if options.json else "text"
    return scan_files(options.file, form=form, verbose=options.verbose)


def mutate(options: argparse.Namespace) -> int:
    """try changed equations: what would the checks of a post not notice?"""
    from mathpost.commands.mutate import mutate as run

    path = _notebook(_site(options), options.post)
    return run(path, options.mutants, _parameters(options), as_json=options.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mathpost",
        description="Notebooks as Hugo posts whose every equation has been evaluated from its own LaTeX.",
    )
    parser.add_argument(
        "-C", "--site", type=Path, metavar="DIR", help="the site, if it is not around the working directory"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    subparser = _add_command(commands, publish)
    subparser.add_argument("post", nargs="*", metavar="POST", help="the slug of a post; all posts if none is given")
    subparser.add_argument(
        "--force",
        action="store_true",
        help="build all of them, stale or not, and overwrite pages that were edited by hand",
    )
    _add_parameters(subparser)
    subparser = _add_command(commands, check)
    subparser.add_argument("post", nargs="*", metavar="POST", help="a slug or a notebook; all posts if none is given")
    _add_parameters(subparser)
    ways = subparser.add_mutually_exclusive_group()
    ways.add_argument("--static", action="store_true", help="by the text alone, in a second: execute nothing")
    ways.add_argument("--twice", action="store_true", help="execute twice and say where the results are not the same")
    ways.add_argument("--sweep", action="store_true", help="under each set of parameters in notebooks/POST.sweep.yaml")
    subparser.add_argument("--changed-since", metavar="REF", help="only posts touched since this branch left REF")
    subparser = _add_command(commands, strip)
    subparser.add_argument("file", type=Path, nargs="+", metavar="FILE", help="an .ipynb file")
    subparser = _add_command(commands, serve)
    subparser.add_argument("--port", type=int, default=1313, help="of the preview's address on this machine")
    _add_parameters(subparser)
    subparser = _add_command(commands, new)
    subparser.add_argument("slug", metavar="SLUG", help="the name of the notebook, and of the page in its address")
    subparser.add_argument("--title", help="made from the slug if it is not given")
    subparser = _add_command(commands, mutate)
    subparser.add_argument("post", metavar="POST", help="a slug or a notebook")
    subparser.add_argument("--mutants", type=Path, metavar="FILE", help='a JSON list of {"equation": …, "latex": …}')
    _add_parameters(subparser)
    subparser = _add_command(commands, claims)
    subparser.add_argument("file", type=Path, metavar="FILE", help="an .ipynb or .md file")
    subparser = _add_command(commands, scan)
    subparser.add_argument("file", type=Path, nargs="+", metavar="FILE", help="a document, or a folder of them")
    subparser.add_argument("--sarif", action="store_true", help="results as SARIF, for code scanning")
    subparser.add_argument("--verbose", action="store_true", help="say why steps were not tried")
    return parser


def _add_command(commands: Commands, command: Command) -> argparse.ArgumentParser:
    parser = commands.add_parser(command.__name__, help=command.__doc__, description=command.__doc__)
    parser.add_argument("--json", action="store_true", help="results as JSON")
    parser.set_defaults(command=command)
    return parser


def _add_parameters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-p",
        dest="pairs",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "VALUE"),
        help="a notebook's parameter",
    )
    parser.add_argument("-f", dest="parameters", type=Path, metavar="FILE", help="parameters in a YAML file")


def _parameters(options: argparse.Namespace) -> dict[str, object]:
    from_file = read_parameters(options.parameters) if options.parameters else {}
    return from_file | parse_assignments(options.pairs)


def _site(options: argparse.Namespace) -> Site:
    return Site.find(options.site)


def _posts(site: Site, names: Sequence[str]) -> list[Post]:
    """The posts of these names, or all there are."""
    posts = [site.post(name) for name in names] if names else _all_posts(site)
    for post in posts:
        if not os.path.lexists(post.notebook):
            listed = ", ".join(known.slug for known in site.posts()) or "none"
            raise InputError(f"there is no post {post.slug!r}; the posts are: {listed}", Place(relative(post.notebook)))
    return posts


def _all_posts(site: Site) -> list[Post]:
    """The posts of a site; the notebooks that are none are named, and stop nobody."""
    scratch = [str(relative(path)) for path in site.scratch()]
    if scratch:
        STDERR.say(f"left alone, since it has no front matter and is no post: {', '.join(scratch)}")
    return site.posts()


def _paths(site: Site, options: argparse.Namespace) -> list[Path]:
    """The notebooks to check: those named, or all; of these the ones that have changed, if that is asked for."""
    paths = [_notebook(site, name) for name in options.post] or [post.notebook for post in _all_posts(site)]
    if not options.changed_since:
        return paths
    from mathpost.site.changes import touched_posts

    touched = [post.notebook for post in touched_posts(site, options.changed_since)]
    return [path for path in paths if path.resolve() in touched]


def _notebook(site: Site, name: str) -> Path:
    """The notebook that a slug or a path names."""
    return Path(name) if name.endswith(".ipynb") else _posts(site, [name])[0].notebook


if __name__ == "__main__":
    sys.exit(main())
