"""The imports of every worker, done once by the fork server that workers are forked from.

Nothing here reads a font or a stylesheet: Fontconfig's settings belong to the workspace, which only a worker knows.
"""

from __future__ import annotations

import contextlib
import io
import os

from booklet.layout.fast.libraries import opened_by_soname
from booklet.pipeline.interruption import BUILDER, end_with

# the imports below take seconds, in which a fork server does not notice that its builder was killed
if BUILDER in os.environ:
    end_with(int(os.environ[BUILDER]))

# a missing library is reported by the worker that needs it, in one sentence
with contextlib.suppress(ImportError, OSError), contextlib.redirect_stdout(io.StringIO()), opened_by_soname():
    import weasyprint.text.fonts  # noqa: F401 (both are imported for the workers)
