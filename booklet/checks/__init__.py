"""Rules on content, one module for each subject, and the engine that runs them."""
