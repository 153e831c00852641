"""A board of Trello, from the JSON file that its menu exports."""
