"""What is asked of ``patterns.config``."""
