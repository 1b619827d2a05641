"""What a test, or a scenario's timeline, lets happen: each action a document and a function."""
