"""The record of every run, and the only code that knows its format."""
