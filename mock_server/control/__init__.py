"""The control API under /_mock: sandboxes, people, decisions, time. For tests and tools."""
