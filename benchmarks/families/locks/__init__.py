"""What is asked of ``patterns.locks``."""
