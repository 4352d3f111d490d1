"""The command line, with Typer and Rich (extra ``cli``)."""

from nettumor.cli.app import run

__all__ = ["run"]
