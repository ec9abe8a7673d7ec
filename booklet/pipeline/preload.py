"""The imports of every worker, done once by the fork server that workers are forked from.

Nothing here reads a font or a stylesheet: Fontconfig's settings belong to the workspace, which only a worker knows.
"""

from __future__ import annotations

import contextlib
import io

import booklet.pipeline.tasks  # noqa: F401 (imported for the workers)

# a missing library is reported by the worker that needs it, in one sentence
with contextlib.suppress(ImportError, OSError), contextlib.redirect_stdout(io.StringIO()):
    import weasyprint.text.fonts  # noqa: F401 (imported for the workers)
