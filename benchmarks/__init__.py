"""Figures of the emulator, as ratios measured in one run: ``make bench``."""
