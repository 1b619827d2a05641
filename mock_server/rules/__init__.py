"""What happens: Cronofy's behaviour, one module per section of its docs. No HTTP, no I/O."""
