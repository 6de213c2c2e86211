"""What is asked of ``patterns.callbacks``."""
