"""Fonts are those of the booklet, whatever the environment says of fonts (`fontconfig-set`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """<?xml version="1.0"?>
<fontconfig>
  <match target="pattern"><edit name="family" mode="assign" binding="strong"><string>No Such</string></edit></match>
</fontconfig>
"""


def test_fonts_of_the_environment_change_no_byte(unbuilt: Sample, tmp_path: Path) -> None:
    """Variables of Fontconfig, Pango, GDK, HarfBuzz and XDG, set to what is not there or is wrong, change nothing."""
    hostile = tmp_path / "hostile"
    (hostile / "fontconfig").mkdir(parents=True)
    for name in ("fonts.conf", "fontconfig/fonts.conf"):
        (hostile / name).write_text(SETTINGS, "utf-8")
    command = ("build", "--preview", "feux", "--no-store", "--jobs", "1")
    previews = []
    for environment in (
        {},
        {
            "FONTCONFIG_FILE": str(hostile / "fonts.conf"),
            "FONTCONFIG_PATH": str(hostile),
            "FONTCONFIG_SYSROOT": str(hostile),
            "FC_LANG": "ar",
            "PANGO_LANGUAGE": "ar",
            "PANGO_RC_FILE": str(hostile / "fonts.conf"),
            "GDK_DPI_SCALE": "2",
            "HB_SHAPER_LIST": "fallback",
            "XDG_CACHE_HOME": "/dev/null",
            "XDG_CONFIG_HOME": str(hostile),
            "XDG_DATA_HOME": str(hostile),
        },
    ):
        ran = unbuilt.run_process(*command, environment=environment)
        assert ran.status == 0, ran.err
        previews.append(digests(unbuilt.root / "preview"))
    assert previews[0] == previews[1]
