"""What is found in a file: positions, messages, rules, diagnostics, and the formats they are reported in."""
