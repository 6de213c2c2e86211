"""From decisions to what a page shows: pure functions that make view models."""
