"""Carrying out what leaves the process: callbacks and mail today, webhooks to come."""
