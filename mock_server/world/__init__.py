"""What is: records, tables, clock and identifiers. No HTTP, no I/O."""
