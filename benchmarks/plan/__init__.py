"""What exists and can run here: families' questions, loops, services, filters, presets, and a run's comparisons."""
