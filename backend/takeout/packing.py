"""The folder as one zip, sealed with a passphrase (WinZip AES-256): 7-Zip and others open it without this system."""

from __future__ import annotations

import os
from pathlib import Path

SHORTEST = 16
"""Characters of a passphrase: the file leaves the building."""


class WeakPassphrase(ValueError):
    """The message is a sentence for the operator."""


def pack(folder: Path, target: Path, passphrase: str) -> None:
    """Write the zip; names of files inside stay readable, and say nothing about anybody."""
    import pyzipper

    if len(passphrase) < SHORTEST:
        raise WeakPassphrase(f"A passphrase needs at least {SHORTEST} characters.")
    part = target.with_name(f"{target.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:  # noqa: PTH123  (mode from the start)
        with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as bundle:
            bundle.setpassword(passphrase.encode())
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    bundle.write(path, str(path.relative_to(folder)))
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)


def unpack(source: Path, folder: Path, passphrase: str) -> None:
    """Open it into an empty folder. Raises `WeakPassphrase` when it is not the right one."""
    import pyzipper

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with pyzipper.AESZipFile(source) as bundle:
        bundle.setpassword(passphrase.encode())
        try:
            bundle.extractall(folder)
        except RuntimeError as wrong:
            raise WeakPassphrase("The passphrase does not open it.") from wrong
