"""Writes composition.bin, the data of canonical composition (NFC), from Python's unicodedata.

usage: python3 make_composition_table.py      (run beside composition.bin; needs nothing but Python)

Little-endian 32-bit words: number of decompositions, then (character | excluded << 31, first, second or 0) each; number of
combining characters, then (character << 8 | class) each. Hangul is computed and not in the table.
"""
import struct
import sys
import unicodedata

decompositions, classes = [], []
for c in range(sys.maxunicode + 1):
    char = chr(c)
    if unicodedata.combining(char):
        classes.append(c << 8 | unicodedata.combining(char))
    mapping = unicodedata.decomposition(char)
    if mapping and not mapping.startswith("<"):
        parts = [int(part, 16) for part in mapping.split()]
        excluded = unicodedata.normalize("NFC", char) != char
        decompositions.append((c | excluded << 31, parts[0], parts[1] if len(parts) > 1 else 0))

with open("composition.bin", "wb") as out:
    out.write(struct.pack("<I", len(decompositions)))
    for entry in decompositions:
        out.write(struct.pack("<III", *entry))
    out.write(struct.pack("<I", len(classes)))
    out.write(struct.pack(f"<{len(classes)}I", *classes))
