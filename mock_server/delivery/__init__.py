"""Carrying out what leaves the process: callbacks today, mail and webhooks to come."""
