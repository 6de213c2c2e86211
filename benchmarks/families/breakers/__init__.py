"""What is asked of ``patterns.breakers``."""
