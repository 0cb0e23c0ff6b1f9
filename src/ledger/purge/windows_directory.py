"""An opened folder on Windows, held by its handle: the third make beside those by descriptor and by path.

Nothing is opened through a reparse point (a junction, a link), and nothing shares its deletion: while a
folder is held, neither it nor a folder above it can be renamed, removed or turned into a junction, so that
its path means this folder. What is deleted is deleted by the handle through which it was looked at.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple, Protocol, Self

# Names and values as in fileapi.h, winbase.h, winnt.h and winerror.h.
FILE_LIST_DIRECTORY = 0x1
FILE_READ_ATTRIBUTES = 0x80
FILE_WRITE_ATTRIBUTES = 0x100
DELETE = 0x10000
GENERIC_WRITE = 0x40000000
FILE_SHARE_READ_AND_WRITE = 0x1 | 0x2
"""Without FILE_SHARE_DELETE, 0x4: what is open can be neither renamed nor removed."""
FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000
FILE_FLAG_BACKUP_SEMANTICS = 0x02000000
"""Without it no folder is opened."""
FLAGS = FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS
FILE_ATTRIBUTE_READONLY = 0x1
FILE_ATTRIBUTE_DIRECTORY = 0x10
FILE_ATTRIBUTE_NORMAL = 0x80
FILE_ATTRIBUTE_REPARSE_POINT = 0x400
NAME_SURROGATE = 0x20000000
"""The bit of a reparse tag that says: this stands for another name. Cloud files and deduplication lack it."""
FILE_DISPOSITION = 0x1 | 0x2 | 0x10
"""FILE_DISPOSITION_FLAG_DELETE, _POSIX_SEMANTICS (the name is gone at once), _IGNORE_READONLY_ATTRIBUTE."""

_ERRNO = {
    2: errno.ENOENT,  # ERROR_FILE_NOT_FOUND
    3: errno.ENOENT,  # ERROR_PATH_NOT_FOUND
    5: errno.EACCES,  # ERROR_ACCESS_DENIED
    19: errno.EROFS,  # ERROR_WRITE_PROTECT
    32: errno.EBUSY,  # ERROR_SHARING_VIOLATION: another program holds it open
    33: errno.EBUSY,  # ERROR_LOCK_VIOLATION
    145: errno.ENOTEMPTY,  # ERROR_DIR_NOT_EMPTY
    206: errno.ENAMETOOLONG,  # ERROR_FILENAME_EXCED_RANGE
    267: errno.ENOTDIR,  # ERROR_DIRECTORY
    303: errno.EBUSY,  # ERROR_DELETE_PENDING: removed by another program that still holds it open
    1224: errno.EBUSY,  # ERROR_USER_MAPPED_FILE
}
_UNKNOWN_CALL = {1, 50, 87, 120, 124}
"""ERROR_INVALID_FUNCTION, NOT_SUPPORTED, INVALID_PARAMETER, CALL_NOT_IMPLEMENTED, INVALID_LEVEL: an older
Windows, or a file system that has not the call."""


class CallUnknownError(OSError):
    """The system, or the file system, does not have the call."""


def refusal(code: int) -> OSError:
    """Return the error of a code of winerror.h."""
    if code in _UNKNOWN_CALL:
        return CallUnknownError(errno.ENOSYS, f"Windows error {code}")
    return OSError(_ERRNO.get(code, errno.EIO), f"Windows error {code}")


class HandleInfo(NamedTuple):
    """An opened thing as the system describes it by its handle."""

    attributes: int
    reparse_tag: int
    volume: int
    file_id: int
    size: int
    modified_ns: int
    links: int

    @property
    def is_link(self) -> bool:
        """Return True for a link, a junction or a mounted volume."""
        return bool(self.attributes & FILE_ATTRIBUTE_REPARSE_POINT and self.reparse_tag & NAME_SURROGATE)

    @property
    def is_folder(self) -> bool:
        """Return True for a folder to go into."""
        return bool(self.attributes & FILE_ATTRIBUTE_DIRECTORY) and not self.is_link

    def as_stat(self) -> os.stat_result:
        """Return the same as `os.lstat` gives it, a junction as a link."""
        mode = stat.S_IFLNK if self.is_link else stat.S_IFDIR if self.is_folder else stat.S_IFREG
        seconds = self.modified_ns // 10**9
        fields = (mode, self.file_id, self.volume, self.links, 0, 0, self.size, 0, seconds, 0)
        more: dict[str, int] = {"st_mtime_ns": self.modified_ns}
        if hasattr(os.stat_result, "st_file_attributes"):
            known = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_READONLY
            more["st_file_attributes"] = self.attributes & (
                known | FILE_ATTRIBUTE_REPARSE_POINT * self.is_link
            )
        return os.stat_result(fields, more)


class Kernel(Protocol):
    """The calls of kernel32.dll that a folder needs; each raises what `refusal` returns."""

    def open(self, path: str, access: int, share: int, flags: int) -> int:
        """Open what is there, CreateFileW with OPEN_EXISTING."""
        ...

    def close(self, handle: int) -> None:
        """Let a handle go, CloseHandle."""
        ...

    def path_of(self, handle: int) -> str:
        r"""Return the path without links, `\\?\C:\…`, GetFinalPathNameByHandleW."""
        ...

    def look(self, handle: int) -> HandleInfo:
        """Describe what is open, GetFileInformationByHandle and its Ex for tag and identity."""
        ...

    def filesystem(self, handle: int) -> str:
        """Return the kind of file system, `NTFS`, GetVolumeInformationByHandleW."""
        ...

    def names(self, path: str) -> list[str]:
        """Return the names in a folder, FindFirstFileW."""
        ...

    def dispose(self, handle: int, flags: int) -> None:
        """Delete what is open, SetFileInformationByHandle with FileDispositionInfoEx."""
        ...

    def dispose_plainly(self, handle: int) -> None:
        """Delete what is open once it is closed, the same with FileDispositionInfo."""
        ...

    def set_attributes(self, handle: int, attributes: int) -> None:
        """Change the attributes of what is open, the same with FileBasicInfo."""
        ...

    def flush(self, handle: int) -> None:
        """Write what was changed to the medium, FlushFileBuffers."""
        ...


class HandleFolder:
    """A folder held by its handle, which shares neither its deletion nor that of what is opened in it."""

    def __init__(self, kernel: Kernel, path: str, above: str | None = None) -> None:
        self._kernel = kernel
        self._handle = kernel.open(
            path, FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES, FILE_SHARE_READ_AND_WRITE, FLAGS
        )
        try:
            found = kernel.look(self._handle)
            self._path = kernel.path_of(self._handle)
            _refuse_another(found, self._path, above)
        except BaseException:
            kernel.close(self._handle)
            raise
        self.device, self.inode = found.volume, found.file_id
        self.mount: int | None = None
        self._looked_at: dict[str, tuple[int, int]] = {}

    def names(self) -> list[str]:
        """Return the names that lie in it, in order."""
        return sorted(self._kernel.names(self._path))

    def lstat(self, name: str) -> os.stat_result:
        """Return what a name in it stands for, a link as itself."""
        with self._opened(name, FILE_READ_ATTRIBUTES) as handle:
            found = self._kernel.look(handle)
        self._looked_at[name] = (found.volume, found.file_id)
        return found.as_stat()

    def enter(self, name: str) -> Self:
        """Open the folder of that name; a link to one is refused."""
        return type(self)(self._kernel, self._below(name), self._path)

    def unlink(self, name: str) -> os.stat_result | None:
        """Remove a file, a link or a junction, as the one that was looked at."""
        self._remove(name, is_folder=False)
        return None

    def rmdir(self, name: str) -> None:
        """Remove an empty folder."""
        self._remove(name, is_folder=True)

    def sync(self) -> None:
        """Have what was removed from it on the medium, where the file system flushes folders."""
        try:
            # Windows flushes no handle that was opened for reading alone.
            handle = self._kernel.open(self._path, GENERIC_WRITE, FILE_SHARE_READ_AND_WRITE, FLAGS)
            try:
                self._kernel.flush(handle)
            finally:
                self._kernel.close(handle)
        except CallUnknownError:
            pass

    def close(self) -> None:
        """Let it go."""
        self._kernel.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        del exception
        self.close()

    def _below(self, name: str) -> str:
        if name in {"", ".", ".."} or set(name) & set("/\\:\0"):  # a colon begins the name of a stream
            raise ValueError("not the name of something in a folder")
        return self._path.rstrip("\\") + "\\" + name

    @contextmanager
    def _opened(self, name: str, access: int) -> Generator[int]:
        handle = self._kernel.open(self._below(name), access, FILE_SHARE_READ_AND_WRITE, FLAGS)
        try:
            yield handle
        finally:
            self._kernel.close(handle)

    def _remove(self, name: str, *, is_folder: bool) -> None:
        with self._opened(name, DELETE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES) as handle:
            found = self._kernel.look(handle)
            if found.is_folder is not is_folder:
                raise NotADirectoryError(errno.ENOTDIR, "a folder where a file was, or the other way round")
            if self._looked_at.get(name, (found.volume, found.file_id)) != (found.volume, found.file_id):
                raise OSError(errno.ELOOP, "the name stands for something else by now")
            try:
                self._kernel.dispose(handle, FILE_DISPOSITION)
            except CallUnknownError:  # before Windows 10 of 2018, FAT, some shares
                if found.attributes & FILE_ATTRIBUTE_READONLY:
                    rest = found.attributes & ~FILE_ATTRIBUTE_READONLY
                    self._kernel.set_attributes(handle, rest or FILE_ATTRIBUTE_NORMAL)
                self._kernel.dispose_plainly(handle)


def _refuse_another(found: HandleInfo, path: str, above: str | None) -> None:
    """Raise OSError for a link, for no folder, and for one that does not lie directly in the folder above."""
    if not found.is_folder:
        raise NotADirectoryError(errno.ENOTDIR, "a link, or no folder")
    if above is not None and path.rpartition("\\")[0] != above.rstrip("\\"):
        raise OSError(errno.ELOOP, "the folder lies elsewhere")


def extended(path: str) -> str:
    r"""Return an absolute path as `\\?\…`: of any length, and with CON or `a.` as names like any other."""
    if path.startswith("\\\\?\\"):
        return path
    return f"\\\\?\\UNC\\{path[2:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"
