"""The same client without async: made by ``tools/unasync`` of ``_async``."""
