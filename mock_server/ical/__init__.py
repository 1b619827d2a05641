"""iCalendar objects: writing invitations, and reading what comes back (RFC 5545, RFC 5546)."""
