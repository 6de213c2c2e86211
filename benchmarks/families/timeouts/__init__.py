"""What is asked of ``patterns.timeouts``."""
