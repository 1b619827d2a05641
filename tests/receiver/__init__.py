"""A receiver of callbacks in a process of its own, as an application's is."""
