"""The record of every run, the only code that knows its format, and the statistics that both sides of it need."""
