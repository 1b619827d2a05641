"""Scenario and fixture files: their format, finding and reading them, making them true."""
