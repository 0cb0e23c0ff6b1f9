"""The calls of advapi32.dll by which `ledger.folder.access` sees and sets access lists, through ctypes.

Nothing is decided here; types are those of aclapi.h, sddl.h and winbase.h.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from collections.abc import Generator
    from contextlib import contextmanager
    from ctypes import wintypes
    from functools import cache
    from pathlib import Path

    _FILE_OBJECT, _REVISION, _TOKEN_QUERY, _TOKEN_USER = 1, 1, 0x8, 1
    _OWNER, _LIST, _PROTECTED_LIST = 0x1, 0x4, 0x80000000
    _PERSISTENT_ACLS = 0x8
    _PATH_LENGTH = 32_768

    _advapi = ctypes.WinDLL("advapi32", use_last_error=True)
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _pointer = ctypes.POINTER(ctypes.c_void_p)
    _get = _advapi.GetNamedSecurityInfoW
    _get.argtypes = [wintypes.LPCWSTR, ctypes.c_int, wintypes.DWORD, *[_pointer] * 5]
    _get.restype = wintypes.DWORD
    _to_text = _advapi.ConvertSecurityDescriptorToStringSecurityDescriptorW
    _to_text.argtypes = [ctypes.c_void_p, wintypes.DWORD, wintypes.DWORD, _pointer, ctypes.c_void_p]
    _from_text = _advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW
    _from_text.argtypes = [wintypes.LPCWSTR, wintypes.DWORD, _pointer, ctypes.c_void_p]
    _set = _advapi.SetFileSecurityW
    _set.argtypes = [wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_void_p]
    _open_token = _advapi.OpenProcessToken
    _open_token.argtypes = [wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE)]
    _token = _advapi.GetTokenInformation
    _token.argtypes = [
        wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD),
    ]  # fmt: skip
    _sid_to_text = _advapi.ConvertSidToStringSidW
    _sid_to_text.argtypes = [ctypes.c_void_p, _pointer]
    _process, _close, _free = _kernel.GetCurrentProcess, _kernel.CloseHandle, _kernel.LocalFree
    _process.restype = wintypes.HANDLE
    _close.argtypes = [wintypes.HANDLE]
    _free.argtypes = [ctypes.c_void_p]
    _free.restype = ctypes.c_void_p
    _volume_of, _volume = _kernel.GetVolumePathNameW, _kernel.GetVolumeInformationW
    _volume_of.argtypes = [wintypes.LPCWSTR, wintypes.LPWSTR, wintypes.DWORD]
    _volume.argtypes = [
        wintypes.LPCWSTR, wintypes.LPWSTR, wintypes.DWORD, *[wintypes.LPDWORD] * 3,
        wintypes.LPWSTR, wintypes.DWORD,
    ]  # fmt: skip

    @contextmanager
    def _freed(memory: ctypes.c_void_p) -> Generator[None]:
        try:
            yield
        finally:
            _free(memory)

    def descriptor(path: Path) -> str | None:
        """Return owner and list of a path in SDDL; None where its file system has no lists.

        Raises OSError where they may not be seen.
        """
        if not _has_lists(path):
            return None
        found, text = ctypes.c_void_p(), ctypes.c_void_p()
        if code := _get(str(path), _FILE_OBJECT, _OWNER | _LIST, None, None, None, None, ctypes.byref(found)):
            raise ctypes.WinError(code)
        with _freed(found):
            _asserted(_to_text(found, _REVISION, _OWNER | _LIST, ctypes.byref(text), None))
        with _freed(text):
            return ctypes.wstring_at(text.value or 0)

    def give(path: Path, text: str) -> None:
        """Replace the list of a path by that of a descriptor in SDDL; raises OSError."""
        if not _has_lists(path):
            return
        made = ctypes.c_void_p()
        _asserted(_from_text(text, _REVISION, ctypes.byref(made), None))
        with _freed(made):
            _asserted(_set(str(path), _LIST | _PROTECTED_LIST, made))

    @cache
    def me() -> str:
        """Return the user of this process, as SDDL writes it: `S-1-5-21-…-1001`."""
        token = wintypes.HANDLE()
        _asserted(_open_token(_process(), _TOKEN_QUERY, ctypes.byref(token)))
        try:
            size = wintypes.DWORD()
            _token(token, _TOKEN_USER, None, 0, ctypes.byref(size))
            user = ctypes.create_string_buffer(size.value)
            _asserted(_token(token, _TOKEN_USER, user, size, ctypes.byref(size)))
        finally:
            _close(token)
        text = ctypes.c_void_p()
        _asserted(_sid_to_text(ctypes.c_void_p.from_buffer(user), ctypes.byref(text)))
        with _freed(text):
            return ctypes.wstring_at(text.value or 0)

    def _has_lists(path: Path) -> bool:
        top, flags = ctypes.create_unicode_buffer(_PATH_LENGTH), wintypes.DWORD()
        _asserted(_volume_of(str(path.absolute()), top, _PATH_LENGTH))
        _asserted(_volume(top.value, None, 0, None, None, ctypes.byref(flags), None, 0))
        return bool(flags.value & _PERSISTENT_ACLS)

    def _asserted(answer: int) -> None:
        if not answer:
            raise ctypes.WinError(ctypes.get_last_error())
