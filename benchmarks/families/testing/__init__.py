"""What is asked of ``patterns.testing``."""
