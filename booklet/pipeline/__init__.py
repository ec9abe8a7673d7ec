"""The steps of a build: inputs, analysis, layout by workers, linking, release."""
