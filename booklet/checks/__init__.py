"""Rules on content, one module for each family, and the engine that runs them."""
