"""What is asked of ``patterns.channels``."""
