"""Run the course's code once and keep the results."""
