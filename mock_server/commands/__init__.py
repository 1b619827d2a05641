"""What the command line does that needs more than a few words; it runs outside the server."""
