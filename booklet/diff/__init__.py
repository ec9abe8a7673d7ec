"""Two states of the costs → what changed, and why."""
