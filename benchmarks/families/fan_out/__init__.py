"""What is asked of ``patterns.fan_out``."""
