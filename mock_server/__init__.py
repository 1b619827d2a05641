"""mock-cronofy: a local, stateful emulator of the Cronofy calendar API."""

__version__ = "0.1.0"
