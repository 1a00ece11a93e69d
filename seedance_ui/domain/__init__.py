"""Values and rules. Pure: no input or output, and nothing of ours is imported but errors."""
