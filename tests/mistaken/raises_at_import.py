raise RuntimeError("not \x1b[31mtoday")
