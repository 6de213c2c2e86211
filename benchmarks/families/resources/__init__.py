"""What is asked of ``patterns.resources``."""
