"""The calls of kernel32.dll by which `ledger.purge.windows_directory` looks and deletes, through ctypes.

Nothing is decided here; types and structures are those of fileapi.h and winbase.h.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    import os
    from contextlib import suppress
    from ctypes import wintypes

    from ledger.purge.windows_directory import CallUnknownError, HandleInfo, refusal

    _OPEN_EXISTING = 3
    _INVALID_HANDLE = ctypes.c_void_p(-1).value
    _BASIC_INFO, _DISPOSITION_INFO, _ATTRIBUTE_TAG_INFO, _ID_INFO, _DISPOSITION_INFO_EX = 0, 4, 9, 18, 21
    """Members of FILE_INFO_BY_HANDLE_CLASS."""
    _NAME_LENGTH = 261
    _SECONDS_FROM_1601_TO_1970 = 11_644_473_600

    class _ByHandle(ctypes.Structure):
        _fields_ = (
            ("attributes", wintypes.DWORD),
            ("created", wintypes.FILETIME),
            ("read", wintypes.FILETIME),
            ("written", wintypes.FILETIME),
            ("volume", wintypes.DWORD),
            ("size_high", wintypes.DWORD),
            ("size_low", wintypes.DWORD),
            ("links", wintypes.DWORD),
            ("index_high", wintypes.DWORD),
            ("index_low", wintypes.DWORD),
        )

    class _Tag(ctypes.Structure):
        _fields_ = (("attributes", wintypes.DWORD), ("tag", wintypes.DWORD))

    class _Id(ctypes.Structure):
        _fields_ = (("volume", ctypes.c_uint64), ("file_id", ctypes.c_ubyte * 16))

    class _Basic(ctypes.Structure):
        _fields_ = (
            ("created", ctypes.c_int64),
            ("read", ctypes.c_int64),
            ("written", ctypes.c_int64),
            ("changed", ctypes.c_int64),
            ("attributes", wintypes.DWORD),
        )

    _dll = ctypes.WinDLL("kernel32", use_last_error=True)
    _create, _close = _dll.CreateFileW, _dll.CloseHandle
    _create.restype = wintypes.HANDLE
    _create.argtypes = [
        wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD, wintypes.DWORD,
        wintypes.HANDLE,
    ]  # fmt: skip
    _close.argtypes = [wintypes.HANDLE]
    _by_handle, _by_handle_ex = _dll.GetFileInformationByHandle, _dll.GetFileInformationByHandleEx
    _by_handle.argtypes = [wintypes.HANDLE, ctypes.POINTER(_ByHandle)]
    _by_handle_ex.argtypes = [wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD]
    _set = _dll.SetFileInformationByHandle
    _set.argtypes = [wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD]
    _final_path = _dll.GetFinalPathNameByHandleW
    _final_path.argtypes = [wintypes.HANDLE, wintypes.LPWSTR, wintypes.DWORD, wintypes.DWORD]
    _volume = _dll.GetVolumeInformationByHandleW
    _volume.argtypes = [
        wintypes.HANDLE, wintypes.LPWSTR, wintypes.DWORD, *[wintypes.LPDWORD] * 3,
        wintypes.LPWSTR, wintypes.DWORD,
    ]  # fmt: skip
    _flush = _dll.FlushFileBuffers
    _flush.argtypes = [wintypes.HANDLE]

    def _asserted(answer: int) -> int:
        if not answer:
            raise refusal(ctypes.get_last_error())
        return answer

    class Kernel32:
        """The system's own calls; see `ledger.purge.windows_directory.Kernel`."""

        def open(self, path: str, access: int, share: int, flags: int) -> int:
            """Open what is there."""
            handle: int | None = _create(path, access, share, None, _OPEN_EXISTING, flags, None)
            if handle is None or handle == _INVALID_HANDLE:
                raise refusal(ctypes.get_last_error())
            return handle

        def close(self, handle: int) -> None:
            """Let a handle go."""
            _close(handle)

        def path_of(self, handle: int) -> str:
            """Return the path without links."""
            length = _asserted(_final_path(handle, None, 0, 0)) + 1
            buffer = ctypes.create_unicode_buffer(length)
            _asserted(_final_path(handle, buffer, length, 0))
            return buffer.value

        def look(self, handle: int) -> HandleInfo:
            """Describe what is open; where the file system has no identity of 128 bits, by that of 64."""
            found, tag, identity = _ByHandle(), _Tag(), _Id()
            _asserted(_by_handle(handle, ctypes.byref(found)))
            volume, file_id = found.volume, found.index_high << 32 | found.index_low
            with suppress(CallUnknownError):
                self._ask(handle, _ID_INFO, identity)
                volume, file_id = identity.volume, int.from_bytes(bytes(identity.file_id), "little")
            with suppress(CallUnknownError):
                self._ask(handle, _ATTRIBUTE_TAG_INFO, tag)
            written = found.written.dwHighDateTime << 32 | found.written.dwLowDateTime
            return HandleInfo(
                attributes=found.attributes,
                reparse_tag=tag.tag,
                volume=volume,
                file_id=file_id,
                size=found.size_high << 32 | found.size_low,
                modified_ns=written * 100 - _SECONDS_FROM_1601_TO_1970 * 10**9,
                links=found.links,
            )

        def filesystem(self, handle: int) -> str:
            """Return the kind of file system."""
            buffer = ctypes.create_unicode_buffer(_NAME_LENGTH)
            _asserted(_volume(handle, None, 0, None, None, None, buffer, _NAME_LENGTH))
            return buffer.value

        def names(self, path: str) -> list[str]:
            """Return the names in a folder."""
            return os.listdir(path)  # noqa: PTH208 - the path is one that pathlib would change

        def dispose(self, handle: int, flags: int) -> None:
            """Delete what is open."""
            self._tell(handle, _DISPOSITION_INFO_EX, wintypes.DWORD(flags))

        def dispose_plainly(self, handle: int) -> None:
            """Delete what is open once it is closed."""
            self._tell(handle, _DISPOSITION_INFO, ctypes.c_ubyte(1))

        def set_attributes(self, handle: int, attributes: int) -> None:
            """Change the attributes of what is open; times of 0 stay as they are."""
            self._tell(handle, _BASIC_INFO, _Basic(attributes=attributes))

        def flush(self, handle: int) -> None:
            """Write what was changed to the medium."""
            _asserted(_flush(handle))

        @staticmethod
        def _ask(handle: int, kind: int, answer: ctypes.Structure) -> None:
            _asserted(_by_handle_ex(handle, kind, ctypes.byref(answer), ctypes.sizeof(answer)))

        @staticmethod
        def _tell(handle: int, kind: int, told: ctypes._CData) -> None:
            _asserted(_set(handle, kind, ctypes.byref(told), ctypes.sizeof(told)))
