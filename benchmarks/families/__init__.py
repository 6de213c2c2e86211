"""What is asked of each family, a room for each: what its workloads cost, and what it promises."""
