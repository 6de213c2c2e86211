"""What is asked of ``patterns.retries``."""
