"""Admin pages of the roof, found by Django under this name."""

from config.finances import admin as finances

__all__ = ["finances"]
