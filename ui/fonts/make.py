"""Makes names.ttf, the window's font for what is not Latin, Greek or Cyrillic.

    pip install fonttools==4.68.0
    python make.py wqy-microhei.ttc DejaVuSans.ttf names.ttf

The two fonts are those of the Debian packages that README.md names. Hints are
left out: the window's text is not hinted.
"""

import sys

from fontTools import merge, subset
from fontTools.ttLib import TTFont

# A space goes with the letters before it.
SPACES = [(0x0020, 0x0020), (0x00A0, 0x00A0), (0x2000, 0x200B), (0x202F, 0x202F)]
EAST_ASIAN = SPACES + [
    (0x1100, 0x11FF),  # Hangul jamo
    (0x2E80, 0xA4CF),  # radicals, kana, bopomofo, ideographs
    (0xAC00, 0xD7FF),  # Hangul syllables
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE30, 0xFE4F),  # compatibility forms
    (0xFF00, 0xFFEF),  # full-width forms
]
SEMITIC = [
    (0x0590, 0x06FF),  # Hebrew, Arabic
    (0x200C, 0x200F),  # joiners and marks of direction
    (0xFB1D, 0xFDFF),  # presentation forms
    (0xFE70, 0xFEFF),
]

# The ascent and descent of Fyne's own Noto Sans in its units: text is set on
# the line of whichever font comes first in it.
ASCENT, DESCENT, UNITS = 1069, 293, 1000


def cut(path: str, ranges: list[tuple[int, int]], out: str) -> None:
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["*"]
    options.notdef_outline = True
    options.font_number = 0
    options.drop_tables += ["FFTM", "VDMX", "hdmx", "gasp", "vhea", "vmtx"]
    font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    has = font.getBestCmap()
    subsetter.populate(unicodes=[u for u in has if any(low <= u <= high for low, high in ranges)])
    subsetter.subset(font)
    subset.save_font(font, out, options)


def main(east_asian: str, semitic: str, out: str) -> None:
    parts = [out + ".1", out + ".2"]
    cut(east_asian, EAST_ASIAN, parts[0])
    cut(semitic, SEMITIC, parts[1])
    font = merge.Merger().merge(parts)
    units = font["head"].unitsPerEm
    ascent, descent = round(ASCENT * units / UNITS), round(DESCENT * units / UNITS)
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, -descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, descent
    names = TTFont(parts[0])["name"]
    font["name"].names = [
        n for n in names.names if n.nameID in (0, 7, 13, 14) and n.platformID == 3
    ]
    for number, text in ((1, "Pneumolight Names"), (2, "Regular"), (4, "Pneumolight Names"), (6, "PneumolightNames")):
        font["name"].setName(text, number, 3, 1, 0x409)
    # The same fonts make the same file.
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = TTFont(parts[0])["head"].created
    font.save(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
