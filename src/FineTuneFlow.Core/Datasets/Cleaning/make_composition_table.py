"""Writes composition.bin, the data of canonical composition (NFC), from Python's unicodedata.

usage: python3 make_composition_table.py      (run beside composition.bin; needs nothing but Python)

Three tables of little-endian 32-bit words, each preceded by its number of entries: decompositions (character, first, second or 0)
by character; compositions (first, second, character) by pair; combining classes (character, class) by character. A fourth one lists
the characters that may change a text when it is composed. Hangul is computed and not in the tables.
"""
import struct
import sys
import unicodedata

decompositions, compositions, classes, changing = [], [], [], set()
for c in range(sys.maxunicode + 1):
    char = chr(c)
    if unicodedata.combining(char):
        classes.append((c, unicodedata.combining(char)))
        changing.add(c)
    mapping = unicodedata.decomposition(char)
    if mapping and not mapping.startswith("<"):
        parts = [int(part, 16) for part in mapping.split()]
        first, second = parts[0], parts[1] if len(parts) > 1 else 0
        decompositions.append((c, first, second))
        if unicodedata.normalize("NFC", char) != char:
            changing.add(c)
        else:
            compositions.append((first, second, c))
            changing.add(second)

with open("composition.bin", "wb") as out:
    for table in (decompositions, sorted(compositions), classes, [(c,) for c in sorted(changing)]):
        out.write(struct.pack("<I", len(table)))
        for entry in table:
            out.write(struct.pack(f"<{len(entry)}I", *entry))
