"""What is asked of ``patterns.monitoring``."""
