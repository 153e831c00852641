"""Small PDF files for tests, written by hand."""

from __future__ import annotations


def pdf(*words: str, wide: int = 300, high: int = 200) -> bytes:
    """A PDF with one page for each word, which stands on it in large letters."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(words)))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(words)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, word in enumerate(words):
        text = f"BT /F1 40 Tf 20 80 Td ({word}) Tj ET".encode()
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {high}]/Contents {5 + 2 * number} 0 R"
        parts += [page.encode() + b"/Resources<</Font<</F1 3 0 R>>>>>>",
                  b"<</Length %d>>stream\n%s\nendstream" % (len(text), text)]  # fmt: skip
    return assembled(parts)


def assembled(parts: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (len(parts) + 1, table, len(parts) + 1, trailer, len(out))
