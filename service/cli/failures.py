"""How a command fails: one line on stderr and exit code 1, never a traceback."""

import csv
import zlib
from typing import IO, Any

import click


class Failed(click.ClickException):
    """A command refuses or cannot go on, in one line."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(f"weir: {' '.join(self.format_message().split())}", file=file, err=True)


class OneLine(click.Group):
    """A group whose commands may raise Weir's own errors, the system's, and those of readers."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it refuses becomes one line."""
        from model.artifact import BadArtifact
        from service.errors import WeirError

        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (WeirError, BadArtifact) as error:
            raise Failed(str(error)) from error
        except (EOFError, zlib.error, csv.Error) as error:
            raise Failed(f"the input is damaged: {error}") from error
        except OSError as error:
            raise Failed(f"{error.filename or 'failed'}: {error.strerror or error}") from error
