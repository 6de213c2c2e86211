"""What is asked of ``patterns.streams``."""
