"""What names, keys, ports, addresses and other small texts must look like; each check lists its complaints.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go``, ``ip.go`` and
``staging/src/k8s.io/apimachinery/pkg/api/validate/content @ v1.36``
"""

from __future__ import annotations

import ipaddress
import re

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_UNDERSCORE = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SUBDOMAIN_UNDERSCORE = rf"{_LABEL_UNDERSCORE}(\.{_LABEL_UNDERSCORE})*"
_DNS1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = f"({_KEY})?"
_PERCENT = "[0-9]+%"
_HTTP_HEADER = "[-A-Za-z0-9]+"
_ENV_VAR = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_HTTP_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
_FIRST_AND_LAST = "and must start and end with an alphanumeric character"
_KEY_WRONG = f"must consist of alphanumeric characters, '-', '_' or '.', {_FIRST_AND_LAST}"

LABEL_MAX_LENGTH = 63
SUBDOMAIN_MAX_LENGTH = 253
INVALID_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_LEADING_ZEROS = "must not have leading 0s"
INVALID_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


def size(text: str) -> int:
    """The length of a text in bytes, which is what Kubernetes' limits count."""
    return len(text) if text.isascii() else len(text.encode())


def max_len_error(length: int) -> str:
    """The complaint about a text of too many characters."""
    return f"must be no more than {length} characters"


def range_error(low: int, high: int) -> str:
    """The complaint about a number outside a range."""
    return f"must be between {low} and {high}, inclusive"


def regex_error(complaint: str, pattern: str, *examples: str) -> str:
    """A complaint followed by examples and the regular expression."""
    if not examples:
        return f"{complaint} (regex used for validation is '{pattern}')"
    shown = " or ".join(f"'{e}', " for e in examples)
    return f"{complaint} (e.g. {shown}regex used for validation is '{pattern}')"


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None


def _checked(text: str, limit: int, pattern: str, complaint: str, *examples: str) -> list[str]:
    """The complaints about a text's length and shape."""
    errors = [max_len_error(limit)] if size(text) > limit else []
    if not _matches(pattern, text):
        errors.append(regex_error(complaint, pattern, *examples))
    return errors


def is_dns1123_label(text: str) -> list[str]:
    """Complaints about an RFC 1123 label, as containers, volumes and namespaces are named."""
    errors = [max_len_error(LABEL_MAX_LENGTH)] if size(text) > LABEL_MAX_LENGTH else []
    if _matches(_LABEL, text):
        return errors
    if _matches(_SUBDOMAIN, text):
        return [*errors, "must not contain dots"]
    complaint = (
        f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', {_FIRST_AND_LAST}"
    )
    return [*errors, regex_error(complaint, _LABEL, "my-name", "123-abc")]


def is_dns1123_subdomain(text: str) -> list[str]:
    """Complaints about an RFC 1123 subdomain, as most objects are named."""
    complaint = (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        + _FIRST_AND_LAST
    )
    return _checked(text, SUBDOMAIN_MAX_LENGTH, _SUBDOMAIN, complaint, "example.com")


def is_dns1123_subdomain_with_underscore(text: str) -> list[str]:
    """Complaints about a subdomain that may contain underscores, as DNS search paths may."""
    complaint = (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
        + _FIRST_AND_LAST
    )
    return _checked(text, SUBDOMAIN_MAX_LENGTH, _SUBDOMAIN_UNDERSCORE, complaint, "example.com")


def is_dns1035_label(text: str) -> list[str]:
    """Complaints about a DNS-1035 label, as services are named."""
    complaint = (
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        "character, and end with an alphanumeric character"
    )
    return _checked(text, LABEL_MAX_LENGTH, _DNS1035, complaint, "my-name", "abc-123")


def is_qualified_name(text: str) -> list[str]:
    """Complaints about a label key, annotation key, resource or condition type: a name with an optional prefix."""
    examples = ("MyName", "my.name", "123-abc")
    *prefixes, name = text.split("/")
    if len(prefixes) > 1:
        suffix = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return ["a valid label key " + regex_error(_KEY_WRONG, _KEY, *examples) + suffix]
    errors = []
    if prefixes == [""]:
        errors.append("prefix part must be non-empty")
    elif prefixes:
        complaints = is_dns1123_subdomain(prefixes[0])
        errors += [f"prefix part {c}" for c in _in_bytes(complaints)]
    if not name:
        errors.append("name part must be non-empty")
    elif size(name) > LABEL_MAX_LENGTH:
        errors.append(f"name part must be no more than {LABEL_MAX_LENGTH} bytes")
    if not _matches(_KEY, name):
        errors.append("name part " + regex_error(_KEY_WRONG, _KEY, *examples))
    return errors


def _in_bytes(complaints: list[str]) -> list[str]:
    """The checks of keys speak of bytes where the others speak of characters."""
    limit = max_len_error(SUBDOMAIN_MAX_LENGTH)
    return [c.replace("characters", "bytes") if c == limit else c for c in complaints]


def is_valid_label_value(text: str) -> list[str]:
    """Complaints about a label's value."""
    errors = [f"must be no more than {LABEL_MAX_LENGTH} bytes"] if size(text) > LABEL_MAX_LENGTH else []
    if not _matches(_LABEL_VALUE, text):
        complaint = (
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
            + _FIRST_AND_LAST
        )
        errors.append(regex_error(complaint, _LABEL_VALUE, "MyValue", "my_value", "12345"))
    return errors


def is_config_map_key(text: str) -> list[str]:
    """Complaints about a key of a config map or a secret."""
    complaint = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    errors = _checked(text, SUBDOMAIN_MAX_LENGTH, _CONFIG_KEY, complaint, "key.name", "KEY_NAME", "key-name")
    return errors + _climbs(text)


def is_env_var_name(text: str) -> list[str]:
    """Complaints about an environment variable's name under the strict rule, which config map imports follow."""
    errors = []
    if not _matches(_ENV_VAR, text):
        complaint = (
            "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
            "and must not start with a digit"
        )
        errors.append(regex_error(complaint, _ENV_VAR, "my.env-name", "MY_ENV.NAME", "MyEnvName1"))
    return errors + _climbs(text)


def is_relaxed_env_var_name(text: str) -> list[str]:
    """Complaints about an environment variable's name under the relaxed rule, which containers follow."""
    errors = [] if text else ["environment variable name must be non-empty"]
    if any(c == "=" or not " " <= c <= "~" for c in text):
        errors.append(
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
        )
    return errors


def _climbs(text: str) -> list[str]:
    """Complaints about a file name that leads out of its directory."""
    if text in (".", ".."):
        return [f"must not be '{text}'"]
    return ["must not start with '..'"] if text.startswith("..") else []


def is_valid_port_name(text: str) -> list[str]:
    """Complaints about a named port."""
    errors = [max_len_error(15)] if size(text) > 15 else []
    if not _matches("[-a-z0-9]+", text):
        errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        errors.append("must contain at least one letter (a-z)")
    if "--" in text:
        errors.append("must not contain consecutive hyphens")
    if text.startswith("-") or text.endswith("-"):
        errors.append("must not begin or end with a hyphen")
    return errors


def is_in_range(number: int, low: int, high: int) -> list[str]:
    """Complaints about a number outside ``low`` to ``high``."""
    return [] if low <= number <= high else [range_error(low, high)]


def is_valid_port_num(port: int) -> list[str]:
    """Complaints about a port number."""
    return is_in_range(port, 1, 65535)


def is_valid_user_id(number: int) -> list[str]:
    """Complaints about a user or group ID."""
    return is_in_range(number, 0, 2**31 - 1)


def is_valid_percent(text: str) -> list[str]:
    """Complaints about a percentage."""
    if _matches(_PERCENT, text):
        return []
    complaint = "a valid percent string must be a numeric string followed by an ending '%'"
    return [regex_error(complaint, _PERCENT, "1%", "93%")]


def is_http_header_name(text: str) -> list[str]:
    """Complaints about the name of an HTTP header."""
    if _matches(_HTTP_HEADER, text):
        return []
    complaint = "a valid HTTP header must consist of alphanumeric characters or '-'"
    return [regex_error(complaint, _HTTP_HEADER, "X-Header-Name")]


def is_path_segment_name(text: str) -> list[str]:
    """Complaints about a name that could not stand in a URL's path."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{c}'" for c in "/%" if c in text]


def is_valid_http_path(text: str) -> list[str]:
    """Complaints about the path behind a domain prefix."""
    return [] if _matches(_HTTP_PATH, text) else [regex_error("Invalid path", _HTTP_PATH)]


def is_fully_qualified_name(text: str) -> list[str]:
    """Complaints about a domain of at least three segments; an empty text is the caller's to report as missing."""
    if errors := is_dns1123_subdomain(text):
        return [",".join(errors)]
    if text.count(".") < 2:
        return ["should be a domain with at least three segments separated by dots"]
    return []


def parse_ip_sloppy(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text stands for, leading zeros allowed; None where it is none."""
    if "%" in text:
        return None
    if re.fullmatch(r"\d{1,}(\.\d{1,}){3}", text, re.ASCII):
        text = ".".join(part.lstrip("0") or "0" for part in text.split("."))
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def parse_cidr_sloppy(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The network that a text stands for, whose address may have leading zeros or be one inside; None where none."""
    address, _, bits = text.partition("/")
    found = parse_ip_sloppy(address)
    if found is None or not re.fullmatch("0*[0-9]{1,3}", bits) or int(bits) > found.max_prefixlen:
        return None
    return ipaddress.ip_network((found, int(bits)), strict=False)


def is_valid_cidr_legacy(text: str) -> list[str]:
    """Complaints about a network in a field that once accepted leading zeros and addresses inside a network."""
    network = parse_cidr_sloppy(text)
    if network is None:
        return [INVALID_CIDR]
    address, _, bits = text.partition("/")
    if (len(bits) > 1 and bits.startswith("0")) or _LEADING_ZEROS in is_valid_ip_legacy(address):
        return ["must not have leading 0s in IP or prefix length"]
    if is_valid_ip_legacy(address):
        return ["must not have an IPv4-mapped IPv6 address"]
    if parse_ip_sloppy(address) != network.network_address:
        return ["must not have bits set beyond the prefix length"]
    return []


def go_ip_text(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An address as Go prints it: an IPv4-mapped one as IPv4."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)


def is_valid_ip_legacy(text: str) -> list[str]:
    """Complaints about an address in a field that once accepted leading zeros and mapped addresses."""
    address = parse_ip_sloppy(text)
    if address is None:
        return [INVALID_IP]
    errors = []
    if "." in text and any(len(p) > 1 and p.startswith("0") for p in text.rpartition(":")[2].split(".")):
        errors.append(_LEADING_ZEROS)
    elif isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        errors.append("must not be an IPv4-mapped IPv6 address")
    return errors


def is_valid_ip(text: str) -> list[str]:
    """Complaints about an address in a field that takes the canonical form only."""
    errors, address = is_valid_ip_legacy(text), parse_ip_sloppy(text)
    if address is not None and not errors and text != go_ip_text(address):
        errors.append(f'must be in canonical form ("{go_ip_text(address)}")')
    return errors
