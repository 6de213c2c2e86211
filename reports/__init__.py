"""The reading of the record, in three steps: to decisions, to what a page shows, and to files."""
