"""Files that a user names."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from stat import S_ISDIR, S_ISREG


def read_file(path: Path) -> bytes:
    """What is in a file.

    Raises
    ------
    OSError
        When it cannot be read, or is none that comes to an end: a device, a pipe, a folder.
    """
    try:
        mode = path.stat().st_mode
    except ValueError as error:  # a null byte
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    if S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return path.read_bytes()
