"""A key of the Windows registry that lasts until its user logs off, or the machine stops, and is never saved.

Nothing is decided here; names and values are those of winreg.h and winnt.h.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes import wintypes
    from uuid import uuid4

    _PATH, _VALUE = "Software\\Session Ledger until logoff", "id"

    _create = ctypes.WinDLL("advapi32").RegCreateKeyExW
    _create.restype = wintypes.LONG
    _create.argtypes = [
        wintypes.HKEY, wintypes.LPCWSTR, wintypes.DWORD, wintypes.LPWSTR, wintypes.DWORD, wintypes.DWORD,
        wintypes.LPVOID, ctypes.POINTER(wintypes.HKEY), wintypes.LPDWORD,
    ]  # fmt: skip

    def id_until_logoff() -> str:
        """Return what the key holds, by chance when nothing is in it yet; raises OSError."""
        key = wintypes.HKEY()
        access = winreg.KEY_QUERY_VALUE | winreg.KEY_SET_VALUE
        user, options = winreg.HKEY_CURRENT_USER, winreg.REG_OPTION_VOLATILE  # winreg's own call takes none
        if code := _create(user, _PATH, 0, None, options, access, None, ctypes.byref(key), None):
            raise ctypes.WinError(code)
        try:
            try:
                found, _ = winreg.QueryValueEx(key.value or 0, _VALUE)
            except FileNotFoundError:
                found = uuid4().hex
                winreg.SetValueEx(key.value or 0, _VALUE, 0, winreg.REG_SZ, found)
            return str(found)
        finally:
            winreg.CloseKey(key.value or 0)
