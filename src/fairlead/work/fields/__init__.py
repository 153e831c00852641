"""Fields of a workspace's own: what they are, their values, and asking for tasks by them."""
