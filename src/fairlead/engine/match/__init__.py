"""Who can do a task (eligibility), how well (features), and in which order of cost (rank)."""
