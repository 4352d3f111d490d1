"""The version of the library, which results and written forms carry."""

__version__ = "0.1.0"
