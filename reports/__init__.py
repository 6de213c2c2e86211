"""The reading of the record: statistics, verdicts, charts and pages."""
