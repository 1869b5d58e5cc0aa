"""Sets one document, as a process of its own: typst keeps what it has laid out (some MB a page) as long as its process lives.

Started as a script by `pdf.py`: one line of JSON comes in with template, fonts and how, then the data; the PDF goes out
(or the pages as PNG, each after its length in eight bytes). Nothing personal stands in the arguments.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    import typst

    about = json.loads(sys.stdin.buffer.readline())
    made = typst.compile(
        about["template"], font_paths=[about["fonts"]], ignore_system_fonts=True,
        sys_inputs={"forms": sys.stdin.buffer.read().decode()}, **about["how"],
    )  # fmt: skip
    pages = made if isinstance(made, list) else [made]
    for page in pages:
        assert isinstance(page, bytes)
        if about["how"].get("format") == "png":
            sys.stdout.buffer.write(len(page).to_bytes(8, "big"))
        sys.stdout.buffer.write(page)


if __name__ == "__main__":
    main()
