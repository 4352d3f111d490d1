"""The command line, with Typer and Rich (extra ``cli``)."""

from nettumor._command_line.app import run

__all__ = ["run"]
