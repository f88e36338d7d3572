"""Rules for paths of files inside a volume or on a node.

References
----------
``pkg/apis/core/validation/validation.go ValidateLocalNonReservedPath, validatePathNoBacksteps @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, invalid

FILE_MODE_WRONG = "must be a number between 0 and 0777 (octal), both inclusive"


def validate_no_backsteps(target: str, path: str) -> list[FieldError]:
    """One fault where a path climbs."""
    return [invalid(path, target, "must not contain '..'")] if ".." in target.split("/") else []


def validate_descending_path(target: str, path: str) -> list[FieldError]:
    """The faults of a path that must be relative and not climb."""
    errors = [invalid(path, target, "must be a relative path")] if target.startswith("/") else []
    return errors + validate_no_backsteps(target, path)


def validate_non_reserved_path(target: str, path: str) -> list[FieldError]:
    """The faults of a relative path whose first name may not begin with two dots either."""
    errors = validate_descending_path(target, path)
    if target.startswith("..") and not target.startswith("../"):
        errors.append(invalid(path, target, "must not start with '..'"))
    return errors


def validate_file_mode(mode: int | None, path: str) -> list[FieldError]:
    """One fault where permission bits are out of range."""
    return [invalid(path, mode, FILE_MODE_WRONG)] if mode is not None and not 0 <= mode <= 0o777 else []
