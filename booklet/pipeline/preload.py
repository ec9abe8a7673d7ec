"""What every worker needs, imported once by the process that they are forked from.

Nothing here reads a font or a stylesheet: Fontconfig's settings belong to the workspace, which a worker knows.
"""

from __future__ import annotations

import contextlib
import io

import booklet.pipeline.pool  # noqa: F401

# a machine that is not ready is told by the worker that needs the library, in one sentence
with contextlib.suppress(ImportError, OSError), contextlib.redirect_stdout(io.StringIO()):
    import weasyprint.text.fonts  # noqa: F401
