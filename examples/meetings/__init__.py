"""Book a meeting with somebody who has connected their calendar: a sample of Cronofy's API."""
