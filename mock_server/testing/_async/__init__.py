"""The client, written by hand; ``tools/unasync`` makes ``_sync`` of it."""
